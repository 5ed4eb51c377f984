"""The routes under `/api/verses/`."""

from datetime import date, timedelta

import pytest
import responses
import time_machine
from django.db import connection
from django.test import Client
from django.utils import timezone

from verses.cache import chapter_cache
from verses.editions import open_text
from verses.models import Chapter, ChapterKey
from verses.references import parse
from verses.services import daily
from verses.services.random_verse import selected_books

pytestmark = pytest.mark.django_db


@pytest.fixture
def api() -> Client:
    return Client()


@pytest.fixture
def gospel() -> None:
    """Load the gospel of John of two editions."""
    for identifier in ("kjv", "rv1909"):
        chapter_cache.translations.get(identifier)
        chapters = open_text(identifier).chapters()
        Chapter.objects.embed(identifier, [one for one in chapters if one[0] == "JHN"])


def test_translations_are_listed_with_their_licence(api: Client) -> None:
    listed = {entry["id"]: entry for entry in api.get("/api/verses/translations/").json()}

    assert len(listed) == 21
    assert listed["rv1909"] == {
        "id": "rv1909",
        "name": "Reina-Valera 1909",
        "language": "es",
        "license": "Public Domain",
        "attribution": "",
        "embedded": True,
    }
    assert listed["bes"]["license"] == "CC BY 4.0"
    assert listed["bes"]["embedded"] is False


def test_books_are_named_in_the_language_of_the_translation(api: Client) -> None:
    listed = api.get("/api/verses/translations/RV1909/books/").json()

    assert len(listed) == 66
    assert listed[0] == {"id": "GEN", "name": "Génesis", "chapters": 50, "verses": 1533}


@pytest.mark.usefixtures("gospel")
def test_books_have_the_verses_of_the_edition(api: Client) -> None:
    listed = {
        entry["id"]: entry for entry in api.get("/api/verses/translations/rv1909/books/").json()
    }

    assert listed["JHN"]["verses"] == 879
    assert sum(entry["chapters"] for entry in listed.values()) == 1189


def test_a_random_verse_is_from_the_requested_books(api: Client) -> None:
    answer = api.get("/api/verses/random/?translation=rv1909&books=PSA,jhn")

    assert answer.json()["verses"][0]["book_id"] in {"PSA", "JHN"}
    assert len(answer.json()["verses"]) == 1
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("testament", ["OT", "NT"])
def test_a_random_verse_is_from_the_requested_testament(api: Client, testament: str) -> None:
    answer = api.get(f"/api/verses/random/?translation=rv1909&books={testament}")

    book = answer.json()["verses"][0]["book_id"]
    assert book in {book.usfm for book in selected_books(testament)}


def test_a_random_verse_falls_back_to_cached_chapters(
    api: Client, upstream: responses.RequestsMock
) -> None:
    chapter_cache.translations.get("asv")
    Chapter.objects.store(ChapterKey("asv", "JHN", 3), {16: "For God so loved"}, timezone.now())

    answer = api.get("/api/verses/random/?translation=asv")

    assert answer.json()["osis"] == "John.3.16"


def test_a_random_verse_of_no_chapter_is_an_error(
    api: Client, upstream: responses.RequestsMock
) -> None:
    assert api.get("/api/verses/random/?translation=asv").status_code == 503
    assert api.get("/api/verses/random/?books=XXX").json()["errors"][0]["field"] == "books"


def test_the_verse_of_a_day_is_the_same_for_everyone(api: Client) -> None:
    path = "/api/verses/daily/?date=2026-11-23&translation="

    english, spanish = api.get(path + "kjv").json(), api.get(path + "rv1909").json()

    assert english["osis"] == spanish["osis"]
    assert english["date"] == "2026-11-23"
    assert english["text"] != spanish["text"]


def test_todays_verse_is_cached_until_midnight(api: Client) -> None:
    with time_machine.travel("2026-11-23T23:59:00Z", tick=False):
        answer = api.get("/api/verses/daily/?translation=rv1909")

    assert answer.json()["date"] == "2026-11-23"
    assert "max-age=60," in answer.headers["Cache-Control"]


def test_an_invalid_date_is_rejected(api: Client) -> None:
    assert api.get("/api/verses/daily/?date=2026-02-30").status_code == 400


