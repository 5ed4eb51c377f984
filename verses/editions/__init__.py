"""The editions shipped inside the project."""

from verses.editions.loader import EDITIONS, Edition, Text, open_text

__all__ = ["EDITIONS", "Edition", "Text", "open_text"]
