"""The rules of an audit, one a file; each takes a report and returns findings."""
