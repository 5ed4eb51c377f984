"""Read-through cache of chapters; `chapter_cache` is the one of this process."""

from verses.cache.chapter import CachedChapter, Freshness, Source, from_row, get_fresh
from verses.cache.layers import ChapterCache, chapter_cache
from verses.cache.translations import add_known_translations, from_catalogue

__all__ = [
    "CachedChapter",
    "ChapterCache",
    "Freshness",
    "Source",
    "add_known_translations",
    "chapter_cache",
    "from_catalogue",
    "from_row",
    "get_fresh",
]
