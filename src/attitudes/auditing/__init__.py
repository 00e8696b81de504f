"""What printed figures can and cannot mean: rules, conventions, proofs."""
