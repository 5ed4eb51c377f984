"""Recorded responses of the real server, compared with ours."""

import json
from typing import Any

import pytest
import responses
from django.test import Client
from pytest_django import Settings

from verses.tests.conftest import DATA, recorded

pytestmark = pytest.mark.django_db

INDEX: list[dict[str, Any]] = recorded("index")
RANDOM = {"22_random_legacy", "25_data_random", "26_data_random_nt", "27_data_random_book"}
EXACT = [entry for entry in INDEX if entry["name"] not in RANDOM | {"23_data"}]


@pytest.fixture
def api(upstream: responses.RequestsMock) -> Client:
    """Return a client; upstream has one chapter, of Young's translation."""
    verses = [
        {"book_id": "JHN", "book": "John", "chapter": 3, "verse": number, "text": "\n  a text "}
        for number in range(1, 37)
    ]
    upstream.get(
        "https://bible.test/data/ylt/JHN/3",
        json={"translation": {"identifier": "ylt"}, "verses": verses},
    )
    return Client(headers={"Host": "127.0.0.1:5010"})


def without_texts(answer: Any) -> Any:
    """Return a response with all texts of editions and our URL prefix removed."""
    if isinstance(answer, dict):
        return {
            name: "..."
            if name == "text"
            else without_texts(value).replace("/bible-api/", "/")
            if name == "url"
            else without_texts(value)
            for name, value in answer.items()
        }
    return [without_texts(item) for item in answer] if isinstance(answer, list) else answer


def body_of(content: bytes) -> Any:
    """Parse JSON, or the JSON inside a JSONP call."""
    text = content.decode()
    return json.loads(text[text.index("(") + 1 : -1] if text.startswith("cb(") else text)


@pytest.mark.parametrize("entry", EXACT, ids=lambda entry: entry["name"])
def test_responses_equal_those_of_the_real_server(api: Client, entry: dict[str, Any]) -> None:
    recorded_body = body_of((DATA / "upstream" / f"{entry['name']}.json").read_bytes())

    answer = api.get("/bible-api" + entry["path"])

    assert answer.status_code == entry["status"]
    assert without_texts(body_of(answer.content)) == without_texts(recorded_body)
    assert list(body_of(answer.content)) == list(recorded_body)
    assert answer.headers["Content-Type"] == entry["content_type"]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Access-Control-Allow-Methods"] == "OPTIONS, GET"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("name", sorted(RANDOM))
def test_random_responses_have_the_real_structure(api: Client, name: str) -> None:
    entry = next(entry for entry in INDEX if entry["name"] == name)
    recorded_body = recorded(name)

    answer = api.get("/bible-api" + entry["path"])

    body = answer.json()
    verse, its = body.get("random_verse") or body["verses"][0], recorded_body.get("random_verse")
    assert answer.status_code == 200
    assert list(body) == list(recorded_body)
    assert list(verse) == list(its or recorded_body["verses"][0])
    assert verse["text"].endswith("\n")


def test_all_translations_of_the_real_server_are_listed(api: Client) -> None:
    recorded_body = without_texts(recorded("23_data"))["translations"]

    listed = without_texts(api.get("/bible-api/data").json())["translations"]

    assert len(listed) == 21
    assert [entry for entry in listed if entry in recorded_body] == recorded_body


def test_a_reversed_range_is_an_empty_passage(api: Client) -> None:
    answer = api.get("/bible-api/John+3:18-16")

    assert answer.status_code == 200
    assert answer.json()["reference"] == "John 3:18-16"
    assert answer.json()["text"] == ""
    assert answer.json()["verses"] == []


def test_the_parameter_overrides_the_single_chapter_header(api: Client) -> None:
    header = {"X-Single-Chapter-Book-Matching": "indifferent"}

    whole = api.get("/bible-api/Jude+1", headers=header)
    first = api.get("/bible-api/Jude+1?single_chapter_book_matching=special", headers=header)

    assert whole.json()["reference"] == "Jude 1"
    assert first.json()["reference"] == "Jude 1:1"


def test_a_callback_cannot_inject_script(api: Client) -> None:
    answer = api.get("/bible-api/John+3:16", {"callback": "alert(1)//<script>"})

    assert answer.content.decode().startswith("alert1script({")


def test_preflight_and_head_requests_succeed(api: Client) -> None:
    assert api.options("/bible-api/John+3:16").status_code == 200
    assert api.head("/bible-api/John+3:16").status_code == 200


def test_other_methods_get_a_json_error() -> None:
    answer = Client(enforce_csrf_checks=True).post("/bible-api/John+3:16")

    assert answer.status_code == 405
    assert answer.json() == {"error": "method not allowed"}
    assert answer.headers["Allow"] == "OPTIONS, GET, HEAD"


def test_the_root_redirects_to_the_reader(api: Client) -> None:
    answer = api.get("/bible-api/")

    assert answer.headers["Location"] == "/verses/"


def test_errors_are_always_in_english(api: Client) -> None:
    answer = api.get("/bible-api/Nada+3:16", headers={"Accept-Language": "es"})

    assert answer.json() == {"error": "not found"}


def test_an_unavailable_passage_has_retry_after(api: Client) -> None:
    answer = api.get("/bible-api/John+3:16?translation=asv")

    assert answer.status_code == 503
    assert answer.headers["Retry-After"]


def test_too_many_requests_get_429(api: Client, settings: Settings) -> None:
    settings.VERSES_THROTTLE = type("Rate", (), {"count": 1, "seconds": 60})()

    first, second = (api.get("/bible-api/John+3:16?translation=kjv") for _ in range(2))

    assert first.status_code == 200
    assert (second.status_code, second.content) == (429, b"Retry later\n")
    assert 0 < int(second.headers["Retry-After"]) <= 61
