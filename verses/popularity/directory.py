"""The directory of the count files of a host, and its locks.

One directory belongs to one database. `columns/NN` is locked by the process that counts in slot
NN, for its lifetime; `leader` by the process that flushes; `YYYY-MM-DD-NNNN.counts` are the count
files of a day.
"""

import fcntl
import math
import os
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path

from django.conf import settings

from verses.models import CounterDatabase
from verses.popularity.countfile import SLOTS, CountFile

_POLL_SECONDS = 0.01


def current_directory() -> Path:
    """Return the directory that belongs to the database in use."""
    database, _created = CounterDatabase.objects.get_or_create(pk=1)
    return Path(settings.VERSES_COUNTS_DIR, database.identifier.hex)


def identity(path: Path) -> str:
    """Return the identifier of a directory, unique over all hosts; created at the first call."""
    with locked(path / "identity") as descriptor:
        known = os.pread(descriptor, 32, 0).decode()
        if not known:
            known = uuid.uuid4().hex
            os.pwrite(descriptor, known.encode(), 0)
        return known


@contextmanager
def locked(path: Path, *, timeout: float = math.inf) -> Iterator[int]:
    """Hold the lock of a file inside the block; yields its descriptor.

    Raises BlockingIOError if another process holds it for longer than `timeout` seconds. The
    kernel releases the lock of a process that dies.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _lock(descriptor, timeout)
        yield descriptor
    finally:
        os.close(descriptor)


def _lock(descriptor: int, timeout: float) -> None:
    # flock has no timeout of its own, so a bounded wait has to poll.
    deadline = time.monotonic() + timeout
    while deadline < math.inf:
        with suppress(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        if time.monotonic() >= deadline:
            raise BlockingIOError
        time.sleep(_POLL_SECONDS)
    fcntl.flock(descriptor, fcntl.LOCK_EX)


def claim_slot(path: Path) -> tuple[int, int]:
    """Claim a free slot for this process; return its number and the descriptor of its lock.

    Raises OSError if there are more processes than slots.
    """
    # The name of an earlier release, whose processes may still run during an update.
    directory = path / "columns"
    directory.mkdir(parents=True, exist_ok=True)
    for slot in range(SLOTS):
        descriptor = os.open(directory / f"{slot:02}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            continue
        return slot, descriptor
    raise OSError(f"more than {SLOTS} processes count at once")


def files(path: Path) -> list[Path]:
    """Return the count files, oldest first."""
    return sorted(path.glob("*.counts"))


def day_of(file: Path) -> date:
    """Return the day (UTC) that a file counts."""
    return date.fromisoformat(file.name[:10])


def open_for(path: Path, day: date) -> CountFile:
    """Open the latest file of `day`; a new one if there is none or it is full or sealed."""
    with locked(path / "opening"):
        of_day = [file for file in files(path) if day_of(file) == day]
        if of_day:
            latest = CountFile(of_day[-1])
            if not (latest.is_full or latest.sealed_at):
                return latest
            latest.seal()
            latest.close()
        name = path / f"{day.isoformat()}-{len(of_day):04}.counts"
        while name.exists():
            name = path / f"{day.isoformat()}-{int(name.stem[-4:]) + 1:04}.counts"
        CountFile.create(name)
        return CountFile(name)
