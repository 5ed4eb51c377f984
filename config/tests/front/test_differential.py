"""The front and Django alone give the same responses, counts, metrics and log lines.

Requests are sent in batches, because a comparison of counts and metrics costs more than a request.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.front.app import Front
from config.observability import metrics
from config.tests.front.client import Request, Response, make_front, send
from verses import popularity
from verses.cache import chapter_cache
from verses.models import Chapter, ChapterKey

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

VALID = [
    "John 3:16",
    "jn 3.16",
    "Juan 3,16",
    "Jhon 3:16",
    "Ps 23",
    "Salmo 23:1-2",
    "Gen 1:1; Rom 8:28",
]
SPELLINGS = [*VALID * 3, "Jude 1", "John 99:1", "Fil 1:1", "no such book", "", " ", "x" * 250]
TRANSLATIONS = [*["web", "asv", "KJV", "rv1909"] * 3, "none", ""]
ENCODINGS = [
    b"",
    b"gzip",
    b"br",
    b"br;q=0.5, gzip;q=0.9",
    b"gzip, deflate, br, zstd",
    b"identity",
    b"*;q=0",
    b"deflate",
]
LANGUAGES = [b"", b"es", b"pt-BR,pt;q=0.9", b"en-US,en;q=0.5", b"xx"]
ACCEPTS = [
    *[b"", b"*/*", b"application/json"] * 3,
    b"application/json; indent=4",
    b"text/html",
    b"x",
]
CURRENT = b"the entity tag that the response has"
ETAGS = [CURRENT, CURRENT, b'W/"stale"', b"*", b'W/"a", "b"', b"not quoted"]
QUERIES = ["", "translation=kjv", "translation=asv", "verse_numbers=true", "callback=f"]
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
# Chapters that upstream has sent, so their responses are fresh and have an age.
FETCHED = [("GEN", 1), ("JHN", 3), ("PSA", 23), ("ROM", 8)]

references = st.one_of(*[st.sampled_from(SPELLINGS)] * 5, st.text(max_size=12))
header_lists = st.fixed_dictionaries(
    {},
    optional={
        b"accept-encoding": st.sampled_from(ENCODINGS),
        b"accept-language": st.sampled_from(LANGUAGES),
        b"accept": st.sampled_from(ACCEPTS),
        b"if-none-match": st.sampled_from(ETAGS),
        b"if-modified-since": st.sampled_from([b"Thu, 01 Jan 2026 00:00:00 GMT", b"yesterday"]),
        b"x-request-id": st.sampled_from([b"abc-1", b"bad id", b"x" * 65]),
        b"cookie": st.sampled_from([b"django_language=es", b"theme=dark"]),
        b"x-single-chapter-book-matching": st.sampled_from([b"indifferent", b"special"]),
    },
)


@st.composite
def post_requests(draw: st.DrawFn) -> Request:
    fields = {"reference": draw(references)}
    if draw(st.booleans()):
        fields["translation"] = draw(st.sampled_from(TRANSLATIONS))
    body = json.dumps(fields).encode()
    if draw(st.integers(0, 9)) == 0:
        body = draw(st.sampled_from([b"", b"{", b"[]", b"null", b'{"reference": 1}', b"\xff"]))
    kind = draw(st.sampled_from([*[b"application/json"] * 9, b"text/plain"]))
    headers = ((b"content-type", kind), *draw(header_lists).items())
    return Request("POST", "/verse", body=body, headers=headers)


@st.composite
def get_requests(draw: st.DrawFn) -> Request:
    path, query = draw(
        st.one_of(
            st.builds(
                lambda reference, translation: (
                    "/verse",
                    f"reference={quote(reference)}&translation={translation}",
                ),
                references,
                st.sampled_from(TRANSLATIONS),
            ),
            st.builds(
                lambda reference, query: (f"/bible-api/{quote(reference)}", query),
                references.filter(lambda text: "/" not in text and text not in (".", "..")),
                st.sampled_from(QUERIES),
            ),
            st.sampled_from(
                [
                    ("/api/verses/daily/", ""),
                    ("/api/verses/daily/", "translation=kjv"),
                    ("/api/verses/daily/", "date=2026-11-23"),
                    ("/api/verses/daily/", "date=never"),
                    ("/verse", ""),
                    ("/verses/", ""),
                    ("/versed", ""),
                ]
            ),
        )
    )
    method = draw(st.sampled_from([*["GET"] * 7, *["HEAD"] * 2, "OPTIONS", "PUT"]))
    return Request(method, path, query, headers=tuple(draw(header_lists).items()))


@st.composite
def top_requests(draw: st.DrawFn) -> Request:
    query = draw(st.sampled_from(["", "n=3", "n=0", "n=x", "window=day", "window=year", "n=5&n=6"]))
    method = draw(st.sampled_from(["GET", "GET", "HEAD", "OPTIONS", "POST"]))
    return Request(method, "/top", query, headers=tuple(draw(header_lists).items()))


@pytest.fixture
def frozen_time() -> Iterator[None]:
    """Stop the clock: ages and the days of `max-age` would differ between two requests."""
    with time_machine.travel(NOW, tick=False):
        chapter_cache.translations.all()
        for book, number in FETCHED:
            verses = {verse: f"{book} {number}:{verse} as fetched" for verse in range(1, 40)}
            Chapter.objects.store(ChapterKey("asv", book, number), verses, NOW - timedelta(hours=1))
        yield


@dataclass(frozen=True)
class Observed:
    """What is seen of a batch: its responses, and what the process has recorded."""

    responses: list[Response]
    counted: int
    metrics: Counter[str]
    lines: list[dict[str, object]]


Observe = Callable[[Front, list[Request]], Observed]


@pytest.fixture
def observe(capfd: pytest.CaptureFixture[str]) -> Observe:
    """Send a batch; return what is seen of it."""

    def observe_batch(front: Front, requests: list[Request]) -> Observed:
        capfd.readouterr()
        counted, before = total_count(), request_metrics()
        answered = send(front, requests)
        difference = request_metrics()
        difference.subtract(before)
        lines = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
        return Observed(
            answered,
            total_count() - counted,
            difference,
            [line for line in lines if line["event"] == "request.finished"],
        )

    return observe_batch


def assert_equal(got: Observed, expected: Observed, requests: list[Request]) -> None:
    for request, response, other in zip(requests, got.responses, expected.responses, strict=True):
        assert (request, response.comparable()) == (request, other.comparable())
    assert got.counted == expected.counted
    assert got.metrics == expected.metrics
    for request, line, other_line in zip(requests, got.lines, expected.lines, strict=True):
        assert comparable_line(line, request) == comparable_line(other_line, request)


def comparable_line(line: dict[str, object], request: Request) -> dict[str, object]:
    return {
        name: value
        for name, value in line.items()
        if name not in {"milliseconds", "timestamp"}
        and (name != "request_id" or dict(request.headers).get(b"x-request-id") == b"abc-1")
    } | {"fields": tuple(line)}


def request_metrics() -> Counter[str]:
    families: list[Any] = [metrics.REQUESTS, metrics.ERRORS, metrics.LATENCY]
    return Counter(
        {
            f"{sample.name}{sorted(sample.labels.items())}": int(sample.value)
            for family in families
            for metric in family.collect()
            for sample in metric.samples
            if sample.name.endswith(("_total", "_count"))
        }
    )


def total_count() -> int:
    """Return all requests counted so far, in files and tables."""
    popularity.flush()
    return sum(count for _translation, _osis, count in popularity.top("all", 10_000))


def with_current_tags(django: Front, requests: list[Request]) -> list[Request]:
    """Return the requests with the entity tags that their responses have."""
    plain = [replace(request, headers=without_condition(request)) for request in requests]
    conditional = [request for request in requests if CURRENT in dict(request.headers).values()]
    if not conditional:
        return requests
    tags = [response.header("etag").encode() for response in send(django, plain)]
    return [
        replace(
            request,
            headers=tuple(
                (name, tag or b"*") if value == CURRENT else (name, value)
                for name, value in request.headers
            ),
        )
        for request, tag in zip(requests, tags, strict=True)
    ]


def without_condition(request: Request) -> tuple[tuple[bytes, bytes], ...]:
    return tuple(header for header in request.headers if header[0] != b"if-none-match")


# Counts change what /top answers, so its requests are not mixed with others.
batches = st.one_of(
    *(st.lists(st.one_of(post_requests(), get_requests()), min_size=25, max_size=25),) * 3,
    st.lists(top_requests(), min_size=25, max_size=25),
)


@pytest.mark.usefixtures("frozen_time")
def test_the_front_answers_as_django_does(observe: Observe) -> None:
    front, django = make_front(), make_front(ready_prefixes=())
    were_ready: Counter[bool] = Counter()

    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(generated=batches)
    def compare(generated: list[Request]) -> None:
        requests = with_current_tags(django, generated)
        expected = observe(django, requests)
        for _repetition in range(3):
            got = observe(front, requests)
            assert_equal(got, expected, requests)
            were_ready.update(response.was_ready for response in got.responses)

    compare()

    assert were_ready[True] > 50
