"""Structural equation models: implied moments, discrepancies, tests, fit measures."""
