"""Intervals, tests and the distributions behind them."""
