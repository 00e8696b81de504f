"""Factors of a correlation matrix."""
