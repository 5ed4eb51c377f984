"""What a reference says about itself."""

import pytest

from verses.references import Reference, Span, parse


def test_a_verse_is_a_span_of_one() -> None:
    assert parse("John 3:16").spans == (Span("JHN", 3, 16, 3, 16),)


def test_a_whole_chapter_holds_every_verse_an_edition_may_have() -> None:
    span = parse("3 John 1").spans[0]

    assert span.is_whole_chapters
    assert span.contains(1, 15)
    assert not span.contains(2, 1)


def test_a_range_to_the_last_verse_holds_no_verse_beyond_it() -> None:
    span = parse("John 3:16-36").spans[0]

    assert span.contains(3, 36)
    assert not span.contains(3, 37)


@pytest.mark.parametrize(
    ("chapter", "verse", "inside"),
    [(3, 35, False), (3, 36, True), (3, 99, True), (4, 1, True), (4, 2, True), (4, 3, False)],
)
def test_a_range_across_chapters_holds_what_lies_between(
    chapter: int, verse: int, *, inside: bool
) -> None:
    assert parse("John 3:36-4:2").spans[0].contains(chapter, verse) is inside


def test_chapters_are_needed_once_in_the_order_asked_for() -> None:
    reference = parse("Rom 8:28; John 3:36-4:1; Rom 8:1")

    assert list(reference.chapters()) == [("ROM", 8), ("JHN", 3), ("JHN", 4)]


def test_verses_are_counted_across_chapters_and_books() -> None:
    assert parse("Gen 1:31-2:3; Jude").verse_count == 4 + 25


def test_references_to_one_passage_are_equal_and_have_one_hash() -> None:
    spellings = ["John 3", "Jn 3:1-36", "João 3", "Juan capítulo 3", "john 3:1-20,21-36"]

    assert len({parse(spelling) for spelling in spellings}) == 1


def test_a_reference_cannot_be_changed() -> None:
    reference = parse("John 3:16")

    with pytest.raises(AttributeError):
        reference.spans = ()  # type: ignore[misc]


@pytest.mark.parametrize(
    ("typed", "english", "spanish", "portuguese"),
    [
        ("jn 3,16", "John 3:16", "Juan 3:16", "João 3:16"),
        ("1jn 4:8", "1 John 4:8", "1 Juan 4:8", "1 João 4:8"),
        ("ps 23", "Psalms 23", "Salmos 23", "Salmos 23"),
        ("gen 1-2", "Genesis 1-2", "Génesis 1-2", "Gênesis 1-2"),
        ("gen 1:1-2:3", "Genesis 1:1-2:3", "Génesis 1:1-2:3", "Gênesis 1:1-2:3"),
        ("mt 5:3,5-6", "Matthew 5:3,5-6", "Mateo 5:3,5-6", "Mateus 5:3,5-6"),
        ("jn 3:16;4:1", "John 3:16; 4:1", "Juan 3:16; 4:1", "João 3:16; 4:1"),
        ("jn 3:16;jn 5", "John 3:16; John 5", "Juan 3:16; Juan 5", "João 3:16; João 5"),
        ("jn 3;5:2", "John 3; 5:2", "Juan 3; 5:2", "João 3; 5:2"),
        ("jude", "Jude 1", "Judas 1", "Judas 1"),
        ("jude 3", "Jude 1:3", "Judas 1:3", "Judas 1:3"),
        ("acts 2;rom 8", "Acts 2; Romans 8", "Hechos 2; Romanos 8", "Atos 2; Romanos 8"),
    ],
)
def test_a_reference_is_named_in_three_languages(
    typed: str, english: str, spanish: str, portuguese: str
) -> None:
    reference = parse(typed)

    named = [reference.format(language) for language in ("en", "es", "pt")]

    assert named == [english, spanish, portuguese]


@pytest.mark.parametrize("language", ["de", "", "zh-Hant", "eng"])
def test_other_languages_get_the_english_name(language: str) -> None:
    assert parse("juan 3:16").format(language) == "John 3:16"


def test_a_regional_variant_gets_the_name_of_its_language() -> None:
    assert parse("john 3:16").format("pt-br") == "João 3:16"


def test_as_text_a_reference_is_its_english_name() -> None:
    assert str(Reference((Span("JHN", 3, 16, 3, 16),))) == "John 3:16"
