"""Chapters in the memory of this process, bounded by a least-recently-used policy."""

import threading
from collections import OrderedDict
from collections.abc import Iterable

from prometheus_client import Gauge

from verses.cache.chapter import CachedChapter
from verses.models import ChapterKey

# About one whole translation: 4 kB of text per chapter, about 10 MB as Python objects.
MAX_CHAPTERS = 1200

_CHAPTERS = Gauge(
    "verses_memory_chapters", "Chapters in process memory", multiprocess_mode="livesum"
)
_BYTES = Gauge(
    "verses_memory_bytes", "Characters of text in process memory", multiprocess_mode="livesum"
)


class LruChapters:
    """A thread-safe map of chapters that evicts the least recently used beyond its size."""

    def __init__(self, max_chapters: int = MAX_CHAPTERS) -> None:
        self._max_chapters = max_chapters
        self._chapters: OrderedDict[ChapterKey, CachedChapter] = OrderedDict()
        self._characters = 0
        self._lock = threading.Lock()

    def get(self, key: ChapterKey) -> CachedChapter | None:
        with self._lock:
            cached = self._chapters.get(key)
            if cached is not None:
                self._chapters.move_to_end(key)
            return cached

    def put(self, chapter: CachedChapter) -> None:
        with self._lock:
            self._remove(chapter.key)
            self._chapters[chapter.key] = chapter.without_fetch_mark()
            self._characters += _count_characters(chapter)
            while len(self._chapters) > self._max_chapters:
                self._remove(next(iter(self._chapters)))
            self._update_metrics()

    def remove(self, keys: Iterable[ChapterKey]) -> None:
        """Remove the chapters of `keys`; a key that is not present is ignored."""
        with self._lock:
            for key in keys:
                self._remove(key)
            self._update_metrics()

    def clear(self) -> None:
        self.remove(list(self._chapters))

    def __len__(self) -> int:
        return len(self._chapters)

    def _remove(self, key: ChapterKey) -> None:
        if (cached := self._chapters.pop(key, None)) is not None:
            self._characters -= _count_characters(cached)

    def _update_metrics(self) -> None:
        _CHAPTERS.set(len(self._chapters))
        _BYTES.set(self._characters)


def _count_characters(chapter: CachedChapter) -> int:
    return sum(map(len, chapter.verses.values()))
