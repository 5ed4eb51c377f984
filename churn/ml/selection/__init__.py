"""Splits, cross-validation, choice and tuning of candidates."""
