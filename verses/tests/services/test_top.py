"""The most requested passages, also during flushes and writes of other processes."""

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
def two_flushed_requests_and_one_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Count two requests in the tables, and one in the count file only."""
    monkeypatch.setattr(top, "_FLUSH_TIMEOUT", 0.01)
    get_passage(reference="Juan 3:16", translation="rv1909")
    get_passage(reference="Juan 3:16", translation="rv1909")
    popularity.flush()
    get_passage(reference="Juan 3:16", translation="rv1909")


def test_the_latest_request_is_counted() -> None:
    assert [passage.request_count for passage in top_passages()] == [3]


def test_a_slow_flush_of_another_process_is_skipped() -> None:
    with locked(current_directory() / "leader"):
        assert [passage.request_count for passage in top_passages()] == [2]


def test_older_counts_are_returned_while_the_database_is_locked() -> None:
    with connection.execute_wrapper(refuse_writes):
        assert [passage.request_count for passage in top_passages()] == [2]


def refuse_writes(execute: Callable[..., Any], sql: str, *arguments: Any) -> Any:
    """Fail like SQLite if another connection writes for too long."""
    if sql.startswith(("INSERT", "UPDATE")):
        raise OperationalError("database is locked")
    return execute(sql, *arguments)
