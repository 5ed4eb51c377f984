"""A file of counters that all processes of a host map into memory.

Each record is one passage with one counter per process ("column"), so counting takes no lock
between processes, a killed process loses nothing (the pages belong to the kernel), and any process
reads the sum of all. All numbers are unsigned 64-bit in the machine's order, 8-byte aligned.

    header   magic, records used, time of sealing or 0, identifier (16 bytes), sum last folded
    record   base, key length, CRC-32 of the key, counters of the columns, key

A record is complete before `records used` grows past it, so a kill in between leaves no half one.
"""

import fcntl
import mmap
import os
import sys
import time
import uuid
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

COLUMNS = 64
RECORDS = 2048
MAX_KEY_LENGTH = 1000

_MAGIC = 0x31304556_544E4356
_USED, _SEALED, _IDENTIFIER, _FOLDED = 1, 2, 3, 5
_HEADER = 8
_BASE, _LENGTH, _CHECK, _COUNTS = 0, 1, 2, 3
_KEY = _COUNTS + COLUMNS
_RECORD = _KEY + MAX_KEY_LENGTH // 8
_WORDS = _HEADER + RECORDS * _RECORD


class CountFile:
    """One mapped file; `index` finds the record of a key."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        self._map = mmap.mmap(self._descriptor, _WORDS * 8)
        self._words = memoryview(self._map).cast("Q")
        if self._words[0] != _MAGIC:
            raise ValueError(f"{path.name} is not a count file")
        self._known: dict[str, int] = {}
        self._seen = 0

    @classmethod
    def create(cls, path: Path) -> None:
        """Write an empty file with its space reserved, and give it its name when it is whole."""
        draft = path.with_suffix(".draft")
        descriptor = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            os.posix_fallocate(descriptor, 0, _WORDS * 8)  # a full disk is an error here, not later
            header = _MAGIC.to_bytes(8, sys.byteorder) + bytes(16) + uuid.uuid4().bytes
            os.pwrite(descriptor, header, 0)
        finally:
            os.close(descriptor)
        draft.rename(path)

    @property
    def identifier(self) -> str:
        """Name of this very file, whatever happens to its path."""
        return self._words[_IDENTIFIER : _IDENTIFIER + 2].tobytes().hex()

    @property
    def sealed_at(self) -> int:
        """Unix time when the file was closed to new counts; 0 while it is open."""
        return self._words[_SEALED]

    @property
    def is_full(self) -> bool:
        return self._words[_USED] >= RECORDS

    @property
    def folded_sum(self) -> int:
        """Sum of all counts when the file was last folded: a hint that saves a look."""
        return self._words[_FOLDED]

    @folded_sum.setter
    def folded_sum(self, counted: int) -> None:
        self._words[_FOLDED] = counted

    def seal(self) -> None:
        if not self._words[_SEALED]:
            self._words[_SEALED] = int(time.time())

    def find(self, key: str) -> int | None:
        """Return the record of `key`, if any process has added it."""
        record = self._known.get(key)
        if record is None and self._seen < self._words[_USED]:
            self._catch_up()
            record = self._known.get(key)
        return record

    def add(self, key: str, base: int) -> int | None:
        """Return the record of `key`, made if there is none; None if the file is full or sealed."""
        with self._exclusive():
            if (record := self.find(key)) is not None:
                return record
            if self.is_full or self.sealed_at:
                return None
            record = self._words[_USED]
            self._write(record, key.encode(), base)
            self._words[_USED] = record + 1
            return self.find(key)

    def count(self, record: int, column: int) -> int:
        """Add one in the caller's column; return the sum over all with the base.

        Threads of one process share a column and must not call this at the same time.
        """
        place = _HEADER + record * _RECORD
        counts = place + _COUNTS
        self._words[counts + column] += 1
        return self._words[place + _BASE] + sum(self._words[counts : counts + COLUMNS])

    def counted(self, record: int) -> int:
        """Return what all columns of a record have counted."""
        counts = _HEADER + record * _RECORD + _COUNTS
        return sum(self._words[counts : counts + COLUMNS])

    def set_base(self, record: int, base: int) -> None:
        """Set what was counted elsewhere, so that the sum is the passage's whole number."""
        self._words[_HEADER + record * _RECORD + _BASE] = base

    def records(self) -> Iterator[tuple[int, str]]:
        """Yield number and key of every record."""
        self._catch_up()
        yield from ((record, key) for key, record in list(self._known.items()))

    def close(self) -> None:
        self._words.release()
        self._map.close()
        os.close(self._descriptor)

    def _write(self, record: int, key: bytes, base: int) -> None:
        place = _HEADER + record * _RECORD
        self._words[place : place + _KEY] = memoryview(bytes(_KEY * 8)).cast("Q")
        start = (place + _KEY) * 8
        self._map[start : start + len(key)] = key
        self._words[place + _BASE] = base
        self._words[place + _LENGTH] = len(key)
        self._words[place + _CHECK] = zlib.crc32(key)

    def _catch_up(self) -> None:
        """Learn of the records that other processes have added."""
        for record in range(self._seen, self._words[_USED]):
            place = _HEADER + record * _RECORD
            start, length = (place + _KEY) * 8, self._words[place + _LENGTH]
            key = self._map[start : start + min(length, MAX_KEY_LENGTH)]
            if not key or zlib.crc32(key) != self._words[place + _CHECK]:
                return  # not yet visible on this processor; the next look will see it
            self._known[key.decode()] = record
            self._seen = record + 1

    @contextmanager
    def _exclusive(self) -> Iterator[None]:
        # A description of its own: locks of one open file do not exclude each other's threads.
        descriptor = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)
