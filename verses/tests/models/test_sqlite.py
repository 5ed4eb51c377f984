"""SQLite's busy timeout."""

import pytest
from django.db import connection

from verses.models import busy_timeout


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="others have more than one writer")
def test_the_busy_timeout_is_restored_after_the_block() -> None:
    previous = read_timeout()

    with busy_timeout(0.25):
        assert read_timeout() == 250

    assert read_timeout() == previous


def read_timeout() -> int:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        return int(cursor.fetchone()[0])
