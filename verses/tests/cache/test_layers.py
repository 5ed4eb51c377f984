"""What a reader gets from which layer, with upstream well, slow, ill or away."""

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


def hold(key: ChapterKey, age: timedelta, text: str = "an old wording") -> None:
    chapter_cache.translations.get(key[0])
    Chapter.objects.store(key, {16: text}, timezone.now() - age)


def test_a_chapter_is_fetched_once_and_then_read_from_memory(
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


def test_a_stale_chapter_is_served_at_once_and_replaced_behind_the_reader(
    upstream: responses.RequestsMock,
) -> None:
    hold(ASV, timedelta(days=31))
    upstream.get(ASV_URL, json=asv("a new wording"))

    first, second = chapter_cache.get_chapter(ASV), chapter_cache.get_chapter(ASV)

    # In the tests the work behind the reader is done before the answer, so it shows at once.
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
def test_a_stale_chapter_is_served_while_upstream_is_down(
    upstream: responses.RequestsMock, answer: dict[str, object]
) -> None:
    hold(ASV, timedelta(days=31))
    upstream.get(ASV_URL, **answer)

    held = chapter_cache.get_chapter(ASV)

    assert held.verses[16] == "an old wording"
    assert (held.source, held.freshness) == ("cache", "stale")


def test_a_failing_refresh_is_not_tried_again_at_each_request(
    upstream: responses.RequestsMock,
) -> None:
    hold(ASV, timedelta(days=31))
    upstream.get(ASV_URL, body="<html>")

    for _request in range(5):
        chapter_cache.get_chapter(ASV)

    assert len(upstream.calls) == 1


def test_a_refresh_that_another_process_has_begun_is_left_to_it(
    upstream: responses.RequestsMock,
) -> None:
    hold(ASV, timedelta(days=31))
    Lease.objects.acquire("asv-JHN-3", "another process", seconds=60)

    held = chapter_cache.get_chapter(ASV)

    assert held.freshness == "stale"
    assert len(upstream.calls) == 0


def test_a_genuine_404_is_not_masked_by_a_stale_copy_nor_by_an_edition(
    upstream: responses.RequestsMock,
) -> None:
    hold(WEB, timedelta(days=31))
    upstream.get(JOHN_3, status=404, json={"error": "book/chapter not found"})

    for _request in range(2):
        with pytest.raises(PassageNotFound):
            chapter_cache.get_chapter(WEB)


def test_a_404_is_remembered_briefly(upstream: responses.RequestsMock) -> None:
    answer = upstream.get(ASV_URL, status=404, json={"error": "book/chapter not found"})
    for _request in range(3):
        with pytest.raises(PassageNotFound):
            chapter_cache.get_chapter(ASV)
    assert answer.call_count == 1

    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        upstream.replace(responses.GET, ASV_URL, json=asv())
        assert chapter_cache.get_chapter(ASV).freshness == "fresh"


def test_a_404_that_is_not_upstreams_own_says_nothing(upstream: responses.RequestsMock) -> None:
    upstream.get(JOHN_3, status=404, body="<h1>nginx</h1>")

    assert chapter_cache.get_chapter(WEB).freshness == "offline"


def test_an_embedded_edition_stands_in_whether_it_was_loaded_or_not(
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


def test_upstream_is_asked_before_the_edition_that_was_loaded(
    john_3: responses.BaseResponse,
) -> None:
    chapter_cache.translations.get("web")
    Chapter.objects.embed("web", [("JHN", 3, {16: "from the table"})])

    held = chapter_cache.get_chapter(WEB)

    assert held.source == "upstream"
    assert Chapter.objects.at(*WEB).get().origin == Origin.UPSTREAM


def test_without_any_layer_the_reader_is_told_when_to_come_back(
    upstream: responses.RequestsMock,
) -> None:
    upstream.get(ASV_URL, status=403)

    with pytest.raises(UpstreamUnavailable) as refusal:
        chapter_cache.get_chapter(ASV)

    assert refusal.value.retry_after == 3600


def test_upstream_is_never_called_when_no_address_is_configured(
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


def test_a_blocked_upstream_costs_no_query_on_a_warm_chapter(
    upstream: responses.RequestsMock, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    upstream.get(JOHN_3, status=403)
    chapter_cache.get_chapter(WEB)
    chapter_cache.get_chapter(WEB)

    with django_assert_num_queries(0):
        held = chapter_cache.get_chapter(WEB)

    assert held.freshness == "offline"
    assert len(upstream.calls) == 1


def test_what_another_process_replaced_is_read_anew(upstream: responses.RequestsMock) -> None:
    hold(ASV, timedelta(days=1))
    chapter_cache.get_chapter(ASV)
    before = timezone.now()
    hold(ASV, timedelta(), "a new wording")

    assert chapter_cache.get_chapter(ASV).verses[16] == "an old wording"
    chapter_cache.evict_changed_since(before)
    assert chapter_cache.get_chapter(ASV).verses[16] == "a new wording"
