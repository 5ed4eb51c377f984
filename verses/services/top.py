"""The most requested passages, from a snapshot that is at most a second old."""

import threading
import time
from dataclasses import dataclass

import structlog
from django.db import DatabaseError

from verses import popularity
from verses.cache import chapter_cache
from verses.models import busy_timeout
from verses.popularity import Window
from verses.references import Reference
from verses.services.passages import cached_passage

log = structlog.get_logger(__name__)

MAX_TOP = 100
_MAX_AGE_SECONDS = 1.0
_MAX_AGE_WITHOUT_FLUSH = 10.0
# A snapshot is used for this multiple of the time it took, so snapshots take 5 % of the time.
_AGE_PER_COST = 20
# Seconds that a request waits for another flush or writer; then older counts are returned.
_FLUSH_TIMEOUT = 1.0
# Until the next attempt after the database failed.
_RETRY_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class TopPassage:
    """A passage with its requests; `text` is empty if its chapters are not cached any more."""

    reference: str
    osis: str
    translation: str
    request_count: int
    text: str


@dataclass(frozen=True, slots=True)
class _Snapshot:
    passages: tuple[TopPassage, ...]
    valid_until: float


_snapshots: dict[Window, _Snapshot] = {}
_refresh_lock = threading.Lock()


def is_latest(passages: tuple[TopPassage, ...], window: Window) -> bool:
    """Return whether a list that `top_passages` returned is what it would return now."""
    snapshot = _snapshots.get(window)
    if snapshot is None or time.monotonic() > snapshot.valid_until:
        return False
    # Each snapshot is made of new objects, so the first one tells two snapshots apart.
    if not passages or not snapshot.passages:
        return not passages and not snapshot.passages
    return snapshot.passages[0] is passages[0]


def top_passages(*, limit: int = 10, window: Window = "all") -> tuple[TopPassage, ...]:
    """Return the most requested passages: `limit` (1 to 100) of all time or of a window."""
    snapshot = _snapshots.get(window)
    if snapshot is None or time.monotonic() > snapshot.valid_until:
        snapshot = _refresh_snapshot(window)
    return snapshot.passages[:limit]


def _refresh_snapshot(window: Window) -> _Snapshot:
    known = _snapshots.get(window)
    # With an older list at hand a request does not wait long for the one that makes a new list.
    if known is None:
        _refresh_lock.acquire()
    elif not _refresh_lock.acquire(timeout=_FLUSH_TIMEOUT):
        return known
    try:
        snapshot = _snapshots.get(window)
        # Another thread may have refreshed it while this one waited for the lock.
        if snapshot is not None and time.monotonic() <= snapshot.valid_until:
            return snapshot
        _snapshots[window] = _make_snapshot(window, snapshot)
        return _snapshots[window]
    finally:
        _refresh_lock.release()


def _make_snapshot(window: Window, before: _Snapshot | None) -> _Snapshot:
    """Return a new list, or the one `before` for a while if the database fails."""
    started = time.monotonic()
    try:
        max_age = _MAX_AGE_SECONDS if _try_flush() else _MAX_AGE_WITHOUT_FLUSH
        passages = tuple(_to_top_passage(*row) for row in popularity.top(window, MAX_TOP))
    except DatabaseError as error:
        if before is None:
            raise
        log.warning("top.refresh_failed", error=type(error).__name__)
        return _Snapshot(before.passages, time.monotonic() + _RETRY_SECONDS)
    now = time.monotonic()
    return _Snapshot(passages, now + min(max_age, (now - started) * _AGE_PER_COST))


def _try_flush() -> bool:
    """Flush the latest counts into the tables; return False if other writers take too long."""
    try:
        with busy_timeout(_FLUSH_TIMEOUT):
            return popularity.flush(timeout=_FLUSH_TIMEOUT)
    except (DatabaseError, OSError) as error:
        log.warning("top.flush_skipped", error=type(error).__name__)
        return False


def _to_top_passage(translation: str, osis: str, requests: int) -> TopPassage:
    reference = Reference.from_osis(osis)
    found = chapter_cache.translations.get(translation)
    passage = cached_passage(reference, found)
    return TopPassage(
        reference=reference.format(found.language),
        osis=osis,
        translation=translation,
        request_count=requests,
        text="" if passage is None else passage.text,
    )


def clear() -> None:
    """Drop the snapshots of this process."""
    _snapshots.clear()
