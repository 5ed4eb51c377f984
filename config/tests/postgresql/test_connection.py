"""The client's deadlines against a real server behind a proxy; skipped on SQLite."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import OperationalError, connection

from config.postgresql.base import DatabaseWrapper
from config.settings.database import postgres_options
from config.tests.postgresql.proxy import Proxy, running

pytestmark = [
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs a PostgreSQL server"),
    pytest.mark.django_db,
    pytest.mark.slow,
]
SILENCE = 0.3


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    settings = connection.settings_dict
    with running(settings["HOST"] or "127.0.0.1", int(settings["PORT"] or 5432)) as proxy:
        yield proxy


def make_connection(proxy: Proxy, **changes: Any) -> Any:
    settings = {
        **connection.settings_dict,
        "HOST": "127.0.0.1",
        "PORT": proxy.port,
        "SILENCE_SECONDS": SILENCE,
        **changes,
    }
    return DatabaseWrapper(settings, alias="watched")


def run(watched: Any, sql: str) -> Any:
    with watched.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


def test_a_silent_server_ends_a_statement(proxy: Proxy) -> None:
    watched = make_connection(proxy)
    assert run(watched, "SELECT 1") == 1
    proxy.silence()

    started = time.monotonic()
    with pytest.raises(OperationalError, match="stopped answering"):
        run(watched, "SELECT 2")

    assert time.monotonic() - started < 10


def test_other_connections_fail_at_once_while_it_is_silent(proxy: Proxy) -> None:
    watched, other = make_connection(proxy), make_connection(proxy)
    run(watched, "SELECT 1")
    proxy.silence()
    with pytest.raises(OperationalError):
        run(watched, "SELECT 2")

    with pytest.raises(OperationalError, match="a moment ago"):
        other.ensure_connection()


def test_a_connection_works_again_after_the_silence(proxy: Proxy) -> None:
    watched = make_connection(proxy)
    run(watched, "SELECT 1")
    proxy.silence()
    with pytest.raises(OperationalError):
        run(watched, "SELECT 2")
    watched.close()
    proxy.restore()

    for _attempt in range(100):
        try:
            assert run(watched, "SELECT 3") == 3
            break
        except OperationalError:
            time.sleep(0.05)
    else:
        pytest.fail("the server answers, and the connection does not")
    watched.close()


def test_a_long_statement_of_a_server_that_answers_goes_on(proxy: Proxy) -> None:
    watched = make_connection(proxy)

    assert run(watched, "SELECT 7 FROM pg_sleep(1.2)") == 7
    watched.close()


def test_a_statement_has_a_deadline_of_the_client(proxy: Proxy) -> None:
    watched = make_connection(proxy, DEADLINE_SECONDS=SILENCE * 3)

    with pytest.raises(OperationalError, match="no answer in time"):
        run(watched, "SELECT pg_sleep(2)")


@pytest.mark.parametrize("role", ["web", "worker"])
def test_the_server_knows_the_limits_of_the_role(proxy: Proxy, role: Any) -> None:
    watched = make_connection(proxy, OPTIONS=postgres_options(role, {}))

    shown = [
        run(watched, f"SHOW {name}")
        for name in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
    ]
    name = run(watched, "SHOW application_name")
    watched.close()

    assert "0" not in shown
    assert name == f"verses-and-churn {role}"
