"""Texts for readers, by language."""
