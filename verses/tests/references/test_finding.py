"""References in running text."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verses.references import LANGUAGE_CODES, find_references

FOLDER = Path(__file__).parent
SENTENCES = [
    tuple(cell.strip() for cell in line.split("|"))
    for line in (FOLDER / "sentences.txt").read_text(encoding="utf-8").splitlines()[2:]
]
BULLETINS = (FOLDER / "bulletins.txt").read_text(encoding="utf-8").split("\n\n")[1:]


def keys_in(text: str, language: str) -> list[str]:
    return [one.reference.osis for one in find_references(text, language)]


@pytest.mark.parametrize(("language", "text", "keys"), SENTENCES)
def test_the_references_of_a_sentence_are_found(language: str, text: str, keys: str) -> None:
    assert ",".join(keys_in(text, language)) == keys


@pytest.mark.parametrize("bulletin", BULLETINS)
def test_the_references_of_a_bulletin_are_found(bulletin: str) -> None:
    language, _, lines = bulletin.partition("\n")
    text, _, keys = lines.partition("\n=> ")

    assert keys_in(text, language.strip("[]")) == keys.split()


def test_there_are_200_sentences_and_20_bulletins() -> None:
    assert len(SENTENCES) >= 200
    assert len(BULLETINS) == 20


def test_a_reference_has_its_place_and_confidence() -> None:
    text = "📖 See John 3:16 and Is. 9:1 (Psalm 23)."

    found = [(text[one.start : one.end], one.confidence) for one in find_references(text)]

    assert found == [("John 3:16", 1.0), ("Psalm 23", 0.7)]


def test_an_abbreviation_is_that_of_the_language() -> None:
    assert keys_in("(Jo 14,6)", "pt") == ["John.14.6"]
    assert keys_in("(Jo 14,6)", "es") == []
    assert keys_in("(Hc 2,4)", "es") == ["Acts.2.4"]
    assert keys_in("(Hc 2,4)", "pt") == ["Hab.2.4"]


@settings(max_examples=200, derandomize=True, deadline=None)
@given(
    text=st.text() | st.text(alphabet="John 1 Cor:;,.-abPs()\n123"),
    language=st.sampled_from([*LANGUAGE_CODES, "de"]),
)
def test_found_places_are_in_order_and_apart(text: str, language: str) -> None:
    found = find_references(text, language)

    assert all(0 <= one.start < one.end <= len(text) for one in found)
    assert all(a.end <= b.start for a, b in pairwise(found))
