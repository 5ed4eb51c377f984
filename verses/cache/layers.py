"""The layers of the cache: process memory, the table, upstream, an embedded edition.

A request never waits for upstream if there is something to return: a stale chapter is returned
immediately and refreshed in the background (stale-while-revalidate), and an embedded edition is
returned if upstream is slow.
"""

import os
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn

import structlog
from django.db import DatabaseError
from django.utils.translation import gettext as _

from verses import editions, metrics
from verses.cache import breaker, fetching
from verses.cache.chapter import CachedChapter, read_table
from verses.cache.memory import LruChapters
from verses.cache.single_flight import Flight, SingleFlight
from verses.cache.translations import Translations
from verses.exceptions import PassageNotFound, UpstreamUnavailable
from verses.models import Chapter, ChapterKey, Origin

log = structlog.get_logger(__name__)

# Seconds that a request waits for upstream if an embedded edition can be returned instead.
FALLBACK_TIMEOUT = 1.0
# Chapters of one request; one thread of four stays free for the fetches of other requests.
MAX_FETCHES_AT_ONCE = 3
# A chapter whose refresh failed is not tried again before.
_REFRESH_SECONDS = 30.0
# Sent to clients when the time until upstream is available is not known.
_RETRY_AFTER_SECONDS = 5


@dataclass(frozen=True, slots=True)
class _Lookup:
    """A chapter that was found, or a fetch with the chapter to return if it fails or is slow."""

    key: ChapterKey
    chapter: CachedChapter | None
    flight: Flight | None = None
    deadline: float = 0.0


