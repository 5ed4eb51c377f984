"""Fixed-window rate limiter in shared memory, exact over all processes of the host.

The file is a hash table of clients, each with the start of its window and its requests since. A
lock on the bucket's byte range makes a count exact; the kernel releases it if the holder dies.
"""

import fcntl
import hashlib
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from verses.sharedmem import WORD_BYTES, MappedWords, reserve

# 32,768 clients within one window in 800 kB.
BUCKETS = 4096
# Clients per bucket; in a full one, a new client replaces the one with the oldest window.
SLOTS = 8
_SLOT_WORDS = 3
_BUCKET_WORDS = SLOTS * _SLOT_WORDS
_SALT_WORDS = 2
_WORDS = _SALT_WORDS + BUCKETS * _BUCKET_WORDS


class SharedRateLimiter(MappedWords):
    """Counts requests per client within a window that starts with the client's first request.

    `path` is created if there is no such file; its directory as well. A slot has three words:
    hash of the client, start of the window in nanoseconds, requests.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        super().__init__(path, _WORDS, flags=os.O_CREAT)
        self._salt = self._words[:_SALT_WORDS].tobytes()

    def _prepare(self) -> None:
        with self._locked(0, _SALT_WORDS):
            if os.fstat(self._descriptor).st_size != _WORDS * WORD_BYTES:
                reserve(self._descriptor, _WORDS)
                # Without the salt, an address could be found by hashing all of them.
                os.pwrite(self._descriptor, os.urandom(_SALT_WORDS * WORD_BYTES), 0)

    def hit(self, client: str, limit: int, seconds: float) -> float:
        """Count a request; return 0 if it is within the limit, else the seconds to wait."""
        digest = hashlib.blake2b(client.encode(), digest_size=16, key=self._salt).digest()
        bucket = int.from_bytes(digest[:4]) % BUCKETS
        name = int.from_bytes(digest[4:12]) | 1  # never 0, which is an empty slot
        first = _SALT_WORDS + bucket * _BUCKET_WORDS
        with self._locked(first, _BUCKET_WORDS):
            return self._count(first, name, limit, seconds)

    def _count(self, first: int, name: int, limit: int, seconds: float) -> float:
        now, length = time.time_ns(), int(seconds * 1e9)
        slot = self._find_slot(first, name)
        started_at, requests = self._words[slot + 1], self._words[slot + 2]
        # A window in the future was started before the clock was set back.
        if self._words[slot] != name or not started_at <= now < started_at + length:
            started_at, requests = now, 0
            self._words[slot] = name
            self._words[slot + 1] = now
        if requests >= limit:
            return (started_at + length - now) / 1e9
        self._words[slot + 2] = requests + 1
        return 0.0

    def _find_slot(self, first: int, name: int) -> int:
        """Return the slot of a client, or the slot with the oldest window."""
        slots = range(first, first + _BUCKET_WORDS, _SLOT_WORDS)
        own = (slot for slot in slots if self._words[slot] == name)
        return next(own, None) or min(slots, key=lambda slot: self._words[slot + 1])

    @contextmanager
    def _locked(self, start: int, words: int) -> Iterator[None]:
        # A POSIX lock excludes other processes, but not other threads of this one.
        with self._lock:
            region = words * WORD_BYTES, start * WORD_BYTES
            fcntl.lockf(self._descriptor, fcntl.LOCK_EX, *region)
            try:
                yield
            finally:
                fcntl.lockf(self._descriptor, fcntl.LOCK_UN, *region)


@cache
def open_limiter(path: Path) -> SharedRateLimiter:
    """Open the limiter of a file once: closing any second descriptor would drop our locks."""
    return SharedRateLimiter(path)


# The thread lock may have been held by a thread that the child does not have.
os.register_at_fork(after_in_child=open_limiter.cache_clear)
