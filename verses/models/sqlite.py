"""SQLite's busy timeout: how long a statement waits for another writer."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

# Timeout of Python's sqlite3 module when the settings name none.
_DEFAULT_SECONDS = 5.0


@contextmanager
def busy_timeout(seconds: float) -> Iterator[None]:
    """Shorten SQLite's busy timeout inside the block, so that a request does not wait long.

    Does nothing on other databases: they lock single rows, and only briefly.
    """
    if connection.vendor != "sqlite":
        yield
        return
    previous = connection.settings_dict["OPTIONS"].get("timeout", _DEFAULT_SECONDS)
    _set_busy_timeout(seconds)
    try:
        yield
    finally:
        _set_busy_timeout(previous)


def _set_busy_timeout(seconds: float) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA busy_timeout = {int(seconds * 1000)}")
