"""The layers of the cache, with every state of upstream."""

from datetime import timedelta

import pytest
import requests
import responses
import time_machine
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from verses.cache import chapter_cache
from verses.exceptions import PassageNotFound, TranslationNotFound, UpstreamUnavailable
from verses.models import Chapter, ChapterKey, Lease, Origin
from verses.tests.conftest import JOHN_3, asv

pytestmark = pytest.mark.django_db

WEB = ChapterKey("web", "JHN", 3)
ASV = ChapterKey("asv", "JHN", 3)
ASV_URL = "https://bible.test/data/asv/JHN/3"


def store(key: ChapterKey, age: timedelta, text: str = "an old wording") -> None:
    chapter_cache.translations.get(key[0])
    Chapter.objects.store(key, {16: text}, timezone.now() - age)


def test_a_fetched_chapter_is_read_from_memory(
    john_3: responses.BaseResponse, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    first = chapter_cache.get_chapter(WEB)

    with django_assert_num_queries(0):
        again = chapter_cache.get_chapter(WEB)

    assert (first.source, again.source) == ("upstream", "cache")
    assert again.freshness == "fresh"
    assert len(again.verses) == 36
    assert john_3.call_count == 1


def test_another_process_reads_it_from_the_table(john_3: responses.BaseResponse) -> None:
    chapter_cache.get_chapter(WEB)
    chapter_cache.clear()

    again = chapter_cache.get_chapter(WEB)

    assert again.source == "cache"
    assert john_3.call_count == 1


def test_a_stale_chapter_is_refreshed(
    upstream: responses.RequestsMock,
) -> None:
    store(ASV, timedelta(days=31))
    upstream.get(ASV_URL, json=asv("a new wording"))

    first, second = chapter_cache.get_chapter(ASV), chapter_cache.get_chapter(ASV)

    # In tests the background refresh runs in the calling thread, so its result is visible.
    assert first.verses[16] == second.verses[16] == "a new wording"
    assert second.freshness == "fresh"
    assert len(upstream.calls) == 1


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 500},
        {"body": requests.ConnectionError()},
        {"body": requests.Timeout()},
        {"body": "<html>"},
        {"status": 429},
        {"status": 403},
    ],
    ids=["500", "refused", "timeout", "html", "429", "403"],
)
def test_a_stale_chapter_is_served_while_upstream_fails(
    upstream: responses.RequestsMock, answer: dict[str, object]
) -> None:
    store(ASV, timedelta(days=31))
    upstream.get(ASV_URL, **answer)

    chapter = chapter_cache.get_chapter(ASV)

    assert chapter.verses[16] == "an old wording"
    assert (chapter.source, chapter.freshness) == ("cache", "stale")


def test_a_failed_refresh_is_not_repeated_immediately(
    upstream: responses.RequestsMock,
) -> None:
    store(ASV, timedelta(days=31))
    upstream.get(ASV_URL, body="<html>")

    for _request in range(5):
        chapter_cache.get_chapter(ASV)

    assert len(upstream.calls) == 1


def test_a_refresh_of_another_process_is_not_repeated(
    upstream: responses.RequestsMock,
) -> None:
    store(ASV, timedelta(days=31))
    Lease.objects.acquire("asv-JHN-3", "another process", seconds=60)

    chapter = chapter_cache.get_chapter(ASV)

    assert chapter.freshness == "stale"
    assert len(upstream.calls) == 0


def test_a_404_of_upstream_overrides_older_copies(
    upstream: responses.RequestsMock,
) -> None:
    store(WEB, timedelta(days=31))
    upstream.get(JOHN_3, status=404, json={"error": "book/chapter not found"})

    for _request in range(2):
        with pytest.raises(PassageNotFound):
            chapter_cache.get_chapter(WEB)


def test_a_404_is_cached_briefly(upstream: responses.RequestsMock) -> None:
    answer = upstream.get(ASV_URL, status=404, json={"error": "book/chapter not found"})
    for _request in range(3):
        with pytest.raises(PassageNotFound):
            chapter_cache.get_chapter(ASV)
    assert answer.call_count == 1

    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        upstream.replace(responses.GET, ASV_URL, json=asv())
        assert chapter_cache.get_chapter(ASV).freshness == "fresh"


def test_a_404_that_is_not_json_is_ignored(upstream: responses.RequestsMock) -> None:
    upstream.get(JOHN_3, status=404, body="<h1>nginx</h1>")

    assert chapter_cache.get_chapter(WEB).freshness == "offline"


def test_an_edition_is_the_fallback_even_if_not_loaded(
    upstream: responses.RequestsMock,
) -> None:
    chapter_cache.translations.get("kjv")
    Chapter.objects.embed("kjv", [("JHN", 3, {16: "from the table"})])

    loaded, unloaded = (
        chapter_cache.get_chapter(ChapterKey("kjv", "JHN", 3)),
        chapter_cache.get_chapter(WEB),
    )

    assert loaded.verses[16] == "from the table"
    assert unloaded.verses[16].startswith("For God so loved")
    assert {loaded.freshness, unloaded.freshness} == {"offline"}


def test_upstream_is_preferred_to_a_loaded_edition(
    john_3: responses.BaseResponse,
) -> None:
    chapter_cache.translations.get("web")
    Chapter.objects.embed("web", [("JHN", 3, {16: "from the table"})])

    chapter = chapter_cache.get_chapter(WEB)

    assert chapter.source == "upstream"
    assert Chapter.objects.at(*WEB).get().origin == Origin.UPSTREAM


def test_an_unavailable_chapter_has_retry_after(
    upstream: responses.RequestsMock,
) -> None:
    upstream.get(ASV_URL, status=403)

    with pytest.raises(UpstreamUnavailable) as refusal:
        chapter_cache.get_chapter(ASV)

    assert refusal.value.retry_after == 3600


def test_upstream_is_not_called_without_a_url(
    upstream: responses.RequestsMock, settings: Settings
) -> None:
    settings.BIBLE_API_URL = ""

    assert chapter_cache.get_chapter(WEB).freshness == "offline"
    with pytest.raises(UpstreamUnavailable):
        chapter_cache.get_chapter(ASV)
    assert len(upstream.calls) == 0


def test_an_unknown_translation_costs_no_call(upstream: responses.RequestsMock) -> None:
    with pytest.raises(TranslationNotFound):
        chapter_cache.get_chapter(ChapterKey("klingon", "JHN", 3))


def test_a_blocked_upstream_costs_no_query(
    upstream: responses.RequestsMock, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    upstream.get(JOHN_3, status=403)
    chapter_cache.get_chapter(WEB)
    chapter_cache.get_chapter(WEB)

    with django_assert_num_queries(0):
        chapter = chapter_cache.get_chapter(WEB)

    assert chapter.freshness == "offline"
    assert len(upstream.calls) == 1


def test_a_chapter_replaced_by_another_process_is_evicted(upstream: responses.RequestsMock) -> None:
    store(ASV, timedelta(days=1))
    chapter_cache.get_chapter(ASV)
    before = timezone.now()
    store(ASV, timedelta(), "a new wording")

    assert chapter_cache.get_chapter(ASV).verses[16] == "an old wording"
    chapter_cache.evict_changed_since(before)
    assert chapter_cache.get_chapter(ASV).verses[16] == "a new wording"
