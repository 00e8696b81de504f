"""Scores, reliability and patterns of answers."""
