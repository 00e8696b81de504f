"""Selection of units with equal and unequal probabilities, one design a module."""
