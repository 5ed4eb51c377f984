"""Requests whose answers are in memory, while the database does not answer."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
import responses
import time_machine
from django.db import OperationalError, connection
from django.test import Client
from pytest_django import Settings

from verses import popularity
from verses.cache import chapter_cache
from verses.models import PassageCount
from verses.tests.conftest import JOHN_3, asv

pytestmark = pytest.mark.django_db

START = datetime(2026, 3, 3, 12, tzinfo=UTC)
BEFORE_MIDNIGHT = datetime(2026, 3, 3, 23, 58, tzinfo=UTC)
ROUTES = [
    "/verse?reference=John+3:16",
    "/verse?reference=John+3:16&translation=asv",
    "/verse?reference=Genesis+1:1&translation=kjv",
    "/verse?reference=Juan+3:16&translation=rv1909",
    "/bible-api/John+3:16",
    "/api/verses/daily/",
    "/top",
    "/top?window=week",
]


class Database:
    """Fails every statement while it is down."""

    def __init__(self) -> None:
        self.is_down = False
        self.statements = 0

    def __call__(self, execute: Callable[..., Any], *arguments: Any) -> Any:
        self.statements += 1
        if self.is_down:
            raise OperationalError("the server closed the connection")
        return execute(*arguments)


@pytest.fixture
def database() -> Iterator[Database]:
    """Let the test switch the database off."""
    database = Database()
    with connection.execute_wrapper(database):
        yield database


@pytest.fixture
def in_background() -> Iterator[None]:
    """Refresh translations as a web process does: not in requests."""
    chapter_cache.translations.is_refreshed_in_background = True
    yield
    chapter_cache.translations.is_refreshed_in_background = False


@pytest.fixture
def warm(client: Client, upstream: responses.RequestsMock, john_3: responses.BaseResponse) -> None:
    upstream.get("https://bible.test/data/asv/JHN/3", json=asv())
    for route in ROUTES:
        assert client.get(route).status_code == 200


@pytest.mark.usefixtures("in_background", "john_3")
@pytest.mark.parametrize("begins", [START, BEFORE_MIDNIGHT])
@pytest.mark.parametrize("minutes", [0, 1, 5])
def test_warm_requests_are_answered_in_an_outage(
    client: Client,
    database: Database,
    upstream: responses.RequestsMock,
    begins: datetime,
    minutes: int,
) -> None:
    upstream.get("https://bible.test/data/asv/JHN/3", json=asv())
    with time_machine.travel(begins, tick=False) as clock:
        for route in ROUTES:
            assert client.get(route).status_code == 200
        database.is_down = True
        clock.shift(timedelta(minutes=minutes))

        # The verse of the day may be another one after midnight, and then it is not warm.
        routes = ROUTES if begins == START else [one for one in ROUTES if "daily" not in one]
        statuses = {route: client.get(route).status_code for route in routes}

    assert set(statuses.values()) == {200}, statuses


def test_requests_of_an_outage_are_in_the_tables_afterwards(
    client: Client, database: Database, in_background: None, warm: None
) -> None:
    before = PassageCount.objects.total_requests()
    popularity.flush()
    counted = PassageCount.objects.total_requests()
    database.is_down = True
    for _request in range(20):
        client.get("/verse?reference=John+3:16")
        client.get("/verse?reference=John+3:17")  # not requested before: its total is unknown
    database.is_down = False

    popularity.flush()

    assert PassageCount.objects.total_requests() == counted + 40 > before
    assert client.get("/verse?reference=John+3:17").json()["request_count"] == 21


def test_a_stale_chapter_does_not_ask_the_database_each_time(
    client: Client, database: Database, in_background: None, warm: None, settings: Settings
) -> None:
    settings.VERSES_FRESH_FOR = timedelta(0)
    database.is_down = True
    client.get("/verse?reference=John+3:16&translation=asv")
    database.statements = 0

    for _request in range(20):
        assert client.get("/verse?reference=John+3:16&translation=asv").status_code == 200

    assert database.statements == 0


def test_an_edition_answers_while_upstream_and_database_are_away(
    client: Client, database: Database, in_background: None, upstream: responses.RequestsMock
) -> None:
    upstream.add(responses.GET, JOHN_3, body=requests.ConnectionError())
    chapter_cache.translations.all()
    popularity.flush()
    database.is_down = True

    answer = client.get("/verse?reference=John+3:16")

    assert answer.status_code == 200
    assert answer.json()["freshness"] == "offline"


def test_without_edition_a_cold_chapter_is_unavailable(
    client: Client, database: Database, in_background: None
) -> None:
    chapter_cache.translations.all()
    client.raise_request_exception = False
    database.is_down = True

    assert client.get("/verse?reference=John+3:16&translation=asv").status_code == 503
