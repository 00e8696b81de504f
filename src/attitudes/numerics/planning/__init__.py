"""Sample sizes, allocation and outcome rates."""
