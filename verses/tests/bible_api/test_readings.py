"""References read as the real server reads them.

`readings.json` has what the library of bible-api.com, which is public, makes of a list of texts:
the book, the `reference` of the response, and the ends of each part (a whole chapter has no verse).
"""

from typing import Any

import pytest

from verses.bible_api import syntax
from verses.bible_api.errors import BibleApiError
from verses.bible_api.passages import build_passage
from verses.bible_api.service import get_translation
from verses.references import BY_USFM, verses_in
from verses.tests.conftest import recorded

READINGS: list[dict[str, Any]] = recorded("readings")
KNOWN = [entry for entry in READINGS if entry.get("book") in BY_USFM]
REFUSED = [entry for entry in READINGS if "book" not in entry]
ONLY_OURS = {
    "John 3.16": "John 3:16",
    "John 3:16,": "John 3:16",
    "John 3:16 , 17": "John 3:16-17",
    "John 3:16 John 4:1": "John 3:16; 4:1",
    "Juan 3:16": "John 3:16",
    "Rom 8:28 ": "Romans 8:28",
    "John 3-4:1": "John 3:1-4:1",
}


def expected_verses(entry: dict[str, Any]) -> list[tuple[int, int]]:
    """Return the chapters and verses of recorded ranges, in the order of the response."""
    verses = []
    for chapter, verse, end_chapter, end_verse in entry["ranges"]:
        every = [
            (number, place)
            for number in range(chapter, end_chapter + 1)
            for place in range(1, verses_in(entry["book"], number) + 1)
        ]
        last = end_verse or verses_in(entry["book"], end_chapter)
        verses += [
            place for place in every if (chapter, verse or 1) <= place <= (end_chapter, last)
        ]
    return verses


def is_refused(entry: dict[str, Any]) -> bool:
    """Return whether the real server answers 400 before it looks for verses."""
    ranges = entry["ranges"]
    several = ":" not in entry["text"] and any(sign in entry["text"] for sign in ",-")
    return several or ranges[-1][2] - ranges[0][0] + 1 > 2


def expected(entry: dict[str, Any]) -> object:
    """Return what the real server answers: a status, or the reference and the verses."""
    if is_refused(entry):
        return 400
    exists = all(verses_in(entry["book"], chapter) for chapter, *_rest in entry["ranges"])
    return (entry["reference"], expected_verses(entry)) if exists else 404


def answer(entry: dict[str, Any]) -> object:
    """Return what we answer, in the same form."""
    is_lenient = entry.get("matching") == "indifferent"
    try:
        body, _passage = build_passage(
            entry["text"], get_translation("kjv"), is_numbered=False, is_lenient=is_lenient
        )
    except BibleApiError as error:
        return error.status
    assert {verse["book_id"] for verse in body["verses"]} <= {entry.get("book", "JHN"), "ROM"}
    return body["reference"], [(verse["chapter"], verse["verse"]) for verse in body["verses"]]


@pytest.mark.django_db
def test_references_have_the_names_and_the_verses_of_the_real_server() -> None:
    answers = {entry["text"]: answer(entry) for entry in KNOWN}

    assert answers == {entry["text"]: expected(entry) for entry in KNOWN}
    assert len(KNOWN) > 250


@pytest.mark.django_db
def test_what_only_our_parser_reads_has_our_form() -> None:
    answers = {entry["text"]: answer(entry) for entry in REFUSED}

    names = {text: found[0] for text, found in answers.items() if isinstance(found, tuple)}
    assert names == ONLY_OURS


def test_a_text_with_many_spaces_is_read_in_linear_time() -> None:
    assert syntax.read("John 3:16" + " " * 1_900 + "x") is None
    assert syntax.read("John 3:16" + "&17" * 1_000) is None
