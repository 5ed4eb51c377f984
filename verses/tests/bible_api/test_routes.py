"""Paths, lists and books as clients of bible-api.com send them."""

import pytest
import responses
from django.http import HttpRequest
from django.test import Client

from verses import popularity
from verses.bible_api import deuterocanon
from verses.ready import READY_ATTRIBUTE

pytestmark = pytest.mark.django_db

TOBIT = "https://bible.test/data/web/TOB/1"


@pytest.fixture(autouse=True)
def no_kept_chapters() -> None:
    deuterocanon.clear()


@pytest.fixture
def tobit(upstream: responses.RequestsMock) -> responses.BaseResponse:
    """Return the first chapter of Tobit as upstream has it, with three verses."""
    verses = [
        {"book_id": "TOB", "book": "Tobit", "chapter": 1, "verse": number, "text": "a text\n"}
        for number in (1, 2, 3)
    ]
    return upstream.add(
        responses.GET, TOBIT, json={"translation": {"identifier": "web"}, "verses": verses}
    )


def route_of(request: HttpRequest) -> str:
    """Return the matched route, which labels logs and metrics."""
    assert request.resolver_match is not None
    return request.resolver_match.route


def test_the_random_call_without_a_slash_is_not_redirected(client: Client) -> None:
    answer = client.get("/bible-api?random=verse&translation=kjv")

    assert answer.status_code == 200
    assert len(answer.json()["verses"]) == 1
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_the_random_call_can_number_its_verse(client: Client) -> None:
    body = client.get("/bible-api/?random=true&translation=kjv&verse_numbers=true").json()

    assert body["text"] == f"({body['verses'][0]['verse']}) {body['verses'][0]['text']}"


@pytest.mark.parametrize(
    ("doubled", "single"),
    [
        ("/bible-api//John+3:16?translation=kjv", "/bible-api/John+3:16?translation=kjv"),
        ("/bible-api/data//kjv", "/bible-api/data/kjv"),
        ("/bible-api//data///kjv//JHN", "/bible-api/data/kjv/JHN"),
        ("/bible-api///data", "/bible-api/data"),
    ],
)
def test_doubled_slashes_are_one(client: Client, doubled: str, single: str) -> None:
    found, expected = client.get(doubled), client.get(single)

    assert found.status_code == 200
    assert found.content == expected.content
    assert route_of(found.wsgi_request) == route_of(expected.wsgi_request)


def test_a_random_verse_behind_a_doubled_slash(client: Client) -> None:
    answer = client.get("/bible-api//data/kjv/random")

    assert list(answer.json()) == ["translation", "random_verse"]


def test_only_existing_routes_have_doubled_slashes(client: Client) -> None:
    assert client.get("/bible-api//data/kjv/JHN/3/16").status_code == 404


@pytest.mark.parametrize("separator", ["&", ",", " & "])
def test_a_long_list_of_verses_is_one_passage(client: Client, separator: str) -> None:
    """A note-taking client sends each verse; limits apply to the merged list."""
    text = "John 3:" + separator.join(map(str, range(4, 37)))

    answer = client.get(f"/bible-api/{text}", {"translation": "kjv"})

    body = answer.json()
    assert [verse["verse"] for verse in body["verses"]] == list(range(4, 37))
    assert body["reference"] == "John 3:" + ",".join(map(str, range(4, 37)))
    assert getattr(answer, READY_ATTRIBUTE).passage.osis == "John.3.4-John.3.36"
    popularity.flush()
    assert list(popularity.top("all", 10)) == [("kjv", "John.3.4-John.3.36", 1)]


def test_a_list_with_many_gaps_is_refused(client: Client) -> None:
    text = "Psalm 119:" + "&".join(map(str, range(1, 100, 2)))

    assert client.get(f"/bible-api/{text}").status_code == 404


def test_a_list_that_repeats_a_long_chapter_is_refused(client: Client) -> None:
    text = "Psalm " + "&".join(["119"] * 100)

    assert client.get(f"/bible-api/{text}", {"translation": "kjv"}).status_code == 404


def test_a_missing_end_of_a_range_is_not_found_and_not_counted(client: Client) -> None:
    """The World English Bible has no Luke 17:36."""
    answer = client.get("/bible-api/Luke 17:35-36")

    assert (answer.status_code, answer.json()) == (404, {"error": "not found"})
    popularity.flush()
    assert not list(popularity.top("all", 10))


def test_an_empty_translation_is_not_the_default(client: Client) -> None:
    answer = client.get("/bible-api/John+3:16?translation=")

    assert answer.json() == {"error": "translation not found"}


def test_data_routes_answer_json_also_with_a_callback(client: Client) -> None:
    found = client.get("/bible-api/data/kjv?callback=f")
    missing = client.get("/bible-api/data/kjv/XXX?callback=f")

    assert found.headers["Content-Type"] == "application/json;charset=utf-8"
    assert missing.content == b'f({"error":"book not found"})'


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("Tobit 1:1", "Tobit 1:1"),
        ("tob 1:1-2", "Tobit 1:1-2"),
        ("Tobit 1:3&1", "Tobit 1:3,1"),
        ("TOB 1", "Tobit 1"),
    ],
)
def test_other_books_are_those_of_upstream(
    client: Client, tobit: responses.BaseResponse, text: str, reference: str
) -> None:
    answers = [client.get(f"/bible-api/{text}").json() for _request in range(2)]

    assert answers[0] == answers[1]
    assert answers[0]["reference"] == reference
    assert {verse["book_name"] for verse in answers[0]["verses"]} == {"Tobit"}
    assert tobit.call_count == 1


def test_a_chapter_of_another_book(client: Client, tobit: responses.BaseResponse) -> None:
    body = client.get("/bible-api/data/web/tob/1").json()

    assert [verse["verse"] for verse in body["verses"]] == [1, 2, 3]
    assert body["verses"][0]["book"] == "Tobit"


def test_a_translation_without_another_book_is_asked_once(
    client: Client, upstream: responses.RequestsMock
) -> None:
    missing = upstream.get(
        "https://bible.test/data/asv/TOB/1", status=404, json={"error": "book/chapter not found"}
    )

    answers = [client.get("/bible-api/Tobit 1:1?translation=asv") for _request in range(2)]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert missing.call_count == 1


def test_another_book_needs_upstream(client: Client) -> None:
    answer = client.get("/bible-api/Tobit 1:1")

    assert answer.status_code == 503
    assert answer.headers["Retry-After"]


def test_other_books_take_a_part_of_the_budget(
    client: Client, upstream: responses.RequestsMock
) -> None:
    for number in range(1, 8):
        upstream.get(
            f"https://bible.test/data/web/SIR/{number}", status=404, json={"error": "not found"}
        )

    statuses = [client.get(f"/bible-api/Sirach {number}:1").status_code for number in range(1, 8)]

    assert statuses == [404] * 5 + [503] * 2


@pytest.mark.parametrize("translation", ["rv1909", "almeida"])
def test_translations_without_other_books_do_not_ask_upstream(
    client: Client, upstream: responses.RequestsMock, translation: str
) -> None:
    answer = client.get(f"/bible-api/Tobit 1:1?translation={translation}")

    assert answer.status_code == 404
    assert not upstream.calls


def test_another_book_is_refused_over_many_chapters(client: Client) -> None:
    assert client.get("/bible-api/Tobit 1:1-3:1").status_code == 400
    assert client.get("/bible-api/Tobit 1:1,9:1,2:1").status_code == 404
