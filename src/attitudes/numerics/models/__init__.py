"""Regressions with weights."""
