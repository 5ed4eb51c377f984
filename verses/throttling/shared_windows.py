"""A limit per client that all processes of the host keep together, without a server for it.

The counts lie in a file that every process maps into memory: a hash table of clients, each with
the start of its window and the requests in it. A lock on one stretch of the file makes a count
exact; the system frees it when its holder dies. Several hosts count each for itself.
"""

import fcntl
import hashlib
import mmap
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

BUCKETS = 4096
SLOTS = 8
"""Clients a bucket remembers; the one whose window began first makes room for a new one."""
_SLOT_WORDS = 3
_BUCKET_WORDS = SLOTS * _SLOT_WORDS
_HEADER_WORDS = 2
_BYTES = (_HEADER_WORDS + BUCKETS * _BUCKET_WORDS) * 8


class SharedWindows:
    """Requests per client within a window that begins with the client's first request."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._lock = threading.Lock()
        try:
            with self._locked(0, _HEADER_WORDS * 8):
                self._prepare()
            self._map = mmap.mmap(self._descriptor, _BYTES)
        except OSError:
            os.close(self._descriptor)
            raise
        self._words = memoryview(self._map).cast("Q")
        self._salt = self._words[:_HEADER_WORDS].tobytes()

    def _prepare(self) -> None:
        """Reserve the space, and draw the salt that keeps addresses out of the file."""
        if os.fstat(self._descriptor).st_size != _BYTES:
            os.posix_fallocate(self._descriptor, 0, _BYTES)
            os.pwrite(self._descriptor, os.urandom(_HEADER_WORDS * 8), 0)

    def admit(self, client: str, limit: int, seconds: float) -> float:
        """Count a request; return 0 if it is within the limit, else the seconds to wait."""
        digest = hashlib.blake2b(client.encode(), digest_size=16, key=self._salt).digest()
        bucket = int.from_bytes(digest[:4]) % BUCKETS
        name = int.from_bytes(digest[4:12]) | 1
        first = _HEADER_WORDS + bucket * _BUCKET_WORDS
        with self._locked(first * 8, _BUCKET_WORDS * 8):
            return self._count(first, name, limit, seconds)

    def _count(self, first: int, name: int, limit: int, seconds: float) -> float:
        now, length = time.time_ns(), int(seconds * 1e9)
        slot = self._slot(first, name)
        began, requests = self._words[slot + 1], self._words[slot + 2]
        if self._words[slot] != name or not began <= now < began + length:
            began, requests = now, 0
            self._words[slot] = name
            self._words[slot + 1] = now
        if requests >= limit:
            return (began + length - now) / 1e9
        self._words[slot + 2] = requests + 1
        return 0.0

    def _slot(self, first: int, name: int) -> int:
        slots = range(first, first + _BUCKET_WORDS, _SLOT_WORDS)
        own = (slot for slot in slots if self._words[slot] == name)
        return next(own, None) or min(slots, key=lambda slot: self._words[slot + 1])

    @contextmanager
    def _locked(self, start: int, length: int) -> Iterator[None]:
        # The file's lock keeps other processes out, not other threads of this one.
        with self._lock:
            fcntl.lockf(self._descriptor, fcntl.LOCK_EX, length, start)
            try:
                yield
            finally:
                fcntl.lockf(self._descriptor, fcntl.LOCK_UN, length, start)


@cache
def windows(path: Path) -> SharedWindows:
    """Return the windows of a file, opened once: closing a second opening would drop our locks."""
    return SharedWindows(path)


os.register_at_fork(after_in_child=windows.cache_clear)
