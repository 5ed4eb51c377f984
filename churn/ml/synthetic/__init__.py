"""Synthetic service records for tests and demonstrations."""
