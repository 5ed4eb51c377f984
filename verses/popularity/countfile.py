"""A file of counters that all processes of a host map into memory.

A record is one passage with one counter per process ("slot"), so counting takes no lock between
processes, and every process can read the sum. All numbers are unsigned 64-bit words:

    header   magic, number of records, time of sealing or 0, identifier (2 words), flushed total
    record   base, key length, CRC-32 of the key, one counter per slot, key

A record is complete before the number of records is increased, so a process killed in between
leaves no partial record.
"""

import fcntl
import os
import sys
import time
import uuid
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from verses.sharedmem import WORD_BYTES, MappedWords, reserve

# One per process of the host; more processes cannot count.
SLOTS = 64
# Passages of one file, of about 3 MB; a further file follows when it is full.
MAX_RECORDS = 2048
# Bytes; PassageCount.osis has this length too.
MAX_KEY_LENGTH = 1000

_MAGIC = 0x31304556_544E4356
_RECORDS, _SEALED, _IDENTIFIER, _FLUSHED = 1, 2, 3, 5
_HEADER_WORDS = 8
_BASE, _LENGTH, _CHECKSUM, _COUNTS = 0, 1, 2, 3
_KEY = _COUNTS + SLOTS
_RECORD_WORDS = _KEY + MAX_KEY_LENGTH // WORD_BYTES
_WORDS = _HEADER_WORDS + MAX_RECORDS * _RECORD_WORDS


class CountFile(MappedWords):
    """One mapped file; raises ValueError if it is not a count file."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, _WORDS)
        if self._words[0] != _MAGIC:
            self.close()
            raise ValueError(f"{path.name} is not a count file")
        self._index: dict[str, int] = {}
        self._indexed_records = 0

    @classmethod
    def create(cls, path: Path) -> None:
        """Write an empty file; it gets its name when it is complete."""
        draft = path.with_suffix(".draft")
        descriptor = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            reserve(descriptor, _WORDS)
            header = _MAGIC.to_bytes(WORD_BYTES, sys.byteorder) + bytes(16) + uuid.uuid4().bytes
            os.pwrite(descriptor, header, 0)
        finally:
            os.close(descriptor)
        draft.rename(path)

    @property
    def identifier(self) -> str:
        """Identifies the file itself, whatever its path."""
        return self._words[_IDENTIFIER : _IDENTIFIER + 2].tobytes().hex()

    @property
    def sealed_at(self) -> int:
        """Unix time when the file was closed to new counts; 0 while it is open."""
        return self._words[_SEALED]

    @property
    def is_full(self) -> bool:
        return self._words[_RECORDS] >= MAX_RECORDS

    @property
    def flushed_total(self) -> int:
        """Sum of all counts at the last flush; only a hint that there is nothing to do."""
        return self._words[_FLUSHED]

    @flushed_total.setter
    def flushed_total(self, total: int) -> None:
        self._words[_FLUSHED] = total

    def seal(self) -> None:
        if not self._words[_SEALED]:
            self._words[_SEALED] = int(time.time())

    def find(self, key: str) -> int | None:
        """Return the record of `key` if any process has added it."""
        record = self._index.get(key)
        if record is None and self._indexed_records < self._words[_RECORDS]:
            self._index_new_records()
            record = self._index.get(key)
        return record

    def add(self, key: str, base: int) -> int | None:
        """Return the record of `key`, added if missing; None if the file is full or sealed."""
        with self._exclusive():
            if (record := self.find(key)) is not None:
                return record
            if self.is_full or self.sealed_at:
                return None
            record = self._words[_RECORDS]
            self._write(record, key.encode(), base)
            self._words[_RECORDS] = record + 1
            return self.find(key)

    def increment(self, record: int, slot: int) -> int:
        """Add one in the slot of the calling process; return base plus the sum of all slots.

        Threads of one process share a slot and must not call this at the same time.
        """
        start = _start_of(record)
        counts = start + _COUNTS
        self._words[counts + slot] += 1
        return self._words[start + _BASE] + sum(self._words[counts : counts + SLOTS])

    def counted(self, record: int) -> int:
        """Return the sum of all slots of a record."""
        counts = _start_of(record) + _COUNTS
        return sum(self._words[counts : counts + SLOTS])

    def set_base(self, record: int, base: int) -> None:
        """Set the number of requests counted elsewhere: on earlier days and other hosts."""
        self._words[_start_of(record) + _BASE] = base

    def records(self) -> Iterator[tuple[int, str]]:
        """Yield number and key of every record."""
        self._index_new_records()
        yield from ((record, key) for key, record in list(self._index.items()))

    def _write(self, record: int, key: bytes, base: int) -> None:
        start = _start_of(record)
        # A process killed here before may have left a part of another key.
        self._words[start : start + _KEY] = memoryview(bytes(_KEY * WORD_BYTES)).cast("Q")
        first_byte = (start + _KEY) * WORD_BYTES
        self._map[first_byte : first_byte + len(key)] = key
        self._words[start + _BASE] = base
        self._words[start + _LENGTH] = len(key)
        self._words[start + _CHECKSUM] = zlib.crc32(key)

    def _index_new_records(self) -> None:
        """Index the records that other processes have added."""
        for record in range(self._indexed_records, self._words[_RECORDS]):
            start = _start_of(record)
            first_byte, length = (start + _KEY) * WORD_BYTES, self._words[start + _LENGTH]
            key = self._map[first_byte : first_byte + min(length, MAX_KEY_LENGTH)]
            if not key or zlib.crc32(key) != self._words[start + _CHECKSUM]:
                # The number of records became visible to this processor before the record did.
                return
            self._index[key.decode()] = record
            self._indexed_records = record + 1

    @contextmanager
    def _exclusive(self) -> Iterator[None]:
        # A separate open file: threads that share one would not exclude each other by flock.
        descriptor = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def _start_of(record: int) -> int:
    return _HEADER_WORDS + record * _RECORD_WORDS