class ChapterCache:
    """Read-through cache of chapters, with the state of one process; thread-safe."""

    def __init__(self) -> None:
        self.translations = Translations()
        self._memory = LruChapters()
        self._flights = SingleFlight()
        self._slow_keys: set[ChapterKey] = set()
        self._refresh_not_before: dict[ChapterKey, float] = {}
        self._refresh_lock = threading.Lock()

    @property
    def is_idle(self) -> bool:
        """Whether no fetch is in progress."""
        return self._flights.is_idle

    def get_chapter(self, key: ChapterKey) -> CachedChapter:
        """Return a chapter with its verses.

        Raises PassageNotFound if upstream has no such chapter, UpstreamUnavailable if no layer
        has it, TranslationNotFound for an unknown translation.
        """
        return self._finish(self._begin(key))

    def get_chapters(self, keys: Iterable[ChapterKey]) -> list[CachedChapter]:
        """Return several chapters; cold ones are fetched at the same time.

        Raises what `get_chapter` raises for the first chapter that cannot be returned.
        """
        chapters: list[CachedChapter] = []
        begun: deque[_Lookup] = deque()
        for key in keys:
            begun.append(self._begin(key))
            if len(begun) == MAX_FETCHES_AT_ONCE:
                chapters.append(self._finish(begun.popleft()))
        return [*chapters, *map(self._finish, begun)]

    def holds(self, chapter: CachedChapter) -> bool:
        """Return whether this very object is in memory; never blocks."""
        return self._memory.get(chapter.key) is chapter

    def is_settled(self, chapter: CachedChapter) -> bool:
        """Return whether `get_chapter` would return this very object now, without calling upstream.

        Never blocks. False as soon as the chapter was replaced or evicted, or a refresh is due.
        """
        key = chapter.key
        translation = self.translations.get_known(key.translation)
        if translation is None or self._memory.get(key) is not chapter:
            return False
        if not translation.is_upstream or chapter.freshness == "fresh":
            return True
        if breaker.is_refusing():
            return True
        is_stale = chapter.origin is Origin.UPSTREAM
        return is_stale and self._refresh_not_before.get(key, 0.0) > time.monotonic()

    def get_cached(self, key: ChapterKey) -> CachedChapter | None:
        """Return a chapter of any age without calling upstream, if it has a text."""
        cached = self._read_local(key) or self._read_edition(key)
        return cached if cached is not None and cached.verses else None

    def fetch_if_stale(self, key: ChapterKey, *, always: bool = False) -> CachedChapter | None:
        """Fetch a chapter from upstream unless it is fresh (or `always`).

        Returns None if another process is fetching it. Raises CallRefused, and
        TranslationNotFound for an unknown translation.
        """
        self.translations.get(key.translation)
        chapter = fetching.refresh(key, always=always)
        if chapter is not None:
            self._memory.put(chapter)
        return chapter

    def force_refresh(self, key: ChapterKey) -> bool:
        """Fetch a chapter whatever its age; return False, with the old text kept, if it failed."""
        try:
            return self.fetch_if_stale(key, always=True) is not None
        except breaker.CallRefused:
            return False

    def evict_changed_since(self, moment: datetime) -> None:
        """Evict chapters that any process has replaced in the table since `moment`."""
        changed = Chapter.objects.filter(fetched_at__gte=moment)
        replaced = []
        for row in changed:
            cached = self._memory.get(row.key)
            # What this process has fetched itself stays, and with it the responses made of it.
            if cached is not None and cached.fetched_at != row.fetched_at:
                replaced.append(row.key)
        self._memory.remove(replaced)

    def clear(self) -> None:
        """Drop everything that this process has cached; the table stays."""
        self._memory.clear()
        self.translations.clear()
        breaker.clear_refusal()
        self._refresh_not_before.clear()
        self._slow_keys.clear()

    def reset_after_fork(self) -> None:
        """Drop the fetches of the parent process, whose threads a forked child does not have."""
        self._flights.reset_after_fork()

    def _begin(self, key: ChapterKey) -> _Lookup:
        """Look into the layers in turn; start a fetch if none of them may answer."""
        cached = self._read_local(key)
        if not self.translations.get(key.translation).is_upstream:
            return _Lookup(key, cached or self._read_edition(key))
        if cached is not None and cached.freshness == "fresh":
            return _Lookup(key, cached)
        if cached is not None and cached.origin is Origin.UPSTREAM:
            return _Lookup(key, self._serve_stale(cached))
        # An expired "not found" counts as nothing, so that an edition may be returned.
        is_embedded = cached is not None and cached.origin is Origin.EMBEDDED
        return self._begin_fetch(key, cached if is_embedded else self._read_edition(key))

    def _finish(self, lookup: _Lookup) -> CachedChapter:
        """Return what was found, or what the fetch returns; raises as `get_chapter` does."""
        chapter = lookup.chapter
        if lookup.flight is not None:
            chapter = self._wait(lookup, lookup.flight)
        if chapter is None or chapter.origin is Origin.NOT_FOUND:
            raise PassageNotFound(_("This translation does not have that chapter."))
        return chapter

    def _read_local(self, key: ChapterKey) -> CachedChapter | None:
        """Return a chapter from memory or the table, whatever its age and origin."""
        cached = self._memory.get(key)
        _count_lookup("memory", is_hit=cached is not None)
        if cached is not None:
            return cached
        cached = self._read_table(key)
        _count_lookup("table", is_hit=cached is not None)
        if cached is not None:
            self._memory.put(cached)
        return cached

    def _read_table(self, key: ChapterKey) -> CachedChapter | None:
        """Return a chapter from the table; without a database, that of an edition takes its place.

        Raises DatabaseError if there is no edition either.
        """
        try:
            return read_table(key)
        except DatabaseError as error:
            if key.translation not in editions.EDITIONS:
                raise
            log.warning("cache.table_unavailable", error=type(error).__name__)
            breaker.refuse_without_database()
            return None

    def _read_edition(self, key: ChapterKey) -> CachedChapter | None:
        """Return a chapter from the file of an embedded edition that is not in the table."""
        if key.translation not in editions.EDITIONS:
            return None
        verses = editions.open_text(key.translation).chapter(key.book, key.chapter)
        _count_lookup("edition", is_hit=bool(verses))
        if not verses:
            return None
        chapter = CachedChapter(key, verses, Origin.EMBEDDED, fetched_at=None)
        self._memory.put(chapter)
        return chapter

    def _serve_stale(self, cached: CachedChapter) -> CachedChapter:
        """Return a stale chapter and refresh it in the background."""
        if breaker.current_refusal() is None and self._may_refresh(cached.key):
            self._flights.run(cached.key, self._refresh)
            return self._memory.get(cached.key) or cached
        return cached

    def _refresh(self, key: ChapterKey) -> CachedChapter | None:
        try:
            with _database_needed():
                return self.fetch_if_stale(key)
        except breaker.CallRefused as refusal:
            log.info("chapter.refresh_deferred", chapter=key, reason=refusal.reason)
            return None

    def _may_refresh(self, key: ChapterKey) -> bool:
        """Allow one refresh of a chapter in _REFRESH_SECONDS, so that a failing one can wait."""
        now = time.monotonic()
        with self._refresh_lock:
            if self._refresh_not_before.get(key, 0.0) > now:
                return False
            self._refresh_not_before[key] = now + _REFRESH_SECONDS
            # Bounds the map; at worst some chapters are refreshed again too early.
            if len(self._refresh_not_before) > 2 * len(self._memory) + 100:
                self._refresh_not_before.clear()
            return True

    def _begin_fetch(self, key: ChapterKey, fallback: CachedChapter | None) -> _Lookup:
        """Start a fetch if upstream may be called; raises UpstreamUnavailable."""
        refusal = breaker.current_refusal()
        # While any call hangs, requests with a fallback do not wait at all.
        if refusal is not None or (fallback is not None and self._slow_keys):
            return _Lookup(key, fallback or _raise_unavailable(refusal))
        flight = self._flights.run(key, self._fetch)
        seconds = fetching.FETCH_TIMEOUT if fallback is None else FALLBACK_TIMEOUT
        return _Lookup(key, fallback, flight, time.monotonic() + seconds)

    def _wait(self, lookup: _Lookup, flight: Flight) -> CachedChapter:
        """Wait for a fetch, briefly if there is a fallback; raises UpstreamUnavailable."""
        fallback = lookup.chapter
        try:
            chapter = flight.result(max(0.0, lookup.deadline - time.monotonic()))
        except breaker.CallRefused as error:
            return fallback or _raise_unavailable(error)
        except TimeoutError:
            self._slow_keys.add(lookup.key)
            flight.add_done_callback(lambda _flight: self._slow_keys.discard(lookup.key))
            return fallback or _raise_unavailable(None)
        # A refresh that was in progress returns None if another process is fetching.
        return chapter or fallback or _raise_unavailable(None)

    def _fetch(self, key: ChapterKey) -> CachedChapter:
        with _database_needed():
            chapter = fetching.fetch_once(key)
        self._memory.put(chapter)
        return chapter


def _count_lookup(layer: str, *, is_hit: bool) -> None:
    metrics.LOOKUPS.labels(layer, "hit" if is_hit else "miss").inc()


@contextmanager
def _database_needed() -> Iterator[None]:
    """Turn the failure of the database inside the block into CallRefused."""
    try:
        yield
    except DatabaseError as error:
        log.warning("cache.fetch_skipped", error=type(error).__name__)
        raise breaker.refuse_without_database() from error


def _raise_unavailable(refusal: breaker.CallRefused | None) -> NoReturn:
    raise UpstreamUnavailable(
        _("bible-api.com is unavailable and this chapter is not cached."),
        retry_after=_RETRY_AFTER_SECONDS if refusal is None else refusal.seconds,
    )


chapter_cache = ChapterCache()
os.register_at_fork(after_in_child=chapter_cache.reset_after_fork)
