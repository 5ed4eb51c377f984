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
    unflushed,
)

__all__ = [
    "DAYS",
    "Window",
    "close",
    "count",
    "count_known",
    "counter_key",
    "flush",
    "top",
    "unflushed",
]
