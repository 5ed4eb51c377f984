"""Fixed-window rate limiter in shared memory, exact over all processes of the host.

The file is a hash table of clients, each with the start of its window and a counter per process, so
counting takes no lock between processes. A lock on the bucket's byte range is taken only to start a
window: each such call gives up the interpreter lock, which an event loop gets back late while other
threads are busy.
"""

import fcntl
import hashlib
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, lru_cache
from pathlib import Path

from verses.sharedmem import WORD_BYTES, MappedWords, reserve

# 32,768 clients within one window in 17 MB, of which only pages in use take memory.
BUCKETS = 4096
# Clients per bucket; in a full one, a new client replaces the one with the oldest window.
SLOTS = 8
# Per host; more processes cannot count.
PROCESSES = 64
_SLOT_WORDS = 2 + PROCESSES
_BUCKET_WORDS = SLOTS * _SLOT_WORDS
# Two words of salt, and the number of processes that have ever counted at the same time.
_SALT_WORDS, _PROCESSES_USED, _HEADER_WORDS = 2, 2, 3
_WORDS = _HEADER_WORDS + BUCKETS * _BUCKET_WORDS
# A counter has the stamp of its window above these bits, so a new window needs no counter reset.
_COUNT_BITS = 24
_COUNT_MASK = (1 << _COUNT_BITS) - 1
# Nanoseconds of a window's start become a stamp of 40 bits, in units of a millisecond (2**20 ns).
_STAMP_SHIFT = 20
_STAMP_MASK = (1 << 40) - 1


class SharedRateLimiter(MappedWords):
    """Counts requests per client within a window that starts with the client's first request.

    `path` is created if there is no such file; its directory as well. A slot has the hash of the
    client, the start of the window in nanoseconds, and the requests that each process has counted.
    Raises OSError if the file cannot be used, or PROCESSES others use it.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        super().__init__(path, _WORDS, flags=os.O_CREAT)
        self._salt = self._words[:_SALT_WORDS].tobytes()
        self._process = self._claim_process()
        self._place_of = lru_cache(BUCKETS)(self._hash)

    def _prepare(self) -> None:
        with self._locked(0, _SALT_WORDS):
            if os.fstat(self._descriptor).st_size != _WORDS * WORD_BYTES:
                reserve(self._descriptor, _WORDS)
                # Without the salt, an address could be found by hashing all of them.
                os.pwrite(self._descriptor, os.urandom(_SALT_WORDS * WORD_BYTES), 0)

    def _claim_process(self) -> int:
        """Return a counter that no living process has: the kernel drops the lock of a dead one."""
        for process in range(PROCESSES):
            try:
                # A byte beyond the words: its lock shows that the process is alive.
                place = 1, _WORDS * WORD_BYTES + process
                fcntl.lockf(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, *place)
            except BlockingIOError:
                continue
            with self._locked(_PROCESSES_USED, 1):
                used = max(self._words[_PROCESSES_USED], process + 1)
                self._words[_PROCESSES_USED] = used
            return process
        self.close()
        raise OSError(f"more than {PROCESSES} processes use {self.path.name}")

    def hit(self, client: str, limit: int, seconds: float) -> float:
        """Count a request; return 0 if it is within the limit, else the seconds to wait."""
        first, name = self._place_of(client)
        # Threads of one process share a counter.
        with self._lock:
            now, length = time.time_ns(), int(seconds * 1e9)
            slot = self._find(first, name)
            if slot is None or not self._is_within_window(slot, now, length):
                slot = self._start_window(first, name, length)
            if self._count(slot) <= limit:
                return 0.0
            self._words[slot + 2 + self._process] -= 1
            return (self._words[slot + 1] + length - now) / 1e9

    def _hash(self, client: str) -> tuple[int, int]:
        """Return the first word of a client's bucket, and the client's name in the file."""
        digest = hashlib.blake2b(client.encode(), digest_size=16, key=self._salt).digest()
        bucket = int.from_bytes(digest[:4]) % BUCKETS
        # Never 0, which is an empty slot.
        return _HEADER_WORDS + bucket * _BUCKET_WORDS, int.from_bytes(digest[4:12]) | 1

    def _count(self, slot: int) -> int:
        """Count a request of this process; return the requests of all processes in the window.

        Counting comes before adding up, so of two processes at the limit at least one sees both.
        """
        words, counters = self._words, slot + 2
        stamp = self._words[slot + 1] >> _STAMP_SHIFT & _STAMP_MASK
        own = counters + self._process
        if words[own] >> _COUNT_BITS == stamp:
            words[own] += 1
        else:
            words[own] = stamp << _COUNT_BITS | 1
        return sum(
            word & _COUNT_MASK
            for word in words[counters : counters + words[_PROCESSES_USED]]
            if word >> _COUNT_BITS == stamp
        )

    def _is_within_window(self, slot: int, now: int, length: int) -> bool:
        # A window in the future was started before the clock was set back.
        started_at = self._words[slot + 1]
        return started_at <= now < started_at + length

    def _find(self, first: int, name: int) -> int | None:
        words = self._words
        for slot in range(first, first + _BUCKET_WORDS, _SLOT_WORDS):
            if words[slot] == name:
                return slot
        return None

    def _start_window(self, first: int, name: int, length: int) -> int:
        """Return the slot of a client with a window that includes now.

        The time is read under the lock: another process may have started the window before.
        """
        with self._locked(first, _BUCKET_WORDS):
            now = time.time_ns()
            slot = self._find(first, name)
            if slot is None:
                slots = range(first, first + _BUCKET_WORDS, _SLOT_WORDS)
                slot = min(slots, key=lambda one: self._words[one + 1])
            elif self._is_within_window(slot, now, length):
                return slot
            self._words[slot + 1] = now
            self._words[slot] = name
            return slot

    @contextmanager
    def _locked(self, start: int, words: int) -> Iterator[None]:
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
