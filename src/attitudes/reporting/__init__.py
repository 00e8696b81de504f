"""Exhibits to tables, charts, pages and workbooks."""
