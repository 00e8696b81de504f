"""Exact arithmetic of printed figures, and what whole answers can print."""
