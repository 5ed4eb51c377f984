"""Where the count files of a host lie, and who may do what with them.

One directory serves one database: `columns/NN` are locked by the process that counts in column
NN, for as long as it lives; `leader` is locked by the one that folds; `YYYY-MM-DD-NNNN.counts`
are the files of a day.
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

from verses.models import CountStore
from verses.popularity.countfile import COLUMNS, CountFile

_POLL_SECONDS = 0.01


def directory() -> Path:
    """Return the directory of the database in use; asks the database for its name."""
    store, _created = CountStore.objects.get_or_create(pk=1)
    return Path(settings.VERSES_COUNTS_DIR, store.identifier.hex)


def identity(path: Path) -> str:
    """Return a name that no other directory has, on whatever host."""
    with locked(path / "identity") as descriptor:
        known = os.pread(descriptor, 32, 0).decode()
        if not known:
            known = uuid.uuid4().hex
            os.pwrite(descriptor, known.encode(), 0)
        return known


@contextmanager
def locked(path: Path, *, patience: float = math.inf) -> Iterator[int]:
    """Hold the lock of a file while the block runs.

    Raises BlockingIOError if it is taken for longer than `patience` seconds. The system frees the
    lock when its holder dies, however it dies.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _take(descriptor, patience)
        yield descriptor
    finally:
        os.close(descriptor)


def _take(descriptor: int, patience: float) -> None:
    deadline = time.monotonic() + patience
    while deadline < math.inf:
        with suppress(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        if time.monotonic() >= deadline:
            raise BlockingIOError
        time.sleep(_POLL_SECONDS)
    fcntl.flock(descriptor, fcntl.LOCK_EX)


def claim_column(path: Path) -> tuple[int, int]:
    """Take a free column for this process; return its number and the descriptor that holds it.

    Raises OSError when more processes count than there are columns.
    """
    (path / "columns").mkdir(parents=True, exist_ok=True)
    for column in range(COLUMNS):
        name = path / "columns" / f"{column:02}"
        descriptor = os.open(name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            continue
        return column, descriptor
    raise OSError(f"more than {COLUMNS} processes count at once")


def files(path: Path) -> list[Path]:
    """Return the count files, oldest first."""
    return sorted(path.glob("*.counts"))


def day_of(file: Path) -> date:
    """Return the day (UTC) whose requests a file counts."""
    return date.fromisoformat(file.name[:10])


def open_for(path: Path, day: date) -> CountFile:
    """Open the file that counts `day` now; a new one if there is none or the last is closed."""
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
