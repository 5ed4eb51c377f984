"""The recorded answers of the real server, replayed against the drop-in."""

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
def drop_in(upstream: responses.RequestsMock) -> Client:
    """Return a client of the drop-in; upstream knows one chapter of Young's translation only."""
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
    """Return the answer with every text of an edition made the same."""
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
    """Read JSON, or the JSON inside a JSONP call."""
    text = content.decode()
    return json.loads(text[text.index("(") + 1 : -1] if text.startswith("cb(") else text)


@pytest.mark.parametrize("entry", EXACT, ids=lambda entry: entry["name"])
def test_an_answer_is_that_of_the_real_server(drop_in: Client, entry: dict[str, Any]) -> None:
    was = body_of((DATA / "upstream" / f"{entry['name']}.json").read_bytes())

    answer = drop_in.get("/bible-api" + entry["path"])

    assert answer.status_code == entry["status"]
    assert without_texts(body_of(answer.content)) == without_texts(was)
    assert list(body_of(answer.content)) == list(was)
    assert answer.headers["Content-Type"] == entry["content_type"]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Access-Control-Allow-Methods"] == "OPTIONS, GET"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("name", sorted(RANDOM))
def test_a_random_answer_has_the_real_shape(drop_in: Client, name: str) -> None:
    entry = next(entry for entry in INDEX if entry["name"] == name)
    was = recorded(name)

    answer = drop_in.get("/bible-api" + entry["path"])

    body = answer.json()
    verse, its = body.get("random_verse") or body["verses"][0], was.get("random_verse")
    assert answer.status_code == 200
    assert list(body) == list(was)
    assert list(verse) == list(its or was["verses"][0])
    assert verse["text"].endswith("\n")


def test_the_translations_the_real_server_lists_are_listed_alike(drop_in: Client) -> None:
    was = without_texts(recorded("23_data"))["translations"]

    listed = without_texts(drop_in.get("/bible-api/data").json())["translations"]

    assert len(listed) == 21
    assert [entry for entry in listed if entry in was] == was


def test_a_range_that_ends_before_it_begins_is_empty_as_it_is_there(drop_in: Client) -> None:
    answer = drop_in.get("/bible-api/John+3:18-16")

    assert answer.status_code == 200
    assert answer.json()["reference"] == "John 3:18-16"
    assert answer.json()["text"] == ""
    assert answer.json()["verses"] == []


def test_the_header_asks_for_the_whole_chapter_and_the_parameter_wins(drop_in: Client) -> None:
    header = {"X-Single-Chapter-Book-Matching": "indifferent"}

    whole = drop_in.get("/bible-api/Jude+1", headers=header)
    first = drop_in.get("/bible-api/Jude+1?single_chapter_book_matching=special", headers=header)

    assert whole.json()["reference"] == "Jude 1"
    assert first.json()["reference"] == "Jude 1:1"


def test_a_callback_cannot_smuggle_script(drop_in: Client) -> None:
    answer = drop_in.get("/bible-api/John+3:16", {"callback": "alert(1)//<script>"})

    assert answer.content.decode().startswith("alert1script({")


def test_preflight_and_head_are_answered(drop_in: Client) -> None:
    assert drop_in.options("/bible-api/John+3:16").status_code == 200
    assert drop_in.head("/bible-api/John+3:16").status_code == 200


def test_another_method_is_refused_in_the_servers_own_shape() -> None:
    answer = Client(enforce_csrf_checks=True).post("/bible-api/John+3:16")

    assert answer.status_code == 405
    assert answer.json() == {"error": "method not allowed"}
    assert answer.headers["Allow"] == "OPTIONS, GET, HEAD"


def test_the_root_leads_people_to_the_reader(drop_in: Client) -> None:
    answer = drop_in.get("/bible-api/")

    assert answer.headers["Location"] == "/verses/"


def test_errors_are_english_whatever_the_browser_prefers(drop_in: Client) -> None:
    answer = drop_in.get("/bible-api/Nada+3:16", headers={"Accept-Language": "es"})

    assert answer.json() == {"error": "not found"}


def test_what_nobody_can_answer_is_said_with_a_time_to_come_back(drop_in: Client) -> None:
    answer = drop_in.get("/bible-api/John+3:16?translation=asv")

    assert answer.status_code == 503
    assert answer.headers["Retry-After"]


def test_too_many_requests_are_told_to_retry_later(drop_in: Client, settings: Settings) -> None:
    settings.VERSES_THROTTLE = type("Rate", (), {"count": 1, "seconds": 60})()

    first, second = (drop_in.get("/bible-api/John+3:16?translation=kjv") for _ in range(2))

    assert first.status_code == 200
    assert (second.status_code, second.content) == (429, b"Retry later\n")
    assert 0 < int(second.headers["Retry-After"]) <= 61
