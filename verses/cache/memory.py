"""The chapters this process keeps at hand: bounded, the least recently used leave first."""

import threading
from collections import OrderedDict
from collections.abc import Iterable

from prometheus_client import Gauge

from verses.cache.chapter import HeldChapter, Key

MAX_CHAPTERS = 1200
"""About one whole translation: 4 kB of text each, some 10 MB in all."""

_CHAPTERS = Gauge(
    "verses_memory_chapters", "Chapters in process memory", multiprocess_mode="livesum"
)
_BYTES = Gauge(
    "verses_memory_bytes", "Characters of text in process memory", multiprocess_mode="livesum"
)


class Memory:
    """A thread-safe map of chapters that forgets the least recently used beyond its size."""

    def __init__(self, most: int = MAX_CHAPTERS) -> None:
        self._most = most
        self._chapters: OrderedDict[Key, HeldChapter] = OrderedDict()
        self._characters = 0
        self._lock = threading.Lock()

    def get(self, key: Key) -> HeldChapter | None:
        with self._lock:
            held = self._chapters.get(key)
            if held is not None:
                self._chapters.move_to_end(key)
            return held

    def put(self, held: HeldChapter) -> None:
        with self._lock:
            self._remove(held.key)
            self._chapters[held.key] = held.as_cached()
            self._characters += _size(held)
            while len(self._chapters) > self._most:
                self._remove(next(iter(self._chapters)))
            self._report()

    def drop(self, keys: Iterable[Key]) -> None:
        with self._lock:
            for key in keys:
                self._remove(key)
            self._report()

    def clear(self) -> None:
        self.drop(list(self._chapters))

    def __len__(self) -> int:
        return len(self._chapters)

    def _remove(self, key: Key) -> None:
        if (held := self._chapters.pop(key, None)) is not None:
            self._characters -= _size(held)

    def _report(self) -> None:
        _CHAPTERS.set(len(self._chapters))
        _BYTES.set(self._characters)


def _size(held: HeldChapter) -> int:
    return sum(map(len, held.verses.values()))
