"""The counter of one process."""

import os
import threading
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

from verses.popularity.countfile import MAX_KEY_LENGTH, CountFile
from verses.popularity.directory import claim_slot, open_for

_DAY_SECONDS = 86400


class ProcessCounter:
    """Counts in the slot of this process, in the count files of one directory; thread-safe."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._slot, self._descriptor = claim_slot(path)
        self._file: CountFile | None = None
        self._expires_at = 0.0

    def count(self, key: str, read_total: Callable[[], int]) -> int:
        """Count a request of `key`; return its requests so far, this one included.

        `read_total` returns the total of the tables; it is called for the first request of a day.
        Raises OSError if the disk is full, ValueError if the key is too long.
        """
        with self._lock:
            file = self._open()
            record = file.find(key)
            if record is not None:
                return file.increment(record, self._slot)
        if len(key.encode()) > MAX_KEY_LENGTH:
            raise ValueError("the key is too long")
        # Outside the lock: a slow database must not stop the other threads from counting.
        base = read_total()
        with self._lock:
            file = self._open()
            # The file may be full, or sealed since it was opened.
            while (record := file.add(key, base)) is None:
                file = self._reopen()
            return file.increment(record, self._slot)

    def count_known(self, key: str) -> int | None:
        """Count one request of a key that the open file has; None if it has not, or has ended."""
        if not self._lock.acquire(blocking=False):
            return None
        try:
            file = self._file
            if file is None or time.time() >= self._expires_at or file.sealed_at:
                return None
            record = file.find(key)
            return None if record is None else file.increment(record, self._slot)
        finally:
            self._lock.release()

    def _open(self) -> CountFile:
        if self._file is None or time.time() >= self._expires_at or self._file.sealed_at:
            return self._reopen()
        return self._file

    def _reopen(self) -> CountFile:
        if self._file is not None:
            self._file.close()
        today = date_of(time.time())
        self._file = open_for(self.path, today)
        midnight = datetime(today.year, today.month, today.day, tzinfo=UTC)
        self._expires_at = midnight.timestamp() + _DAY_SECONDS
        return self._file

    def close(self) -> None:
        """Release the slot."""
        with self._lock:
            if self._file is not None:
                self._file.close()
                self._file = None
            os.close(self._descriptor)

    def detach(self) -> None:
        """Close the parent's slot in a forked child; the parent keeps its lock."""
        os.close(self._descriptor)


def date_of(seconds: float) -> date:
    """Return the date of a Unix time (UTC)."""
    return datetime.fromtimestamp(seconds, UTC).date()
