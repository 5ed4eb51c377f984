"""Counts requests without a write to the database per request and without losing one.

A request increments a counter in memory that all processes of the host share and the kernel keeps
if a process is killed. One process at a time flushes the counts into the tables, with the offsets
in the same transaction. A power failure may lose the counts since the last flush.
"""

import os
import threading
from datetime import timedelta
from pathlib import Path
from typing import Literal

import structlog
from django.db import DatabaseError
from django.utils import timezone

from verses import metrics
from verses.models import PassageCount
from verses.popularity import flushing
from verses.popularity.directory import current_directory
from verses.popularity.process_counter import ProcessCounter

log = structlog.get_logger(__name__)

Window = Literal["all", "day", "week", "month"]
# Days of each window (UTC), today included.
DAYS: dict[str, int] = {"day": 1, "week": 7, "month": 30}


class _ProcessState:
    """The counter of this process, opened on first use; a forked child opens its own."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counter: ProcessCounter | None = None
        self._path: Path | None = None

    def counter(self) -> ProcessCounter:
        path = self.path()
        with self._lock:
            if self._counter is None:
                self._counter = ProcessCounter(path)
            return self._counter

    def count_known(self, key: str) -> int | None:
        return None if self._counter is None else self._counter.count_known(key)

    def path(self) -> Path:
        # Outside the lock: the first look asks the database, and two looks do no harm.
        if self._path is None:
            self._path = current_directory()
        return self._path

    def close(self) -> None:
        with self._lock:
            self._path = None
            if self._counter is not None:
                self._counter.close()
                self._counter = None

    def reset_after_fork(self) -> None:
        self._lock = threading.Lock()
        if self._counter is not None:
            self._counter.detach()
            self._counter = None


_process = _ProcessState()
os.register_at_fork(after_in_child=_process.reset_after_fork)


def count(translation: str, osis: str) -> int:
    """Count a request of a passage; return its requests so far, this one included.

    Never raises: if it cannot be counted, that is logged and 0 is returned.
    """

    def read_total() -> int:
        counted = PassageCount.objects.filter(translation_id=translation, osis=osis)
        try:
            return counted.values_list("total", flat=True).first() or 0
        except DatabaseError as error:
            # Counted all the same: the next flush adds what the tables have.
            log.warning("counter.total_unknown", error=type(error).__name__)
            return 0

    try:
        return _process.counter().count(counter_key(translation, osis), read_total)
    except (OSError, ValueError, DatabaseError) as error:
        metrics.NOT_COUNTED.inc()
        log.exception("counter.increment_failed", error=type(error).__name__)
        return 0


def counter_key(translation: str, osis: str) -> str:
    """Return the key of a passage in the count files."""
    return f"{translation} {osis}"


def count_known(key: str) -> int | None:
    """Count one request of a `counter_key`; None if that needs the database or a new file.

    Never blocks, so it may be called on an event loop.
    """
    return _process.count_known(key)


def flush(*, timeout: float = 0.0) -> bool:
    """Move the counts of this host into the tables.

    Returns False if another process is flushing and has not finished after `timeout` seconds.
    """
    is_done = flushing.flush(_process.path(), timeout=timeout)
    if is_done:
        metrics.LAST_FLUSH.set_to_current_time()
    return is_done


def unflushed() -> int:
    """Return the requests that this host has counted and not moved into the tables yet."""
    return flushing.unflushed(_process.path())


def top(window: Window, limit: int) -> list[tuple[str, str, int]]:
    """Return (translation, OSIS key, requests) of the most requested passages in a window."""
    if window == "all":
        return PassageCount.objects.top(limit)
    since = timezone.now().date() - timedelta(days=DAYS[window] - 1)
    return PassageCount.objects.top_since(since, limit)


def close() -> None:
    """Release the slot of this process; the next count claims one again."""
    _process.close()
