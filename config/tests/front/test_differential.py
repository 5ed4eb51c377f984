"""The front and Django alone give the same responses, counts, metrics and log lines."""

import json
import re
from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from prometheus_client import REGISTRY

from config.front.app import Front
from config.tests.front.client import Request, make_front, send
from verses import popularity

pytestmark = pytest.mark.django_db(transaction=True)

SPELLINGS = [
    "John 3:16",
    "jn 3.16",
    "Juan 3,16",
    "Jhon 3:16",
    "Ps 23",
    "Salmo 23:1-2",
    "Gen 1:1; Rom 8:28",
    "Jude 1",
    "John 99:1",
    "Fil 1:1",
    "no such book",
    "",
    " ",
    "x" * 250,
]
TRANSLATIONS = ["web", "KJV", "rv1909", "none", ""]
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
ACCEPTS = [b"", b"*/*", b"application/json", b"application/json; indent=4", b"text/html", b"x"]
ETAGS = [b'W/"stale"', b"*", b'W/"a", "b"', b"not quoted"]

references = st.one_of(st.sampled_from(SPELLINGS), st.text(max_size=12))
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
    kind = draw(st.sampled_from([b"application/json", b"application/json", b"text/plain"]))
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
                st.sampled_from(["", "translation=kjv", "verse_numbers=true", "callback=f"]),
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
    method = draw(st.sampled_from(["GET", "GET", "GET", "HEAD", "OPTIONS", "PUT"]))
    return Request(method, path, query, headers=tuple(draw(header_lists).items()))


@pytest.fixture
def fronts() -> tuple[Front, Front]:
    return make_front(), make_front(ready_prefixes=())


Observed = tuple[object, int, dict[str, float], list[dict[str, object]]]


@pytest.fixture
def observe(capfd: pytest.CaptureFixture[str]) -> Callable[[Front, Request], Observed]:
    """Send a request; return its response, its count, and what metrics and log say of it."""

    def observe_one(front: Front, request: Request) -> Observed:
        capfd.readouterr()
        counted, before = total_count(), request_metrics()
        (response,) = send(front, [request])
        after = request_metrics()
        lines = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
        delta = {name: value - before.get(name, 0.0) for name, value in after.items()}
        return (
            response.comparable(),
            total_count() - counted,
            {name: value for name, value in delta.items() if value},
            [
                comparable_line(line, request)
                for line in lines
                if line["event"] == "request.finished"
            ],
        )

    return observe_one


def comparable_line(line: dict[str, object], request: Request) -> dict[str, object]:
    return {
        name: value
        for name, value in line.items()
        if name not in {"milliseconds", "timestamp"}
        and (name != "request_id" or dict(request.headers).get(b"x-request-id") == b"abc-1")
    } | {"fields": tuple(line)}


def request_metrics() -> dict[str, float]:
    wanted = re.compile(r"api_requests_total|api_request_errors_total|api_request_latency.*_count")
    return {
        f"{sample.name}{sorted(sample.labels.items())}": sample.value
        for family in REGISTRY.collect()
        for sample in family.samples
        if wanted.fullmatch(sample.name)
    }


def total_count() -> int:
    """Return all requests counted so far, in files and tables."""
    popularity.flush()
    return sum(count for _translation, _osis, count in popularity.top("all", 10_000))


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(request=st.one_of(post_requests(), get_requests()))
def test_the_front_answers_as_django_does(
    fronts: tuple[Front, Front], observe: Callable[[Front, Request], Observed], request: Request
) -> None:
    front, django = fronts

    expected = observe(django, request)
    first, second, third = (observe(front, request) for _ in range(3))

    assert first == expected
    assert second == expected
    assert third == expected
