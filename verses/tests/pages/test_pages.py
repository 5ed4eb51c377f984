"""The reader pages without scripts."""

import html
import re

import pytest
import responses
from django.test import Client

from verses.cache import chapter_cache
from verses.editions import open_text
from verses.models import Chapter
from verses.services.daily import cached_daily_passage
from verses.services.top import top_passages

pytestmark = pytest.mark.django_db


@pytest.fixture
def english() -> Client:
    return Client(headers={"Accept-Language": "en"})


@pytest.fixture
def spanish() -> Client:
    return Client(headers={"Accept-Language": "es"})


def text_of(content: bytes) -> str:
    """Return the visible text of a page, on one line."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", content.decode())).split())


def test_the_start_page_has_daily_verse_and_books(english: Client) -> None:
    answer = english.get("/verses/")

    assert answer.status_code == 200
    daily = cached_daily_passage("web")
    assert daily is not None
    assert daily.text in text_of(answer.content)
    assert "Genesis" in text_of(answer.content)
    assert "Revelation" in text_of(answer.content)


def test_a_passage_has_its_source_and_adjacent_chapters(english: Client) -> None:
    answer = english.get("/verses/?reference=jn+3:16-17&translation=kjv")

    seen = text_of(answer.content)
    assert "John 3:16-17" in seen
    assert "16 For God so loved the world" in seen
    assert "Offline edition" in seen
    assert "Requested once." in seen
    assert 'href="/verses/kjv/John.2/"' in answer.content.decode()
    assert 'href="/verses/kjv/John.3/"' in answer.content.decode()
    assert 'href="/verses/kjv/John.4/"' in answer.content.decode()


def test_two_translations_are_side_by_side(english: Client) -> None:
    answer = english.get("/verses/?reference=John+3:16&translation=kjv&beside=rv1909")

    assert answer.content.decode().count('class="passage card stack"') == 2
    assert 'lang="es"' in answer.content.decode()
    assert "?beside=rv1909" in answer.content.decode()


def test_both_columns_have_the_same_words(spanish: Client) -> None:
    answer = spanish.get("/verses/?reference=Jonás+2:11&translation=rv1909&beside=kjv")

    assert "Y mandó Jehová al pez" in text_of(answer.content)
    assert "spake unto the fish" in text_of(answer.content)
    notice = (
        "King James Version numera estos versículos de otra manera: Jonás 2:11 es allí Jonás 2:10."
    )
    assert notice in text_of(answer.content)


def test_a_missing_verse_links_to_its_place(english: Client) -> None:
    answer = english.get("/verses/?reference=Romans+16:25&translation=web")

    assert answer.status_code == 404
    assert "its words are in Romans 14:24." in text_of(answer.content)
    assert "reference=Romans%2014%3A24" in answer.content.decode()


def test_one_translation_is_shown_if_the_other_fails(english: Client) -> None:
    answer = english.get("/verses/?reference=John+3:16&translation=rv1909&beside=asv")

    assert answer.status_code == 200
    assert answer.content.decode().count('class="passage card stack"') == 1
    assert "is unavailable" in text_of(answer.content)


def test_a_permanent_link_shows_the_same_passage(english: Client) -> None:
    answer = english.get("/verses/rv1909/John.3.16/?beside=kjv")

    assert answer.status_code == 200
    assert answer.content.decode().count('class="passage card stack"') == 2


@pytest.mark.parametrize(
    ("osis", "before", "after"),
    [("Gen.1", None, "Gen.2"), ("Rev.22", "Rev.21", None), ("Matt.1", "Mal.4", "Matt.2")],
)
def test_adjacent_chapters_cross_books(
    english: Client, osis: str, before: str | None, after: str | None
) -> None:
    page = english.get(f"/verses/rv1909/{osis}/").content.decode()

    ways = re.findall(r'rel="(prev|next)"\s+href="/verses/rv1909/([^/]+)/', page)
    expected = [("prev", before), ("next", after)]
    assert ways == [(rel, place) for rel, place in expected if place]


def test_an_invalid_reference_shows_an_alert(english: Client) -> None:
    answer = english.get("/verses/?reference=Philipians+9:1&translation=kjv")

    assert answer.status_code in {400, 404}
    assert 'role="alert"' in answer.content.decode()


def test_an_ambiguous_book_has_links_to_choose(spanish: Client) -> None:
    answer = spanish.get("/verses/?reference=Fil+1:2&translation=rv1909")

    assert answer.status_code == 400
    assert "reference=Filipenses%201%3A2" in answer.content.decode()
    assert "reference=Filem%C3%B3n%201%3A2" in answer.content.decode()


def test_words_instead_of_a_reference_are_searched(english: Client) -> None:
    chapter_cache.translations.get("kjv")
    chapters = [one for one in open_text("kjv").chapters() if one[:2] == ("JHN", 8)]
    Chapter.objects.embed("kjv", chapters)

    answer = english.get("/verses/?reference=light+of+the+world&translation=kjv")

    assert "John 8:12" in text_of(answer.content)
    assert "<mark>light</mark>" in answer.content.decode()


def test_search_results_are_paginated(english: Client) -> None:
    chapter_cache.translations.get("kjv")
    Chapter.objects.embed(
        "kjv", [("PSA", number, {1: "praise ye the LORD"}) for number in range(1, 31)]
    )

    first = english.get("/verses/search/?q=praise&translation=kjv")
    second = english.get("/verses/search/?q=praise&translation=kjv&page=2")

    assert "30 verses" in text_of(first.content)
    assert "Page 2 of 2" in text_of(second.content)
    assert 'start="21"' in second.content.decode()


def test_a_search_in_an_unknown_translation_is_redirected(english: Client) -> None:
    answer = english.get("/verses/search/?q=praise&translation=klingon")

    assert answer.headers["Location"] == "/verses/search/"


def test_suggestions_are_option_elements(spanish: Client) -> None:
    answer = spanish.get("/verses/suggestions/?reference=filip")

    assert '<option value="Filipenses"></option>' in answer.content.decode()
    assert "<html" not in answer.content.decode()
    assert spanish.get("/verses/suggestions/").content.strip() == b""


@pytest.mark.parametrize(
    "reference", ["<script>alert(1)</script>", "x" * 5000, "\x00", "John 3:16" + "\u202e" * 9]
)
def test_input_is_escaped(english: Client, reference: str) -> None:
    answer = english.get("/verses/", {"reference": reference, "translation": "kjv"})

    assert answer.status_code in {200, 400}
    assert "<script>alert" not in answer.content.decode()


def test_an_unknown_translation_is_named(english: Client) -> None:
    answer = english.get("/verses/?reference=John+3:16&translation=klingon")

    assert "klingon" in text_of(answer.content)
    assert answer.status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "?translation=a/b",
        "?translation=%00",
        "?reference=love&translation=a+b",
        "?reference=John+3:16&translation=a/b&beside=kjv",
        "?reference=John+3:16&translation=kjv&beside=a/b",
        "?reference=John+3:16%00&translation=kjv",
        "search/?q=light%00&translation=kjv",
    ],
)
def test_malformed_queries_are_not_server_errors(english: Client, query: str) -> None:
    assert english.get(f"/verses/{query}").status_code in {200, 400, 404}


def test_translation_identifiers_are_case_insensitive(english: Client) -> None:
    answer = english.get("/verses/?reference=John+3:16&translation=KJV&beside=RV1909")

    assert answer.content.decode().count('class="passage card stack"') == 2
    assert 'href="/verses/kjv/John.4/?beside=rv1909"' in answer.content.decode()


def test_licence_and_attribution_are_shown(
    english: Client, upstream: responses.RequestsMock
) -> None:
    verse = {"book_id": "JHN", "chapter": 3, "verse": 16, "text": "Porque Dios amó"}
    upstream.get(
        "https://bible.test/data/bes/JHN/3",
        json={"translation": {"identifier": "bes"}, "verses": [verse]},
    )

    seen = text_of(english.get("/verses/bes/John.3.16/").content)

    assert "CC BY 4.0" in seen
    assert "Irma Flores" in seen
    assert "Up to date" in seen


def test_an_unavailable_passage_links_to_offline_editions(english: Client) -> None:
    answer = english.get("/verses/asv/John.3.16/")

    assert answer.status_code == 503
    assert "?reference=John.3.16&amp;translation=kjv" in answer.content.decode()


def test_a_missing_passage_has_suggestions(spanish: Client) -> None:
    answer = spanish.get("/verses/?reference=Salmo+151")

    assert answer.status_code == 404
    assert "Salmo 150" in text_of(answer.content)


def test_each_chapter_of_a_list_has_a_heading(english: Client) -> None:
    answer = english.get("/verses/?reference=Gen+1:1;+Rom+1:1&translation=kjv")

    assert "<h3>Genesis 1</h3>" in answer.content.decode()
    assert "<h3>Romans 1</h3>" in answer.content.decode()


def test_a_single_chapter_has_no_extra_heading(english: Client) -> None:
    assert b"<h3>" not in english.get("/verses/kjv/John.3/").content


def test_a_search_without_hits_has_a_message(english: Client) -> None:
    answer = english.get("/verses/search/?q=xyzzy&translation=kjv")

    assert "No verse has all these words." in text_of(answer.content)


def test_pages_accept_only_safe_methods(english: Client) -> None:
    assert english.post("/verses/").status_code == 405


def test_the_daily_verse_of_a_page_is_not_counted(
    english: Client,
) -> None:
    english.get("/verses/?reference=Juan+3:16&translation=rv1909")

    assert [(place.osis, place.request_count) for place in top_passages()] == [("John.3.16", 1)]
