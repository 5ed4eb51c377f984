"""What is kept, for how long, and what every ready response still does."""

import gzip
import json
from datetime import UTC, datetime, timedelta

import brotli
import pytest
import time_machine
from backports import zstd
from django.utils import timezone
from pytest_django import Settings

from config.tests.front.client import Request, Response, make_front, send
from verses.cache import chapter_cache
from verses.models import Chapter, ChapterKey, Translation
from verses.ready import split_at_count

pytestmark = pytest.mark.django_db(transaction=True)
JSON = ((b"content-type", b"application/json"),)


def ask(reference: str, *headers: tuple[bytes, bytes], translation: str = "web") -> Request:
    body = json.dumps({"reference": reference, "translation": translation}).encode()
    return Request("POST", "/verse", body=body, headers=(*JSON, *headers))


def get(path: str, query: str = "", *headers: tuple[bytes, bytes]) -> Request:
    return Request("GET", path, query, headers=headers)


def ready_flags(responses: list[Response]) -> list[bool]:
    return [response.was_ready for response in responses]


@pytest.mark.parametrize(
    "request_",
    [
        ask("John 3:16"),
        get("/verse", "reference=John+3:16"),
        get("/verse", "reference=John+3:16", (b"if-none-match", b"*")),
        get("/bible-api/John+3:16"),
        get("/bible-api//John+3:16"),
        get("/bible-api/John+3:4&5&7,16-17"),
        get("/api/verses/daily/"),
        Request("HEAD", "/verse", "reference=John+3:16"),
    ],
    ids=["post", "get", "304", "bible-api", "slashes", "list", "daily", "head"],
)
def test_a_response_is_ready_from_the_second_request_on(request_: Request) -> None:
    responses = send(make_front(), [request_] * 3)

    assert ready_flags(responses) == [False, True, True]
    assert len({response.comparable() for response in responses}) == 1


@pytest.mark.parametrize(
    "request_",
    [
        ask("no such book"),
        ask("John 99:1"),
        ask("John 3:16", translation="none"),
        get("/api/verses/random/"),
        get("/verse", "reference=John+3:16", (b"accept", b"text/html")),
    ],
    ids=["invalid", "absent", "translation", "random", "page"],
)
def test_no_error_page_or_draw_is_kept(request_: Request) -> None:
    assert ready_flags(send(make_front(), [request_] * 2)) == [False, False]


def test_every_ready_response_counts_once() -> None:
    responses = send(make_front(), [ask("John 3:16")] * 5)

    assert [response.json()["request_count"] for response in responses] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("first", "other"),
    [
        (ask("John 3:16"), ask(" Juan 3,16 ")),
        (ask("John 3:16", translation="kjv"), ask("jn 3.16", translation="KJV")),
        (ask("1 Cor 13"), ask("I Corinthians 13")),
        (
            get("/verse", "reference=John+3:16"),
            get("/verse", "translation=web&reference=Jo%C3%A3o+3.16"),
        ),
        (
            ask("Juan 3:16", (b"accept-language", b"es")),
            ask("Jn 3,16", (b"accept-language", b"es")),
        ),
    ],
    ids=["post", "translation", "chapter", "get", "language"],
)
def test_another_spelling_of_a_ready_response_is_ready(first: Request, other: Request) -> None:
    responses = send(make_front(), [first, other, other])

    assert ready_flags(responses) == [False, True, True]
    assert len({response.comparable() for response in responses}) == 1
    assert [response.json()["request_count"] for response in responses] == [1, 2, 3]


@pytest.mark.parametrize(
    "other",
    [
        ask("John 3:17"),
        ask("John 3:16", translation="kjv"),
        ask("Juan 3:16", (b"accept-encoding", b"gzip")),
        ask("Juan 3:16", (b"cookie", b"django_language=es")),
        get("/verse", "reference=Juan+3:16"),
        Request("POST", "/verse", body=b'{"reference": "Juan 3:16", "x": 1}', headers=JSON),
        Request("POST", "/verse", "format=json", body=b'{"reference": "Jn 3:16"}', headers=JSON),
    ],
    ids=["verse", "translation", "coding", "cookie", "method", "field", "query"],
)
def test_only_the_spelling_may_differ(other: Request) -> None:
    assert ready_flags(send(make_front(), [ask("John 3:16"), other])) == [False, False]


def test_many_spellings_stay_within_the_memory_bound() -> None:
    front = make_front(max_ready_bytes=50_000)

    responses = send(front, [ask("John 3:16" + " " * spaces) for spaces in range(100)])

    assert ready_flags(responses) == [False] + [True] * 99


def test_spellings_of_one_passage_share_the_count() -> None:
    front = make_front()
    send(front, [ask("John 3:16"), ask("Juan 3,16")])

    again = send(front, [ask("John 3:16"), ask("Juan 3,16")])

    assert ready_flags(again) == [True, True]
    assert [response.json()["request_count"] for response in again] == [3, 4]


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd", ""])
@pytest.mark.parametrize("count", [1, 9, 10, 123_456])
def test_a_compressed_body_takes_any_count(coding: str, count: int) -> None:
    front, request = make_front(), ask("Ps 119", (b"accept-encoding", coding.encode()))
    first, *_rest = send(front, [request])
    entry = next(iter(front._responses._entries.values()))  # noqa: SLF001  the body for a count

    body = entry.render(count)

    decode = {"gzip": gzip.decompress, "br": brotli.decompress, "zstd": zstd.decompress}.get(
        coding, bytes
    )
    assert json.loads(decode(body)) == {**first.json(), "request_count": count}
    assert first.header("content-encoding") == coding


