import pytest
import responses
import time_machine
from django.test import Client

from verses.tests.conftest import JOHN_3

pytestmark = pytest.mark.django_db


@pytest.fixture
def api() -> Client:
    return Client()


def test_a_passage_has_verses_source_and_freshness(
    api: Client, john_3: responses.BaseResponse
) -> None:
    answer = api.post("/verse", {"reference": "jn 3:16-17"}, content_type="application/json")

    passage = answer.json()
    assert answer.status_code == 200
    assert passage["reference"] == "John 3:16-17"
    assert passage["osis"] == "John.3.16-John.3.17"
    assert passage["translation"] == {
        "id": "web",
        "name": "World English Bible",
        "language": "en",
        "license": "Public Domain",
        "attribution": "",
    }
    assert [verse["verse"] for verse in passage["verses"]] == [16, 17]
    assert passage["verses"][0]["book_id"] == "JHN"
    assert passage["text"].startswith("For God so loved the world")
    assert "\n" not in passage["text"]
    assert (passage["source"], passage["freshness"]) == ("upstream", "fresh")
    assert passage["fetched_at"].endswith("Z")
    assert passage["request_count"] == 1


def test_spellings_of_a_passage_share_call_and_count(
    api: Client, john_3: responses.BaseResponse
) -> None:
    spellings = ("John 3:16", "Juan 3,16", "jn3.16", "João 3:16", "John 3:16-16")

    answers = [
        api.get("/verse", {"reference": spelling, "translation": "WEB"}).json()
        for spelling in spellings
    ]

    assert john_3.call_count == 1
    assert [answer["request_count"] for answer in answers] == [1, 2, 3, 4, 5]
    assert {answer["osis"] for answer in answers} == {"John.3.16"}


def test_an_edition_unknown_to_upstream_needs_no_call(
    api: Client, upstream: responses.RequestsMock
) -> None:
    answer = api.post(
        "/verse",
        {"reference": "Juan 3:16", "translation": "rv1909"},
        content_type="application/json",
    )

    assert answer.json()["text"].startswith("Porque de tal manera amó Dios al mundo")
    assert answer.json()["verses"][0]["book_name"] == "Juan"
    assert (answer.json()["source"], answer.json()["freshness"]) == ("embedded", "offline")
    assert len(upstream.calls) == 0


def test_an_edition_is_returned_while_upstream_fails(
    api: Client, upstream: responses.RequestsMock
) -> None:
    answer = api.get("/verse", {"reference": "John 3:16", "translation": "kjv"})

    assert answer.status_code == 200
    assert (answer.json()["source"], answer.json()["freshness"]) == ("embedded", "offline")
    assert answer.json()["fetched_at"] is None


@time_machine.travel("2026-11-23T12:00:00Z", tick=False)
def test_an_unchanged_passage_gets_304(api: Client, john_3: responses.BaseResponse) -> None:
    first = api.get("/verse", {"reference": "John 3:16"})

    again = api.get(
        "/verse", {"reference": "Jn 3:16"}, headers={"If-None-Match": first.headers["ETag"]}
    )

    assert first.headers["Age"] == "0"
    assert "max-age=86400" in first.headers["Cache-Control"]
    assert "stale-if-error" in first.headers["Cache-Control"]
    assert again.status_code == 304
    assert again.content == b""
    assert "Accept-Encoding" in again.headers["Vary"]


@pytest.mark.parametrize(
    ("accepted", "suggested"),
    [
        ("pt-BR,pt;q=0.9,en;q=0.8", ["Filipenses 1:6", "Filemom 1:6"]),
        ("es-PY,pt;q=0.9", ["Filipenses 1:6", "Filemón 1:6"]),
        ("de,en;q=0.5,pt;q=0.1", ["Philippians 1:6", "Philemon 1:6"]),
    ],
)
def test_suggestions_are_in_the_language_of_the_client(
    api: Client, accepted: str, suggested: list[str]
) -> None:
    headers = {"Accept-Language": accepted}

    one = api.post("/verse", {"reference": "Fil 1:6"}, "application/json", headers=headers)
    many = api.post(
        "/api/verses/batch/", {"references": ["Fil 1:6"]}, "application/json", headers=headers
    )

    assert one.json()["suggestions"] == suggested
    assert many.json()["results"][0]["suggestions"] == suggested


