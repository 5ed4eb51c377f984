"""The two meanings of `Jude 1`."""

import pytest

from verses.references import parse


@pytest.mark.parametrize("text", ["Jude 1", "Judas 1", "Jude 1; Rom 1:1", "Phlm 1", "2 John 1"])
def test_the_number_one_is_a_verse_on_request(text: str) -> None:
    assert parse(text).spans[0].is_whole_chapters
    assert parse(text, single_chapter="verse").spans[0].verse_count == 1


@pytest.mark.parametrize(
    "text", ["Jude", "Jude chapter 1", "Jude 1-25", "Jude 1:1-25", "Jude 5", "Jude 3,5", "John 3"]
)
def test_other_references_do_not_depend_on_the_option(text: str) -> None:
    assert parse(text) == parse(text, single_chapter="verse")
