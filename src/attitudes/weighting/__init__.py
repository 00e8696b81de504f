"""Weights: base, nonresponse, calibration, trimming, replicates, diagnostics."""
