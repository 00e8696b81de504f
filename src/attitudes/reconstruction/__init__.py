"""Respondents that could have printed a report."""
