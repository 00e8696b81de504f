"""Sampling: frame, sample size, allocation, draws, field plan."""