def test_daily_passages_do_not_repeat_within_a_year() -> None:
    days = [date(2028, 1, 1) + timedelta(days=number) for number in range(366)]
    passages = [daily.daily_key(day) for day in days]

    assert len(set(passages)) == 366
    for osis in daily.daily_list():
        for identifier in ("kjv", "web", "rv1909"):
            (span,) = parse(osis).spans
            chapter = open_text(identifier).chapter(span.book, span.start_chapter)
            assert set(range(span.start_verse, span.end_verse + 1)) <= set(chapter)


def test_a_batch_answers_each_reference_in_order(api: Client) -> None:
    body = {"references": ["Juan 3:16", "Nada 1", "", "Juan 99:1"], "translation": "rv1909"}

    answer = api.post("/api/verses/batch/", body, content_type="application/json")

    results = answer.json()["results"]
    assert answer.status_code == 200
    assert results[0]["reference"] == "Juan 3:16"
    assert [result.get("code") for result in results[1:]] == [
        "reference_invalid",
        "reference_invalid",
        "passage_not_found",
    ]
    assert "suggestions" in results[1]


@pytest.mark.parametrize("references", [[], ["John 3:16"] * 101, "John 3:16", None])
def test_a_batch_is_bounded(api: Client, references: object) -> None:
    body = {"references": references}

    answer = api.post("/api/verses/batch/", body, content_type="application/json")

    assert answer.status_code == 400


def test_translations_are_compared(api: Client, upstream: responses.RequestsMock) -> None:
    answer = api.get("/api/verses/compare/?reference=John+3:16&translations=rv1909,asv,klingon")

    results = answer.json()["results"]
    assert results[0]["reference"] == "Juan 3:16"
    assert [result["code"] for result in results[1:]] == [
        "upstream_unavailable",
        "translation_not_found",
    ]
    assert api.get("/api/verses/compare/?reference=x&translations=a,b,c,d,e,f").status_code == 400


def test_compared_translations_show_the_same_words(api: Client) -> None:
    path = "/api/verses/compare/?reference=Jonah+1:17&translations=kjv,rv1909"

    english, spanish = api.get(path).json()["results"]

    assert (english["osis"], spanish["osis"]) == ("Jonah.1.17", "Jonah.2.1")
    assert "Jonah was in the belly" in english["text"]
    assert "Jonás en el vientre" in spanish["text"]
    assert english["alignment"] is None
    assert spanish["alignment"] == {
        "requested": "Jonah 1:17",
        "shown": "Jonah 2:1",
        "message": (
            "Reina-Valera 1909 numbers these verses differently: Jonah 1:17 is Jonah 2:1 there."
        ),
    }


@pytest.mark.parametrize(
    ("reference", "translations", "expected"),
    [
        ("Jonah+2:1", "rv1909,kjv", ["Jonah.2.1", "Jonah.1.17"]),
        ("Romans+16:25", "web,kjv", ["Rom.14.24", "Rom.16.25"]),
        ("Job+39:35", "kjv,rv1909", ["Job.40.2", "Job.39.35"]),
        ("John+3:16", "kjv,rv1909,web", ["John.3.16"] * 3),
    ],
)
def test_numbers_are_those_of_the_first_translation(
    api: Client, reference: str, translations: str, expected: list[str]
) -> None:
    path = f"/api/verses/compare/?reference={reference}&translations={translations}"

    assert [result["osis"] for result in api.get(path).json()["results"]] == expected


@pytest.mark.usefixtures("gospel")
def test_hits_are_ranked_and_highlighted(api: Client) -> None:
    answer = api.get("/api/verses/search/?q=light+world&translation=kjv").json()

    assert answer["count"] == 6
    assert answer["results"][0]["osis"] == "John.9.5"
    assert answer["results"][0]["reference"] == "John 9:5"
    assert "<mark>light</mark>" in answer["results"][0]["highlighted"]
    assert (
        answer["results"][0]["text"] == "As long as I am in the world, I am the light of the world."
    )


@pytest.mark.usefixtures("gospel")
def test_search_ignores_accents(api: Client) -> None:
    with_accent = api.get("/api/verses/search/?q=corazón&translation=rv1909").json()["count"]
    without = api.get("/api/verses/search/?q=corazon&translation=rv1909").json()["count"]

    assert with_accent == without > 5


