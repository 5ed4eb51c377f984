"""Properties of every reference and of every text."""

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from verses.exceptions import PassageNotFound, ReferenceInvalid
from verses.references import (
    BOOKS,
    LANGUAGE_CODES,
    MAX_CHARACTERS,
    MAX_VERSES,
    Book,
    Reference,
    autocomplete,
    parse,
    verses_in,
)

pytestmark = pytest.mark.slow

LIVELY_CHARACTERS = "Jnoãhóáç12345678901:.,;-vafs IV&\u2013\u00a0\u200b\u0663²½\x00\ud800"
NUMBERS_AND_SIGNS = "1234567890:.,;- &vafsyi"

steady = settings(max_examples=250, derandomize=True, deadline=None)


@st.composite
def points(draw: st.DrawFn, book: Book) -> tuple[int, int]:
    """Draw a chapter and verse of a book."""
    chapter = draw(st.integers(1, book.chapters))
    return chapter, draw(st.integers(1, verses_in(book.usfm, chapter)))


@st.composite
def items(draw: st.DrawFn) -> str:
    """Draw a verse, range, chapter or chapter range of a book, named in some language."""
    book = draw(st.sampled_from(BOOKS))
    name = book.name(draw(st.sampled_from(LANGUAGE_CODES)))
    (chapter, verse), (end, last) = sorted((draw(points(book)), draw(points(book))))
    numbers = (
        f"{chapter}",
        f"{chapter}:{verse}",
        f"{chapter}-{end}",
        f"{chapter}:{verse}-{end}:{last}",
    )
    return f"{name} {draw(st.sampled_from(numbers))}"


@st.composite
def references(draw: st.DrawFn) -> Reference:
    """Draw one to four items that make a reference of allowed length."""
    texts = draw(st.lists(items(), min_size=1, max_size=4))
    try:
        return parse("; ".join(texts))
    except ReferenceInvalid:
        assume(False)  # noqa: FBT003  # more verses or characters than allowed
        raise


def hostile_texts() -> st.SearchStrategy[str]:
    """Draw texts from plain noise to almost a reference."""
    names = st.sampled_from(["John", "Jn", "Juan", "João", "1 Cor", "Jude", "Psalms", "Jo", "Xyz"])
    almost = st.tuples(names, st.text(alphabet=NUMBERS_AND_SIGNS, max_size=20)).map(" ".join)
    lists = st.lists(almost, min_size=1, max_size=3).map(";".join)
    anything = st.text(alphabet=st.characters(codec=None, categories=None))
    return st.one_of(anything, st.text(alphabet=LIVELY_CHARACTERS), almost, lists)


@steady
@given(reference=references(), language=st.sampled_from([*LANGUAGE_CODES, "de"]))
def test_a_formatted_reference_is_parsed_as_itself(reference: Reference, language: str) -> None:
    formatted = reference.format(language)
    assume(len(formatted) <= MAX_CHARACTERS)

    assert parse(formatted, language=language) == reference


@steady
@given(reference=references())
def test_the_canonical_key_is_read_as_its_reference(reference: Reference) -> None:
    assert Reference.from_osis(reference.osis) == reference

    assume(len(reference.osis) <= MAX_CHARACTERS)
    assert parse(reference.osis) == reference


@steady
@given(reference=references())
def test_every_verse_of_a_reference_exists_once(reference: Reference) -> None:
    verses = [
        (span.book, chapter, verse)
        for span in reference.spans
        for chapter in span.chapters
        for verse in range(1, verses_in(span.book, chapter) + 1)
        if span.contains(chapter, verse)
    ]

    assert len(verses) == reference.verse_count
    assert 1 <= reference.verse_count <= MAX_VERSES
    assert list(reference.chapters()) == list(dict.fromkeys((b, c) for b, c, _ in verses))


@steady
@given(
    text=hostile_texts(),
    language=st.text(max_size=3) | st.sampled_from(LANGUAGE_CODES),
    single_chapter=st.sampled_from(["chapter", "verse"]),
)
@example(text="\ud800", language="en", single_chapter="chapter")
@example(text="John 3:16\x00", language="es", single_chapter="verse")
@example(text="9" * 200, language="pt", single_chapter="chapter")
@example(text="John " + "9" * 190 + ":1", language="pt", single_chapter="chapter")
@example(text="John 3:16" * 200_000, language="en", single_chapter="chapter")
@example(text="\ufdfa" * 200, language="en", single_chapter="chapter")
def test_a_text_raises_only_the_two_errors(text: str, language: str, single_chapter: str) -> None:
    try:
        reference = parse(text, language=language, single_chapter=single_chapter)  # type: ignore[arg-type]
    except (ReferenceInvalid, PassageNotFound) as error:
        str(error).encode()
    else:
        assert reference.verse_count <= MAX_VERSES
        assert parse(reference.osis) == reference


@steady
@given(text=hostile_texts())
def test_every_suggestion_is_a_formatted_reference(text: str) -> None:
    suggestions = _suggestions(text)

    assert len(suggestions) <= 5
    assert [parse(suggestion).format() for suggestion in suggestions] == list(suggestions)


def _suggestions(text: str) -> tuple[str, ...]:
    try:
        parse(text)
    except ReferenceInvalid as error:
        return error.suggestions
    except PassageNotFound:
        pass
    return ()


@steady
@given(text=hostile_texts(), limit=st.integers(0, 7))
def test_completions_do_not_raise_or_exceed_the_limit(text: str, limit: int) -> None:
    assert len(autocomplete(text, "es", limit)) <= limit


@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.usfm)
def test_every_name_and_identifier_means_its_book(book: Book) -> None:
    names = [*book.names.values(), book.usfm, book.osis]

    assert {parse(f"{name} 1:1").spans[0].book for name in names} == {book.usfm}
