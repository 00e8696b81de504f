"""PSU totals: one pass over the respondents, on any backend."""
