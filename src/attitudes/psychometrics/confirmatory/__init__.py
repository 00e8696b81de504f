"""Confirmatory factor analysis, comparison of structures, measurement invariance."""
