"""How often each passage is asked for."""

from verses.popularity.counter import DAYS, Window, close, count, fold, top

__all__ = ["DAYS", "Window", "close", "count", "fold", "top"]
