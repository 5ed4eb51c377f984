"""Counting in this process: no write to the database, no lock between processes."""

import os
import threading
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

from verses.popularity.countfile import MAX_KEY_LENGTH, CountFile
from verses.popularity.directory import claim_column, open_for

_DAY_SECONDS = 86400


class Tally:
    """The column of one process in the count files of one directory."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._column, self._descriptor = claim_column(path)
        self._file: CountFile | None = None
        self._ends = 0.0

    def count(self, key: str, total: Callable[[], int]) -> int:
        """Count one request of `key`; return the requests of it so far, this one among them.

        `total` is asked once for a passage that is new today: what the tables say of it.
        Raises OSError if there is no room on the disk, ValueError if the key is too long.
        """
        with self._lock:
            file = self._open()
            record = file.find(key)
            if record is not None:
                return file.count(record, self._column)
        if len(key.encode()) > MAX_KEY_LENGTH:
            raise ValueError("the key is too long")
        base = total()
        with self._lock:
            return self._count_new(key, base)

    def _count_new(self, key: str, base: int) -> int:
        file = self._open()
        record = file.add(key, base)
        while record is None:
            file = self._reopen()
            record = file.add(key, base)
        return file.count(record, self._column)

    def _open(self) -> CountFile:
        if self._file is None or time.time() >= self._ends or self._file.sealed_at:
            return self._reopen()
        return self._file

    def _reopen(self) -> CountFile:
        if self._file is not None:
            self._file.close()
        today = date_of(time.time())
        self._file = open_for(self.path, today)
        self._ends = _end_of(today)
        return self._file

    def close(self) -> None:
        """Give the column back."""
        with self._lock:
            if self._file is not None:
                self._file.close()
                self._file = None
            os.close(self._descriptor)

    def abandon(self) -> None:
        """Forget a parent's column in a forked child; the parent goes on with it."""
        os.close(self._descriptor)


def date_of(seconds: float) -> date:
    """Return the day of a Unix time (UTC)."""
    return datetime.fromtimestamp(seconds, UTC).date()


def _end_of(day: date) -> float:
    return datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() + _DAY_SECONDS
