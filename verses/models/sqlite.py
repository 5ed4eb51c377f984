"""How long a statement waits for another writer."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

_SQLITES_OWN = 5.0  # seconds, of Python's module


@contextmanager
def waiting_at_most(seconds: float) -> Iterator[None]:
    """Give up sooner while the block runs, for who has somebody waiting.

    For SQLite only, which has one writer at a time; elsewhere rows are locked, and briefly.
    """
    if connection.vendor != "sqlite":
        yield
        return
    usual = connection.settings_dict["OPTIONS"].get("timeout", _SQLITES_OWN)
    _set_patience(seconds)
    try:
        yield
    finally:
        _set_patience(usual)


def _set_patience(seconds: float) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA busy_timeout = {int(seconds * 1000)}")
