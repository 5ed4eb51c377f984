"""Readers, and the threads that call upstream for them."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
import responses
from django.db import connection, connections
from django.utils import timezone
from pytest_django import Settings

from verses.cache import chapter_cache, fetching, layers
from verses.cache.single_flight import SingleFlight
from verses.exceptions import UpstreamUnavailable
from verses.models import Chapter, ChapterKey, Lease

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE = 20.0
WEB = ChapterKey("web", "JHN", 3)
ASV = ChapterKey("asv", "JHN", 3)


class SlowUpstream:
    """An upstream that answers when the test lets it."""

    def __init__(self, upstream: responses.RequestsMock) -> None:
        self.asked, self.may_answer = threading.Event(), threading.Event()
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
        verse = '{"book_id": "JHN", "chapter": 3, "verse": 16, "text": "as upstream tells it"}'
        body = f'{{"translation": {{"identifier": "{translation}"}}, "verses": [{verse}]}}'

        def answer(_request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
            self.calls += 1
            self.asked.set()
            self.may_answer.wait(PATIENCE)
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
    server.may_answer.set()
    until(lambda: chapter_cache.is_idle)


def ask(key: ChapterKey) -> str:
    try:
        return chapter_cache.get_chapter(key).verses[16]
    finally:
        connections.close_all()


def until(holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_reader_who_can_be_served_does_not_wait_for_a_slow_upstream(
    slow: SlowUpstream, upstream: responses.RequestsMock
) -> None:
    first = chapter_cache.get_chapter(WEB)
    second = chapter_cache.get_chapter(ChapterKey("kjv", "JHN", 4))
    slow.may_answer.set()
    until(lambda: chapter_cache.get_chapter(WEB).freshness == "fresh")

    assert (first.freshness, second.freshness) == ("offline", "offline")
    assert chapter_cache.get_chapter(WEB).verses[16] == "as upstream tells it"
    assert len(upstream.calls) == 1


def test_all_who_wait_for_a_chapter_get_the_answer_to_one_call(slow: SlowUpstream) -> None:
    with ThreadPoolExecutor(8) as readers:
        answers = readers.map(ask, [ASV] * 8)
        slow.asked.wait(PATIENCE)
        slow.may_answer.set()

        assert set(answers) == {"as upstream tells it"}
    assert slow.calls == 1


def test_nobody_waits_for_ever(slow: SlowUpstream, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "FETCH_TIMEOUT", 0.2)

    with pytest.raises(UpstreamUnavailable):
        chapter_cache.get_chapter(ASV)


@pytest.mark.skipif(
    connection.vendor == "sqlite", reason="in memory, where tests run, SQLite locks whole tables"
)
def test_who_waits_for_another_process_takes_what_it_has_stored(slow: SlowUpstream) -> None:
    Lease.objects.acquire("asv-JHN-3", "another process", seconds=60)
    with ThreadPoolExecutor(1) as reader:
        waiting = reader.submit(ask, ASV)
        Chapter.objects.store(ASV, {16: "as the other stored it"}, timezone.now())

        assert waiting.result(PATIENCE) == "as the other stored it"
    assert slow.calls == 0


def test_a_fault_of_our_own_is_logged_though_nobody_waits(
    slow: SlowUpstream, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_key: ChapterKey) -> None:
        raise ZeroDivisionError

    flight = SingleFlight().run(ASV, fail)

    with pytest.raises(ZeroDivisionError):
        flight.result(PATIENCE)
    assert "chapter.fetch_failed" in caplog.text
