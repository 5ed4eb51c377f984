"""The passages most asked for, from a snapshot that is at most a second old."""

import threading
import time
from dataclasses import dataclass

from verses import library, popularity
from verses.popularity import Window
from verses.references import parse
from verses.services.passages import passage_at_hand

MOST = 100
_LONGEST_AGE = 1.0
_SHARE_OF_TIME = 20
"""A snapshot is used for so many times what it cost, so making them takes a twentieth at most."""


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


def top(*, number: int = 10, window: Window = "all") -> tuple[Ranked, ...]:
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
        popularity.fold(wait=True)
        places = tuple(_ranked(*place) for place in popularity.top(window, MOST))
        now = time.monotonic()
        age = min(_LONGEST_AGE, (now - began) * _SHARE_OF_TIME)
        _snapshots[window] = _Snapshot(places, now + age)
        return _snapshots[window]


def _ranked(translation: str, osis: str, requests: int) -> Ranked:
    reference = parse(osis)
    found = library.translations.get(translation)
    passage = passage_at_hand(reference, found)
    return Ranked(
        reference=reference.format(found.language),
        osis=osis,
        translation=translation,
        request_count=requests,
        text="" if passage is None else passage.text,
    )


def forget() -> None:
    """Drop the snapshots of this process."""
    _snapshots.clear()
