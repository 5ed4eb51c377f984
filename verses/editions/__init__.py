"""Embedded editions: complete texts that need neither network nor database."""

from verses.editions.loader import EDITIONS, Edition, Text, open_text

__all__ = ["EDITIONS", "Edition", "Text", "open_text"]
