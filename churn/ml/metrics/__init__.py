"""Measures of scores and decisions; arrays in, numbers out."""
