"""The verbs that join the rest: report, validate, reconstruct, compare."""
