"""The passages most asked for, from a snapshot that is at most a second old."""

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
from verses.services.passages import passage_at_hand

log = structlog.get_logger(__name__)

MAX_TOP = 100
_MAX_AGE_SECONDS = 1.0
_SHARE_OF_TIME = 20
"""A snapshot is used for so many times what it cost, so making them takes a twentieth at most."""
_PATIENCE = 1.0
"""Seconds that a reader waits for the latest counts while others write, before he does without."""
_MAX_AGE_WITHOUT_FLUSH = 10.0


@dataclass(frozen=True, slots=True)
class Ranked:
    """One place of the list; `text` is empty if the chapter is not held here any more."""

    reference: str
    osis: str
    translation: str
    request_count: int
    text: str


@dataclass(frozen=True, slots=True)
class _Snapshot:
    places: tuple[Ranked, ...]
    good_until: float


_snapshots: dict[Window, _Snapshot] = {}
_making = threading.Lock()


def top_passages(*, number: int = 10, window: Window = "all") -> tuple[Ranked, ...]:
    """Return the `number` (1 to 100) passages most asked for in all, today, this week or month."""
    snapshot = _snapshots.get(window)
    if snapshot is None or time.monotonic() > snapshot.good_until:
        snapshot = _renew(window)
    return snapshot.places[:number]


def _renew(window: Window) -> _Snapshot:
    with _making:
        snapshot = _snapshots.get(window)
        if snapshot is not None and time.monotonic() <= snapshot.good_until:
            return snapshot
        began = time.monotonic()
        longest = _MAX_AGE_SECONDS if _has_folded() else _MAX_AGE_WITHOUT_FLUSH
        places = tuple(_ranked(*place) for place in popularity.top(window, MAX_TOP))
        now = time.monotonic()
        age = min(longest, (now - began) * _SHARE_OF_TIME)
        _snapshots[window] = _Snapshot(places, now + age)
        return _snapshots[window]


def _has_folded() -> bool:
    """Bring the latest counts into the tables, unless a long write of others forbids it now."""
    try:
        with busy_timeout(_PATIENCE):
            return popularity.flush(timeout=_PATIENCE)
    except (DatabaseError, OSError) as error:
        log.warning("top.without_news", error=type(error).__name__)
        return False


def _ranked(translation: str, osis: str, requests: int) -> Ranked:
    reference = Reference.from_osis(osis)
    found = chapter_cache.translations.get(translation)
    passage = passage_at_hand(reference, found)
    return Ranked(
        reference=reference.format(found.language),
        osis=osis,
        translation=translation,
        request_count=requests,
        text="" if passage is None else passage.text,
    )


def clear() -> None:
    """Drop the snapshots of this process."""
    _snapshots.clear()
