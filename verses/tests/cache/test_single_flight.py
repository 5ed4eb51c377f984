"""Requests that wait for the threads that call upstream."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
import responses
import structlog
from django.db import connection, connections
from django.utils import timezone
from pytest_django import Settings

from verses.cache import chapter_cache, fetching, layers
from verses.cache.single_flight import SingleFlight
from verses.exceptions import UpstreamUnavailable
from verses.models import Chapter, ChapterKey, Lease
from verses.tests.conftest import asv

pytestmark = pytest.mark.django_db(transaction=True)

TIMEOUT = 20.0
WEB = ChapterKey("web", "JHN", 3)
ASV = ChapterKey("asv", "JHN", 3)


class SlowUpstream:
    """An upstream that answers when the test allows it."""

    def __init__(self, upstream: responses.RequestsMock) -> None:
        self.asked, self.may_respond = threading.Event(), threading.Event()
        self.calls = 0
        for translation in ("web", "asv"):
            upstream.add_callback(
                responses.GET,
                f"https://bible.test/data/{translation}/JHN/3",
                callback=self._answer(translation),
            )

    def _answer(
        self, translation: str
    ) -> Callable[[requests.PreparedRequest], tuple[int, dict[str, str], str]]:
        verse = '{"book_id": "JHN", "chapter": 3, "verse": 16, "text": "fetched text"}'
        body = f'{{"translation": {{"identifier": "{translation}"}}, "verses": [{verse}]}}'

        def answer(_request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
            self.calls += 1
            self.asked.set()
            self.may_respond.wait(TIMEOUT)
            return 200, {}, body

        return answer


@pytest.fixture
def slow(
    upstream: responses.RequestsMock, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[SlowUpstream]:
    settings.VERSES_BACKGROUND_WORK = True
    monkeypatch.setattr(layers, "FALLBACK_TIMEOUT", 0.5)
    chapter_cache.translations.all()
    server = SlowUpstream(upstream)
    yield server
    server.may_respond.set()
    wait_until(lambda: chapter_cache.is_idle)


def ask(key: ChapterKey) -> str:
    try:
        return chapter_cache.get_chapter(key).verses[16]
    finally:
        connections.close_all()


def wait_until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + TIMEOUT
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_request_with_a_fallback_does_not_wait_long(
    slow: SlowUpstream, upstream: responses.RequestsMock
) -> None:
    first = chapter_cache.get_chapter(WEB)
    second = chapter_cache.get_chapter(ChapterKey("kjv", "JHN", 4))
    slow.may_respond.set()
    wait_until(lambda: chapter_cache.get_chapter(WEB).freshness == "fresh")

    assert (first.freshness, second.freshness) == ("offline", "offline")
    assert chapter_cache.get_chapter(WEB).verses[16] == "fetched text"
    assert len(upstream.calls) == 1


def test_concurrent_requests_share_one_call(slow: SlowUpstream) -> None:
    with ThreadPoolExecutor(8) as readers:
        answers = readers.map(ask, [ASV] * 8)
        slow.asked.wait(TIMEOUT)
        slow.may_respond.set()

        assert set(answers) == {"fetched text"}
    assert slow.calls == 1


@pytest.mark.skipif(
    connection.vendor == "sqlite", reason="in memory, where tests run, SQLite locks whole tables"
)
def test_cold_chapters_of_a_request_are_called_together(
    slow: SlowUpstream, upstream: responses.RequestsMock
) -> None:
    together = threading.Barrier(layers.MAX_FETCHES_AT_ONCE)

    def answer(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        together.wait(TIMEOUT)
        number = int(str(request.url).rsplit("/", 1)[1])
        return 200, {}, json.dumps(asv(chapter=number))

    numbers = range(4, 4 + layers.MAX_FETCHES_AT_ONCE)
    for number in numbers:
        upstream.add_callback(responses.GET, f"https://bible.test/data/asv/JHN/{number}", answer)

    chapters = chapter_cache.get_chapters(ChapterKey("asv", "JHN", number) for number in numbers)

    assert [chapter.key.chapter for chapter in chapters] == list(numbers)
    assert len(upstream.calls) == len(numbers)


def test_waiting_for_upstream_times_out(
    slow: SlowUpstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "FETCH_TIMEOUT", 0.2)

    with pytest.raises(UpstreamUnavailable):
        chapter_cache.get_chapter(ASV)


@pytest.mark.skipif(
    connection.vendor == "sqlite", reason="in memory, where tests run, SQLite locks whole tables"
)
def test_a_chapter_stored_by_another_process_is_used(slow: SlowUpstream) -> None:
    Lease.objects.acquire("asv-JHN-3", "another process", seconds=60)
    with ThreadPoolExecutor(1) as reader:
        waiting = reader.submit(ask, ASV)
        Chapter.objects.store(ASV, {16: "stored text"}, timezone.now())

        assert waiting.result(TIMEOUT) == "stored text"
    assert slow.calls == 0


def test_a_fetch_in_the_background_has_the_id_of_its_request(slow: SlowUpstream) -> None:
    def read_id(_key: ChapterKey) -> Any:
        return structlog.contextvars.get_contextvars().get("request_id")

    with structlog.contextvars.bound_contextvars(request_id="abc-1"):
        flight: Any = SingleFlight().run(ASV, read_id)

    assert flight.result(TIMEOUT) == "abc-1"


def test_an_unexpected_error_of_a_fetch_is_logged(
    slow: SlowUpstream, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_key: ChapterKey) -> None:
        raise ZeroDivisionError

    flight = SingleFlight().run(ASV, fail)

    with pytest.raises(ZeroDivisionError):
        flight.result(TIMEOUT)
    assert "chapter.fetch_failed" in caplog.text