@pytest.mark.parametrize(
    ("accepted", "message"),
    [
        ("pt-BR", "Não existe esse capítulo: João tem 21."),
        ("es", "No existe ese capítulo: Juan tiene 21."),
        ("de", "There is no such chapter: John has 21."),
    ],
)
def test_the_message_is_in_the_language_of_the_client(
    api: Client, accepted: str, message: str
) -> None:
    response = api.get("/verse?reference=John+99:1", headers={"Accept-Language": accepted})

    assert response.json()["detail"] == message


@pytest.mark.parametrize("address", ["/verse?reference=John+3:16", "/top"])
def test_pages_of_the_browsable_api_are_not_cached(
    api: Client, john_3: responses.BaseResponse, address: str
) -> None:
    page = api.get(address, headers={"Accept": "text/html"})

    assert page.headers["Content-Type"].startswith("text/html")
    assert page.headers["Cache-Control"] == "no-store"
    assert "ETag" not in page.headers


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ({"reference": "Hesitations 3:16"}, 400, "reference_invalid"),
        ({"reference": "John 99:1"}, 404, "passage_not_found"),
        ({"reference": "John 3:16", "translation": "klingon"}, 404, "translation_not_found"),
        ({"reference": "John 3:16", "translation": "asv"}, 503, "upstream_unavailable"),
        ({}, 400, "invalid"),
        ({"reference": "x" * 1_000_000}, 400, "invalid"),
        ({"reference": "John 3:16\x00"}, 400, "invalid"),
    ],
)
def test_errors_have_their_status_and_code(
    api: Client, upstream: responses.RequestsMock, query: dict[str, str], status: int, code: str
) -> None:
    answer = api.post("/verse", query, content_type="application/json")

    assert answer.status_code == status
    assert answer.json()["code"] == code
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_an_unavailable_upstream_has_retry_after(
    api: Client, upstream: responses.RequestsMock
) -> None:
    answer = api.get("/verse", {"reference": "John 3:16", "translation": "asv"})

    assert int(answer.headers["Retry-After"]) > 0


def test_top_ranks_requested_passages(api: Client, john_3: responses.BaseResponse) -> None:
    for reference in ("John 3:16", "John 3:17", "John 3:16"):
        api.get("/verse", {"reference": reference})

    answer = api.get("/top?n=1&window=day")

    (first,) = answer.json()["top"]
    assert first["text"].startswith("For God so loved the world")
    assert first == {
        "reference": "John 3:16",
        "translation": "web",
        "request_count": 2,
        "text": first["text"],
    }


@pytest.mark.parametrize("query", [{"n": "-1"}, {"n": "101"}, {"n": "x"}, {"window": "year"}])
def test_top_rejects_invalid_parameters(api: Client, query: dict[str, str]) -> None:
    answer = api.get("/top", query)

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] in query


def test_other_origins_are_allowed(api: Client) -> None:
    answer = api.options("/verse", headers={"Origin": "https://elsewhere.test"})

    assert answer.status_code == 204
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]


def test_a_chapter_is_fetched_from_the_documented_url(
    api: Client, john_3: responses.BaseResponse, upstream: responses.RequestsMock
) -> None:
    api.get("/verse", {"reference": "John 3:16"})

    assert [call.request.url for call in upstream.calls] == [JOHN_3]


@pytest.mark.parametrize(
    ("language", "reference", "translation", "detail"),
    [
        (
            "en",
            "Romans 16:25",
            "web",
            "World English Bible does not have that verse; its words are in Romans 14:24.",
        ),
        (
            "es",
            "Jonás 1:17",
            "rv1909",
            "Reina-Valera 1909 no tiene ese versículo; sus palabras están en Jonás 2:1.",
        ),
        (
            "pt",
            "Jonas 2:11",
            "kjv",
            "King James Version não tem esse versículo; suas palavras estão em Jonas 2:10.",
        ),
    ],
)
def test_a_missing_verse_is_located_in_the_edition(
    api: Client, language: str, reference: str, translation: str, detail: str
) -> None:
    answer = api.get(
        "/verse",
        {"reference": reference, "translation": translation},
        headers={"Accept-Language": language},
    )

    assert answer.status_code == 404
    assert answer.json()["detail"] == detail
    (suggestion,) = answer.json()["suggestions"]
    assert detail.endswith(f" {suggestion}.")
