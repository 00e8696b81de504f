"""Design-based estimates, contrasts, tests and models."""