def test_a_count_that_occurs_in_the_text_is_not_mistaken() -> None:
    assert split_at_count(b'{"text":"7 days","request_count":7}', 7) == (
        b'{"text":"7 days","request_count":',
        b"}",
    )


def test_a_replaced_chapter_is_answered_by_django() -> None:
    front, key = make_front(), ChapterKey("web", "JHN", 3)
    send(front, [ask("John 3:16")] * 2)
    Chapter.objects.store(key, {16: "Another text"}, timezone.now())
    chapter_cache.evict_changed_since(timezone.now() - timedelta(minutes=1))

    (response,) = send(front, [ask("John 3:16")])

    assert not response.was_ready
    assert response.json()["text"] == "Another text"


def test_a_chapter_that_grows_stale_is_answered_by_django(settings: Settings) -> None:
    settings.VERSES_FRESH_FOR = timedelta(days=1)
    front, start = make_front(), datetime(2026, 11, 23, 12, tzinfo=UTC)
    chapter_cache.translations.all()
    Chapter.objects.store(ChapterKey("web", "JHN", 3), {16: "A text"}, start)
    with time_machine.travel(start + timedelta(hours=23), tick=False):
        fresh = send(front, [ask("John 3:16")] * 2)
    with time_machine.travel(start + timedelta(hours=25), tick=False):
        (stale,) = send(front, [ask("John 3:16")])

    assert ready_flags(fresh) == [False, True]
    assert (stale.was_ready, stale.json()["freshness"]) == (False, "stale")


def test_age_grows_on_ready_responses() -> None:
    front, start = make_front(), datetime(2026, 11, 23, 12, tzinfo=UTC)
    chapter_cache.translations.all()
    Chapter.objects.store(ChapterKey("web", "JHN", 3), {16: "A text"}, start)
    request, ages = get("/verse", "reference=John+3:16"), []
    for seconds in (10, 11, 70):
        with time_machine.travel(start + timedelta(seconds=seconds), tick=False):
            ages += [send(front, [request])[0].header("age")]

    assert ages == ["10", "11", "70"]


def test_the_verse_of_the_day_ends_at_midnight() -> None:
    front, request = make_front(), get("/api/verses/daily/")
    with time_machine.travel(datetime(2026, 11, 23, 23, 59, 59, tzinfo=UTC), tick=False):
        send(front, [request] * 2)
    with time_machine.travel(datetime(2026, 11, 24, 0, 0, 1, tzinfo=UTC), tick=False):
        (response,) = send(front, [request])

    assert not response.was_ready
    assert response.json()["date"] == "2026-11-24"


def test_a_renamed_translation_is_answered_by_django() -> None:
    front = make_front()
    send(front, [ask("John 3:16")] * 2)
    Translation.objects.filter(pk="web").update(name="Renamed")
    chapter_cache.translations.refresh()

    (response,) = send(front, [ask("John 3:16")])

    assert not response.was_ready
    assert response.json()["translation"]["name"] == "Renamed"


def test_an_unchanged_translation_table_keeps_responses_ready() -> None:
    front = make_front()
    send(front, [ask("John 3:16")] * 2)
    chapter_cache.translations.refresh()

    assert ready_flags(send(front, [ask("John 3:16")])) == [True]


def test_the_limit_per_client_is_exact(settings: Settings) -> None:
    settings.VERSES_THROTTLE = type("Rate", (), {"count": 5, "seconds": 60})()
    responses = send(make_front(), [ask("John 3:16")] * 8)

    assert [response.status for response in responses] == [200] * 5 + [429] * 3
    assert int(responses[-1].header("retry-after")) <= 60


def test_a_proxy_names_the_client(settings: Settings) -> None:
    settings.VERSES_THROTTLE = type("Rate", (), {"count": 1, "seconds": 60})()
    settings.TRUSTED_PROXIES = 1
    front = make_front()
    send(front, [ask("John 3:16", (b"x-forwarded-for", b"10.0.0.9"))])

    responses = send(
        front,
        [
            ask("John 3:16", (b"x-forwarded-for", b"10.0.0.1")),
            ask("John 3:16", (b"x-forwarded-for", b"10.0.0.1")),
            ask("John 3:16", (b"x-forwarded-for", b"10.0.0.1, 10.0.0.2")),
        ],
    )

    assert [response.status for response in responses] == [200, 429, 200]


def test_the_least_recently_used_response_is_dropped() -> None:
    front = make_front(max_ready_bytes=40_000)
    requests = [ask(f"John 3:{verse}") for verse in range(1, 31)]
    send(front, requests)

    last, first = send(front, [requests[-1], requests[0]])

    assert (last.was_ready, first.was_ready) == (True, False)


def test_the_memory_of_kept_responses_is_bounded() -> None:
    front = make_front(max_ready_bytes=40_000)

    send(front, [ask(f"Ps {psalm}:1") for psalm in range(1, 100)])

    kept = front._responses  # noqa: SLF001  no route shows it exactly
    assert 0 < sum(entry.size for entry in kept._entries.values()) <= 40_000  # noqa: SLF001
