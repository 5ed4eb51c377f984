"""The passages most asked for, whatever else is going on."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError, connection

from verses import popularity
from verses.popularity.directory import current_directory, locked
from verses.services import top
from verses.services.passages import get_passage
from verses.services.top import top_passages

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def asked_twice_and_once_since(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have two requests in the tables and one in the count file only."""
    monkeypatch.setattr(top, "_FLUSH_TIMEOUT", 0.01)
    get_passage(reference="Juan 3:16", translation="rv1909")
    get_passage(reference="Juan 3:16", translation="rv1909")
    popularity.flush()
    get_passage(reference="Juan 3:16", translation="rv1909")


def test_the_latest_request_is_among_those_ranked() -> None:
    assert [place.request_count for place in top_passages()] == [3]


def test_a_process_that_is_long_at_folding_holds_nobody_up() -> None:
    with locked(current_directory() / "leader"):
        assert [place.request_count for place in top_passages()] == [2]


def test_a_database_busy_with_a_long_write_still_tells_what_it_has() -> None:
    with connection.execute_wrapper(refuse_writes):
        assert [place.request_count for place in top_passages()] == [2]


def refuse_writes(execute: Callable[..., Any], sql: str, *arguments: Any) -> Any:
    """Answer as SQLite does when another connection has been writing for too long."""
    if sql.startswith(("INSERT", "UPDATE")):
        raise OperationalError("database is locked")
    return execute(sql, *arguments)
