"""How often each passage is asked for, without a write per request and without losing one.

A request adds one to a counter in memory that all processes of the host share and the system keeps
when a process is killed. One leader at a time moves the counts into the tables, with a high-water
mark in the same transaction. A power failure of the host may cost what was counted since.
"""

import os
import threading
from datetime import timedelta
from pathlib import Path
from typing import Literal

import structlog
from django.db import DatabaseError
from django.utils import timezone

from verses.models import PassageCount
from verses.popularity import folding
from verses.popularity.counting import Tally
from verses.popularity.directory import directory

log = structlog.get_logger(__name__)

Window = Literal["all", "day", "week", "month"]
DAYS: dict[str, int] = {"day": 1, "week": 7, "month": 30}
"""Days of each window, today (UTC) among them."""


class _Process:
    """The tally of this process; a forked child begins its own."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tally: Tally | None = None
        self._path: Path | None = None

    def tally(self) -> Tally:
        path = self.path()
        with self._lock:
            if self._tally is None:
                self._tally = Tally(path)
            return self._tally

    def path(self) -> Path:
        if self._path is None:
            self._path = directory()
        return self._path

    def close(self) -> None:
        with self._lock:
            self._path = None
            if self._tally is not None:
                self._tally.close()
                self._tally = None

    def begin_anew(self) -> None:
        self._lock = threading.Lock()
        if self._tally is not None:
            self._tally.abandon()
            self._tally = None


_process = _Process()
os.register_at_fork(after_in_child=_process.begin_anew)


def count(translation: str, osis: str) -> int:
    """Count one request of a passage; return how often it was asked for, this time included.

    Never raises: a reader gets the passage even if it cannot be counted, and the log says why.
    """
    try:
        return _process.tally().count(f"{translation} {osis}", lambda: _total(translation, osis))
    except (OSError, ValueError, DatabaseError) as error:
        log.exception("popularity.not_counted", error=type(error).__name__)
        return 0


def _total(translation: str, osis: str) -> int:
    counted = PassageCount.objects.filter(translation_id=translation, osis=osis)
    return counted.values_list("total", flat=True).first() or 0


def fold(*, patience: float = 0.0) -> bool:
    """Move the counts of this host into the tables.

    Returns False, at once or after `patience` seconds, if another process is doing so.
    """
    return folding.fold(_process.path(), patience=patience)


def top(window: Window, number: int) -> list[tuple[str, str, int]]:
    """Return translation, OSIS key and requests of the passages most asked for in a window."""
    if window == "all":
        return PassageCount.objects.most_asked(number)
    since = timezone.now().date() - timedelta(days=DAYS[window] - 1)
    return PassageCount.objects.most_asked_since(since, number)


def close() -> None:
    """Give this process's column back; the next count takes one again."""
    _process.close()
