"""How long a statement waits for another writer."""

import pytest
from django.db import connection

from verses.models import busy_timeout


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="others have more than one writer")
def test_patience_is_short_while_the_block_runs_and_the_usual_one_after() -> None:
    usual = patience()

    with busy_timeout(0.25):
        assert patience() == 250

    assert patience() == usual


def patience() -> int:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        return int(cursor.fetchone()[0])
