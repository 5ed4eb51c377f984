"""The library: a chapter by its key, from the nearest layer that can answer."""

from verses.cache.chapter import Freshness, HeldChapter, Key, Source, from_row
from verses.cache.layers import (
    at_hand,
    drop_changed_since,
    fetch,
    forget,
    fresh,
    get_chapter,
    refresh_now,
    translations,
)
from verses.cache.translations import from_catalogue, list_known_translations

__all__ = [
    "Freshness",
    "HeldChapter",
    "Key",
    "Source",
    "at_hand",
    "drop_changed_since",
    "fetch",
    "forget",
    "fresh",
    "from_catalogue",
    "from_row",
    "get_chapter",
    "list_known_translations",
    "refresh_now",
    "translations",
]
