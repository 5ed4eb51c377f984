"""Scores and reason codes for customers."""
