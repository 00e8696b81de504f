"""Scales: scoring, reliability, factor structure, invariance, response quality."""
