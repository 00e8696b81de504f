"""Solvers of weighting."""
