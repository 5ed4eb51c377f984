"""Calls to upstream, faked at HTTP level."""

import json
from typing import Any

import pytest
import requests
import responses
import structlog
from prometheus_client import REGISTRY

from verses.tests.conftest import JOHN_3, recorded
from verses.upstream import CATALOGUE, CallFailed, client, fetch_chapter, fetch_translations
from verses.upstream.responses import clean_text


def verse(**changes: Any) -> dict[str, Any]:
    return {"book_id": "JHN", "chapter": 3, "verse": 16, "text": "For God so loved"} | changes


def chapter(*verses: Any, identifier: str = "web") -> dict[str, Any]:
    return {"translation": {"identifier": identifier}, "verses": list(verses)}


def test_the_white_space_of_a_chapter_is_collapsed(john_3: responses.BaseResponse) -> None:
    verses = fetch_chapter("web", "JHN", 3)

    assert list(verses) == list(range(1, 37))
    assert verses[3].endswith(
        "unless one is born anew, he can\u2019t see God\u2019s Kingdom.\u201d"
    )


def test_a_call_has_the_id_of_its_request(john_3: responses.BaseResponse) -> None:
    with structlog.contextvars.bound_contextvars(request_id="abc-1"):
        fetch_chapter("web", "JHN", 3)
    fetch_chapter("web", "JHN", 3)

    sent = [call.request.headers.get("X-Request-ID") for call in john_3.calls]
    assert sent == ["abc-1", None]


def test_a_chapter_unknown_to_upstream_is_empty(upstream: responses.RequestsMock) -> None:
    upstream.get(JOHN_3, status=404, json={"error": "book/chapter not found"})

    assert fetch_chapter("web", "JHN", 3) == {}


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<html>",
        '{"translation": {"identifier": "web"}, "verses": [',
        "null",
        "[]",
        '{"error": "not found"}',
        "[" * 100_000,
        '{"verses": ' + "9" * 5000 + "}",
        json.dumps(chapter()),
        json.dumps(chapter(verse(), identifier="kjv")),
        json.dumps(chapter(verse(chapter=4))),
        json.dumps(chapter(verse(book_id="MRK"))),
        json.dumps(chapter(verse(verse=0))),
        json.dumps(chapter(verse(verse="16"))),
        json.dumps(chapter(verse(text=None))),
        json.dumps(chapter(verse(text=" \n\t "))),
        json.dumps(chapter(verse(text="\ud800"))),
        json.dumps(chapter(*[verse(verse=number + 1) for number in range(251)])),
        json.dumps(chapter("a verse")),
    ],
)
def test_a_body_that_is_not_the_chapter_is_rejected(
    upstream: responses.RequestsMock, body: str
) -> None:
    upstream.get(JOHN_3, body=body)

    with pytest.raises(CallFailed) as failure:
        fetch_chapter("web", "JHN", 3)

    assert failure.value.code == "body"


@pytest.mark.parametrize(
    ("answer", "kind", "may_retry", "block_seconds"),
    [
        ({"status": 429}, "throttled", False, 30),
        ({"status": 429, "headers": {"Retry-After": "90"}}, "throttled", False, 90),
        ({"status": 429, "headers": {"Retry-After": "-1"}}, "throttled", False, 30),
        ({"status": 429, "headers": {"Retry-After": "99999999"}}, "throttled", False, 3600),
        ({"status": 403}, "banned", False, 3600),
        ({"status": 500}, "status", True, 0),
        ({"status": 418}, "status", False, 0),
        ({"status": 404, "body": "<html>"}, "body", False, 0),
        ({"body": requests.ConnectTimeout()}, "timeout", False, 0),
        ({"body": requests.ConnectionError()}, "connection", True, 0),
        ({"body": b" " * (client.MAX_BODY_BYTES + 1)}, "size", False, 0),
        (
            {"status": 302, "headers": {"Location": "https://elsewhere.test/"}},
            "redirect",
            False,
            0,
        ),
        ({"status": 302, "headers": {"Location": "http://bible.test/"}}, "redirect", False, 0),
        ({"status": 302, "headers": {"Location": JOHN_3}}, "redirect", False, 0),
    ],
)
def test_a_failure_has_a_code_and_a_pause(
    upstream: responses.RequestsMock,
    answer: dict[str, Any],
    kind: str,
    may_retry: bool,  # noqa: FBT001  a column of the table above
    block_seconds: float,
) -> None:
    upstream.get(JOHN_3, **answer)

    with pytest.raises(CallFailed) as failure:
        fetch_chapter("web", "JHN", 3)

    assert failure.value.code == kind
    assert failure.value.may_retry is may_retry
    assert failure.value.block_seconds == block_seconds


def test_a_redirect_on_the_same_host_is_followed(upstream: responses.RequestsMock) -> None:
    upstream.get(JOHN_3, status=301, headers={"Location": "/v2/web/JHN/3"})
    upstream.get("https://bible.test/v2/web/JHN/3", json=chapter(verse()))

    assert fetch_chapter("web", "JHN", 3) == {16: "For God so loved"}


def test_a_slow_body_is_aborted(
    john_3: responses.BaseResponse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "MAX_CALL_SECONDS", -1.0)

    with pytest.raises(CallFailed) as failure:
        fetch_chapter("web", "JHN", 3)

    assert failure.value.code == "timeout"


def test_calls_are_counted_by_their_status(upstream: responses.RequestsMock) -> None:
    def calls(status: str) -> float:
        return REGISTRY.get_sample_value("api_upstream_calls_total", {"status": status}) or 0.0

    before = {status: calls(status) for status in ("200", "timeout")}
    upstream.get(JOHN_3, json=chapter(verse()))
    upstream.get(JOHN_3, body=requests.ReadTimeout())
    fetch_chapter("web", "JHN", 3)
    with pytest.raises(CallFailed):
        fetch_chapter("web", "JHN", 3)

    assert {status: calls(status) - before[status] for status in before} == {
        "200": 1,
        "timeout": 1,
    }


def test_the_translations_of_upstream_are_parsed(upstream: responses.RequestsMock) -> None:
    upstream.get("https://bible.test/data", json=recorded("23_data"))

    listed = {entry.identifier: entry for entry in fetch_translations()}

    assert listed["almeida"].language == "pt"
    assert listed["cuv"].language == "zh-Hant"
    assert all(listed[name].name == CATALOGUE[name].name for name in listed)


@pytest.mark.parametrize(
    "body",
    ["[]", "{}", '{"translations": []}', '{"translations": [{"identifier": "../x"}]}'],
)
def test_an_invalid_list_of_translations_is_rejected(
    upstream: responses.RequestsMock, body: str
) -> None:
    upstream.get("https://bible.test/data", body=body)

    with pytest.raises(CallFailed):
        fetch_translations()


def test_three_translations_need_an_attribution() -> None:
    licensed = {entry.identifier for entry in CATALOGUE.values() if "CC" in entry.license}

    assert licensed == {"bes", "pddpt", "vbl"}
    assert all(CATALOGUE[name].attribution.startswith("©") for name in licensed)


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [("\n  for God \u00a0 so\tloved  ", "for God so loved"), ("a\x00b\x07c", "abc")],
)
def test_control_characters_and_runs_of_spaces_are_removed(text: str, cleaned: str) -> None:
    assert clean_text(text) == cleaned
