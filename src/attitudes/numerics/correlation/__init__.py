"""Correlations of ordered answers."""
