"""Request counts of passages."""

from verses.popularity.counter import (
    DAYS,
    Window,
    close,
    count,
    count_known,
    counter_key,
    flush,
    top,
)

__all__ = ["DAYS", "Window", "close", "count", "count_known", "counter_key", "flush", "top"]
