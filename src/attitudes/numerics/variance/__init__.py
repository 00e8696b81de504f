"""Variances of linear statistics from PSU totals."""