@pytest.mark.usefixtures("gospel")
def test_hits_are_paginated(api: Client) -> None:
    first = api.get("/api/verses/search/?q=shepherd&translation=kjv").json()
    many = api.get("/api/verses/search/?q=jesus&translation=kjv").json()
    second = api.get(many["next"]).json()

    assert first["next"] is None
    assert len(many["results"]) == 20
    assert not {hit["osis"] for hit in many["results"]} & {hit["osis"] for hit in second["results"]}
    assert api.get("/api/verses/search/?q=jesus&translation=kjv&page=999").status_code == 404


@pytest.mark.usefixtures("gospel")
@pytest.mark.parametrize(
    "words", ['"', "* OR (", "NEAR(a b)", "text: light", "-light", "'; DROP TABLE", "{}", "a" * 100]
)
def test_words_are_never_query_syntax(api: Client, words: str) -> None:
    answer = api.get("/api/verses/search/", {"q": words, "translation": "kjv"})

    assert answer.status_code == 200


@pytest.mark.usefixtures("gospel")
def test_quotes_match_phrases_and_a_minus_excludes(api: Client) -> None:
    def count(words: str) -> int:
        query = {"q": words, "translation": "kjv"}
        return int(api.get("/api/verses/search/", query).json()["count"])

    assert count('"good shepherd"') == 2
    assert count("shepherd -good") == count("shepherd") - count("shepherd good")


@pytest.mark.usefixtures("gospel")
def test_or_is_an_ordinary_word(api: Client) -> None:
    query = {"q": "light OR shepherd", "translation": "kjv"}

    assert api.get("/api/verses/search/", query).json()["count"] == 0


def test_text_is_escaped_before_highlighting(api: Client) -> None:
    chapter_cache.translations.get("kjv")
    Chapter.objects.embed("kjv", [("JHN", 1, {1: "the <b>Word</b>"})])

    (hit,) = api.get("/api/verses/search/?q=word&translation=kjv").json()["results"]

    assert hit["highlighted"] == "the &lt;b&gt;<mark>Word</mark>&lt;/b&gt;"


def test_a_replaced_chapter_is_found_by_new_words_only(api: Client) -> None:
    chapter_cache.translations.get("kjv")
    Chapter.objects.embed("kjv", [("JHN", 1, {1: "ancient"})])
    Chapter.objects.store(ChapterKey("kjv", "JHN", 1), {1: "modern"}, timezone.now())

    counts = [
        api.get(f"/api/verses/search/?q={word}&translation=kjv").json()["count"]
        for word in ("ancient", "modern")
    ]

    assert counts == [0, 1]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="FTS5 does not know word stems")
@pytest.mark.usefixtures("gospel")
def test_postgresql_finds_a_word_by_its_stem(api: Client) -> None:
    answer = api.get("/api/verses/search/?q=shepherds&translation=kjv")

    assert answer.json()["count"] > 0


def test_references_are_found_in_a_text(api: Client) -> None:
    body = {"text": "Véase Juan 3,16 y (Sal 23).", "language": "es"}

    answer = api.post("/api/verses/references/", body, content_type="application/json")

    assert answer.status_code == 200
    assert answer.json() == {
        "references": [
            {
                "start": 6,
                "end": 15,
                "text": "Juan 3,16",
                "osis": "John.3.16",
                "reference": "Juan 3:16",
                "confidence": 1.0,
            },
            {
                "start": 19,
                "end": 25,
                "text": "Sal 23",
                "osis": "Ps.23",
                "reference": "Salmos 23",
                "confidence": 0.6,
            },
        ]
    }


def test_references_are_named_in_the_language_of_the_request(api: Client) -> None:
    answer = api.post(
        "/api/verses/references/",
        {"text": "John 3:16"},
        content_type="application/json",
        headers={"Accept-Language": "pt"},
    )

    assert [one["reference"] for one in answer.json()["references"]] == ["João 3:16"]


@pytest.mark.parametrize(
    "body", [{}, {"text": ""}, {"text": "x" * 20_001}, {"text": "x", "language": "xx"}]
)
def test_an_invalid_text_is_refused_by_field(api: Client, body: dict[str, str]) -> None:
    answer = api.post("/api/verses/references/", body, content_type="application/json")

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] in ("text", "language")
