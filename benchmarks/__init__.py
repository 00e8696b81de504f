"""Benchmarks: ratios against a plain numpy pass and against PyPI svy, in one run."""
