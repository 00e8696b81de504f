"""Replicate weights and the variances taken from them."""
