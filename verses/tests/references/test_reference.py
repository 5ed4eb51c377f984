"""References and spans."""

import pytest

from verses.exceptions import PassageNotFound, ReferenceInvalid
from verses.references import Reference, Span, parse


def test_a_verse_is_a_span_of_one() -> None:
    assert parse("John 3:16").spans == (Span("JHN", 3, 16, 3, 16),)


def test_a_whole_chapter_contains_verses_beyond_the_standard() -> None:
    span = parse("3 John 1").spans[0]

    assert span.is_whole_chapters
    assert span.contains(1, 15)
    assert not span.contains(2, 1)


def test_a_range_to_the_last_verse_contains_none_beyond() -> None:
    span = parse("John 3:16-36").spans[0]

    assert span.contains(3, 36)
    assert not span.contains(3, 37)


@pytest.mark.parametrize(
    ("chapter", "verse", "inside"),
    [(3, 35, False), (3, 36, True), (3, 99, True), (4, 1, True), (4, 2, True), (4, 3, False)],
)
def test_a_range_across_chapters_contains_the_verses_between(
    chapter: int, verse: int, *, inside: bool
) -> None:
    assert parse("John 3:36-4:2").spans[0].contains(chapter, verse) is inside


def test_chapters_are_unique_and_in_the_order_of_the_text() -> None:
    reference = parse("Rom 8:28; John 3:36-4:1; Rom 8:1")

    assert list(reference.chapters()) == [("ROM", 8), ("JHN", 3), ("JHN", 4)]


def test_verses_are_counted_across_chapters_and_books() -> None:
    assert parse("Gen 1:31-2:3; Jude").verse_count == 4 + 25


def test_references_to_one_passage_are_equal() -> None:
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
def test_a_reference_is_formatted_in_three_languages(
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


def test_the_string_of_a_reference_is_its_english_name() -> None:
    assert str(Reference((Span("JHN", 3, 16, 3, 16),))) == "John 3:16"


@pytest.mark.parametrize(
    "key",
    ["John.3.16", "John.3.16-John.3.18", "John.3.16-John.4.2", "John.3", "Gen.1-Gen.2", "Jude.1"],
)
@pytest.mark.parametrize("following", ["", ",Rom.8.28", ",1Cor.13"])
def test_a_canonical_key_is_read_without_guessing(key: str, following: str) -> None:
    reference = Reference.from_osis(key + following)

    assert reference.osis == key + following
    assert reference == parse(key + following)


@pytest.mark.parametrize(
    "key",
    [
        *("", "John", "Juan.3.16", "JHN.3.16", "john.3.16", "John 3:16", "John.3.16,", "John.3.٣"),
        *("John.3.16-18", "John.3.18-John.3.16", "John.3.16-Rom.3.18", "Ps.1-Ps.2-Ps.3"),
    ],
)
def test_anything_but_a_canonical_key_is_refused(key: str) -> None:
    with pytest.raises(ReferenceInvalid):
        Reference.from_osis(key)


@pytest.mark.parametrize("key", ["John.22", "John.0", "John.3.37", "John.3.0", "Jude.5"])
def test_a_key_of_a_missing_passage_is_not_found(key: str) -> None:
    with pytest.raises(PassageNotFound):
        Reference.from_osis(key)


def test_a_chapter_is_built_from_its_number() -> None:
    assert Reference.of_chapter("3JN", 1) == parse("3 John")
    assert Reference.of_chapter("PSA", 119).osis == "Ps.119"


@pytest.mark.parametrize(("book", "chapter"), [("JHN", 22), ("JHN", 0), ("JUD", 5)])
def test_a_chapter_that_does_not_exist_is_not_found(book: str, chapter: int) -> None:
    with pytest.raises(PassageNotFound):
        Reference.of_chapter(book, chapter)
