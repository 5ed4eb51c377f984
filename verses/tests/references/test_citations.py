"""Citations as bulletins, lectionaries and old books print them."""

import random
from collections.abc import Callable

import pytest

from verses.exceptions import PassageNotFound, ReferenceInvalid
from verses.references import BOOKS, Book, Reference, parse, verses_in
from verses.references.numbering import standard_verses
from verses.references.tokens.vocabulary import to_roman

CASES = 400
LONG_BOOKS = [book for book in BOOKS if book.chapters > 1]
SHORT_BOOKS = [book for book in BOOKS if book.chapters == 1]
LETTERS = ("a", "b", "c", "ab", "bc", "ac", "de", "abc")
NOT_UNDERSTOOD = "The reference is not understood from “%(fragment)s” on."
AMBIGUOUS = "The reference can be read in more than one way."

Generator = random.Random


def outcome(text: str, language: str = "en") -> str | tuple[str, ...]:
    """Return the canonical key of a text, or the suggestions of its error."""
    try:
        return parse(text, language=language).osis
    except (ReferenceInvalid, PassageNotFound) as error:
        return error.suggestions


def point(generator: Generator, book: Book) -> tuple[int, int]:
    chapter = generator.randint(1, book.chapters)
    return chapter, generator.randint(1, verses_in(book.usfm, chapter))


def is_read_or_refused(text: str, meant: str) -> bool:
    """Return whether a text means a passage, or is refused with it among the suggestions."""
    found = outcome(text)
    return found == meant or (isinstance(found, tuple) and parse(meant).format() in found)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Gn 2:4b-9, 15", "Gen.2.4-Gen.2.9,Gen.2.15"),
        ("Heb 3:3, 4b-5, 6", "Heb.3.3-Heb.3.6"),
        ("John 1:14ab", "John.1.14"),
        ("Psalm 24:1ac,3", "Ps.24.1,Ps.24.3"),
        ("1 S 16, 1b. 6-7. 10-13a", "1Sam.16.1,1Sam.16.6-1Sam.16.7,1Sam.16.10-1Sam.16.13"),
        ("Jn 6,63c.68c", "John.6.63,John.6.68"),
        ("Jn 6:63c.68c", "John.6.63,John.6.68"),
        ("Sal 39, 2 y 4ab. 7. 8-9. 10", "Ps.39.2,Ps.39.4,Ps.39.7-Ps.39.10"),
        ("Sal 24, 1a.c", "Ps.24.1"),
        ("John 3:16a-b", "John.3.16"),
        ("John 3:16c; 1 Cor 13:4", "John.3.16,1Cor.13.4"),
        ("Is 52, 13 \u2013 53, 12", "Isa.52.13-Isa.53.12"),
        ("Gn 1, 1 \u2013 2, 4a", "Gen.1.1-Gen.2.4"),
        ("Judas 17.20-25", "Jude.1.17,Jude.1.20-Jude.1.25"),
        ("Flm 9-10.12-17", "Phlm.1.9-Phlm.1.10,Phlm.1.12-Phlm.1.17"),
        ("Mateo caps. 5, 6 y 7", "Matt.5-Matt.7"),
        ("Matt. v. 3-12", "Matt.5.3-Matt.5.12"),
        ("Rom. iii. 23; vi. 23", "Rom.3.23,Rom.6.23"),
        ("Rom. iii. 23; v. 8", "Rom.3.23,Rom.5.8"),
        ("Gen. i. 1-5; ii. 7", "Gen.1.1-Gen.1.5,Gen.2.7"),
        ("Luke i. 5 - ii. 10", "Luke.1.5-Luke.2.10"),
        ("Rev. iii. 20, xxi. 4", "Rev.3.20,Rev.21.4"),
        ("Jude v. 5", "Jude.1.5"),
        ("Salmo 22 (23), 1-6", "Ps.23"),
        ("Sl 22(23)", "Ps.23"),
        ("Salmo 23 [22], 1", "Ps.23.1"),
        ("Sl 115 (116B), 12-13", "Ps.116.12-Ps.116.13"),
        ("Mal 3 (4), 19-20", "Mal.4.1-Mal.4.2"),
        ("John 3:16\u2013end", "John.3.16-John.3.36"),
        ("Jn 3,16\u2013fin", "John.3.16-John.3.36"),
        ("Jo\u00e3o 3,16 at\u00e9 o fim", "John.3.16-John.3.36"),
        ("John 3:16; cf. Rom 8:28", "John.3.16,Rom.8.28"),
        ("Jn 3,16; v\u00e9ase 1 Jn 4,8", "John.3.16,1John.4.8"),
        ("Stgo 1:3", "Jas.1.3"),
        ("Fl 4,13", "Phil.4.13"),
        ("Apc 1:1", "Rev.1.1"),
        ("Cantar de cantares 1:2", "Song.1.2"),
        ("Lectura del libro del profeta Isa\u00edas 9, 1-3", "Isa.9.1-Isa.9.3"),
        ("Leitura do Livro do Profeta Isa\u00edas 9,1-3", "Isa.9.1-Isa.9.3"),
        ("\uff08John 3:16\uff09", "John.3.16"),
        ("\u3010John 3:16\u3011", "John.3.16"),
        ("\U0001f4d6 John 3:16", "John.3.16"),
        ("`John 3:16`", "John.3.16"),
        ("**John 3:16**", "John.3.16"),
    ],
)
def test_a_printed_citation_is_read(text: str, key: str) -> None:
    assert outcome(text) == key


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        (
            "Hebrews 12:1-3 John 1:1",
            (
                "Hebrews 12:1-3; John 1:1",
                (
                    "Hebrews 12-13; James 1-5; 1 Peter 1-5; 2 Peter 1-3; 1 John 1-5; 2 John 1; "
                    "3 John 1:1"
                ),
            ),
        ),
        ("G\u00e9nesis 1, 2 y 3", ("Genesis 1:2-3", "Genesis 1-3")),
        ("Mateus 5, 6 e 7", ("Matthew 5:6-7", "Matthew 5-7")),
        ("Gen 2:5; 15", ("Genesis 2:5,15", "Genesis 2:5; Genesis 15")),
        ("Jud 6", ("Jude 1:6", "Judges 6")),
        ("Jud 6:12", ("Judges 6:12", "Jude 1")),
        ("John 4 - v22", ("John 4:22", "John 4:1-22")),
        ("Hc 2:4", ("Acts 2:4", "Habakkuk 2:4")),
        ("John 3;16", ("John 3:16", "John 3; 16")),
        ("2 John 1-3 John 14", ("2 John 1:1-3; John 14", "2 John 1; 3 John 1")),
        ("Gen 1:1-2.3", ("Genesis 1:1-2:3", "Genesis 1:1-3")),
        ("Salmo 22 (24), 1", ("Psalms 22:1", "Psalms 24:1")),
        ("Salmo 114 (116)", ("Psalms 116:1-9", "Psalms 116")),
    ],
)
def test_two_readings_are_refused_and_suggested(text: str, readings: tuple[str, ...]) -> None:
    assert outcome(text) == readings


@pytest.mark.parametrize(
    ("text", "language", "first"),
    [
        ("Cf. Jo 14,6", "pt", "Jo\u00e3o 14:6"),
        ("Jo 3:l6", "pt", "Jo\u00e3o 3:16"),
        ("l John 4:8", "en", "1 John 4:8"),
        ("ll Tim 3:16", "en", "2 Timothy 3:16"),
        ("John 3:l6", "en", "John 3:16"),
        ("Isa 4O:3l", "en", "Isaiah 40:31"),
        ("Psalm ll9:105", "es", "Salmos 119:105"),
        ("Jl 4,1", "es", "Joel 3:1"),
        ("Mal 3,19-20a", "es", "Malaqu\u00edas 4:1-2"),
        ("Is 8:23", "en", "Isaiah 9:1"),
        ("Sal 51, 20", "es", "Salmos 51:18"),
    ],
)
def test_the_reading_meant_is_suggested_first(text: str, language: str, first: str) -> None:
    assert outcome(text, language)[0] == first


@pytest.mark.parametrize(
    "text", ["John 3:16 pm", "Psalm 23 at 7", "Ps 118:1 et 3", "Romans 8 is 5", "Juan 3:16 de 5"]
)
def test_a_short_word_after_a_number_is_no_book(text: str) -> None:
    with pytest.raises(ReferenceInvalid):
        parse(text)


@pytest.mark.parametrize(
    "name", ["Eclo", "Si", "Sb", "Tb", "Ba", "Br", "Sab", "1 Mac", "2 M", "Jdt", "Ecclesiasticus"]
)
def test_a_deuterocanonical_book_is_named_as_such(name: str) -> None:
    with pytest.raises(ReferenceInvalid, match="deuterocanonical"):
        parse(f"{name} 3,1")


def verse_letters(generator: Generator) -> None:
    book = generator.choice(LONG_BOOKS)
    chapter = generator.randint(1, book.chapters)
    last = verses_in(book.usfm, chapter)
    verses = sorted(generator.sample(range(1, last + 1), min(last, generator.randint(1, 4))))
    colon, comma = generator.choice([(":", ","), (":", ", "), (",", "."), (", ", ". "), (":", ".")])
    plain = f"{book.name()} {chapter}:" + ",".join(map(str, verses))
    lettered = comma.join(f"{verse}{generator.choice(LETTERS)}" for verse in verses)
    text = f"{book.name(generator.choice(['es', 'pt']))} {chapter}{colon}{lettered}"

    assert outcome(text) == parse(plain).osis, text


def ranges_with_letters(generator: Generator) -> None:
    book = generator.choice(LONG_BOOKS)
    chapter = generator.randint(1, book.chapters)
    first, last = sorted(generator.choices(range(1, verses_in(book.usfm, chapter) + 1), k=2))
    opening, closing = generator.choice(LETTERS), generator.choice(LETTERS)
    text = f"{book.name()} {chapter}:{first}{opening}-{last}{closing}"

    assert outcome(text) == parse(f"{book.name()} {chapter}:{first}-{last}").osis, text


def second_references(generator: Generator) -> None:
    one, other = generator.choice(LONG_BOOKS), generator.choice(LONG_BOOKS)
    (chapter, verse), (c, v) = point(generator, one), point(generator, other)
    last = min(verse + generator.randint(0, 3), verses_in(one.usfm, chapter))
    name = other.name(generator.choice(["en", "es", "pt"]))
    both = f"{one.name()} {chapter}:{verse}-{last}; {name} {c}:{v}"
    text = both.replace(";", "")

    assert is_read_or_refused(text, parse(both).osis) or isinstance(outcome(text), tuple), text


def ranges_across_chapters(generator: Generator) -> None:
    book = generator.choice(LONG_BOOKS)
    chapter = generator.randint(1, book.chapters - 1)
    verse = generator.randint(1, verses_in(book.usfm, chapter))
    last = generator.randint(1, verses_in(book.usfm, chapter + 1))
    name = book.name(generator.choice(["es", "pt"]))
    meant = parse(f"{name} {chapter}:{verse}-{chapter + 1}:{last}").osis
    spaced = f"{name} {chapter}, {verse} \u2013 {chapter + 1}, {last}"

    assert outcome(spaced) == meant, spaced
    assert is_read_or_refused(f"{name} {chapter},{verse}-{chapter + 1},{last}", meant), spaced


def books_of_one_chapter(generator: Generator) -> None:
    book = generator.choice(SHORT_BOOKS)
    verses = sorted(generator.sample(range(2, verses_in(book.usfm, 1) + 1), 3))
    text = f"{book.name('es')} " + generator.choice([".", ". ", ", "]).join(map(str, verses))
    key = parse(f"{book.name()} 1:" + ",".join(map(str, verses))).osis

    assert is_read_or_refused(text, key), text


def lists_of_chapters(generator: Generator) -> None:
    book = generator.choice([book for book in LONG_BOOKS if book.chapters > 3])
    first = generator.randint(1, book.chapters - 2)
    language, word = generator.choice([("es", "y"), ("pt", "e"), ("en", "and")])
    numbers = f"{first}, {first + 1} {word} {first + 2}"
    meant = f"{book.osis}.{first}-{book.osis}.{first + 2}"
    plural = generator.choice(["caps.", "chapters", "cap\u00edtulos"])

    assert is_read_or_refused(f"{book.name(language)} {numbers}", meant), numbers
    assert is_read_or_refused(f"{book.name(language)} {plural} {numbers}", meant), numbers


def numbers_after_a_semicolon(generator: Generator) -> None:
    book = generator.choice(LONG_BOOKS)
    chapter, verse = point(generator, book)
    number = generator.randint(1, 60)
    is_verse, is_chapter = number <= verses_in(book.usfm, chapter), number <= book.chapters
    found = outcome(f"{book.name()} {chapter}:{verse}; {number}")

    assert isinstance(found, tuple) or is_verse != is_chapter, (book.usfm, chapter, number)


def roman_chapters(generator: Generator) -> None:
    book = generator.choice(LONG_BOOKS)
    (chapter, verse), (c, v) = sorted([point(generator, book), point(generator, book)])
    between = generator.choice(["; ", ", "])
    text = f"{book.osis}. {to_roman(chapter)}. {verse}{between}{to_roman(c)}. {v}"

    assert is_read_or_refused(text, parse(f"{book.name()} {chapter}:{verse}; {c}:{v}").osis), text


def pairs_of_psalms(generator: Generator) -> None:
    psalm = generator.choice([*range(11, 114), *range(117, 147)])
    verse = generator.randint(1, verses_in("PSA", psalm))
    name, (one, other) = generator.choice(["Sal", "Sl", "Salmo"]), (psalm - 1, psalm)
    numbers = generator.choice([f"{one} ({other})", f"{other}({one})", f"{one}[{other}]"])

    assert outcome(f"{name} {numbers}, {verse}") == f"Ps.{psalm}.{verse}"
    assert outcome(f"{name} {numbers}") == f"Ps.{psalm}"
    assert f"Psalms {psalm}:{verse}" in outcome(f"{name} {psalm} ({psalm + 3}), {verse}")


def verses_of_other_numberings(generator: Generator) -> None:
    book = generator.choice([BOOKS[18], BOOKS[28], BOOKS[38], BOOKS[27], BOOKS[3]])
    chapter = generator.randint(1, book.chapters + 1)
    verse = verses_in(book.usfm, chapter) + generator.randint(1, 3)
    places = standard_verses(book.usfm, chapter, verse)
    names = [f"{book.name()} {c}:{v}" for c, v in places]

    assert set(names) <= set(outcome(f"{book.name()} {chapter}:{verse}"))


def recognition_errors(generator: Generator) -> None:
    book = generator.choice(LONG_BOOKS)
    chapter, verse = point(generator, book)
    digits = str(verse).replace("1", "l").replace("0", "O")
    found = outcome(f"{book.name()} {chapter}:{digits}")
    meant = f"{book.name()} {chapter}:{verse}"

    assert found == parse(meant).osis or found[0] == meant, (meant, found)


def surrounding_characters(generator: Generator) -> None:
    book = generator.choice(BOOKS)
    chapter, verse = point(generator, book)
    brackets = ("()", "[]", "\u300c\u300d", "\u201e\u201c", "``", "\u2606\u2606")
    opening = generator.choice([pair[0] for pair in brackets] + ["\U0001f64f ", "* "])
    closing = generator.choice([pair[1] for pair in brackets] + [" \U0001f64f"])
    text = f"{book.name('pt')} {chapter}:{verse}"

    assert outcome(f"{opening}{text}{closing}") == parse(text).osis


@pytest.mark.parametrize(
    "check",
    [
        verse_letters,
        ranges_with_letters,
        second_references,
        ranges_across_chapters,
        books_of_one_chapter,
        lists_of_chapters,
        numbers_after_a_semicolon,
        roman_chapters,
        pairs_of_psalms,
        verses_of_other_numberings,
        recognition_errors,
        surrounding_characters,
    ],
)
def test_random_citations_are_never_read_wrongly(check: Callable[[Generator], None]) -> None:
    generator = Generator(10)
    for _ in range(CASES):
        check(generator)


def test_a_formatted_ambiguity_is_a_reference() -> None:
    with pytest.raises(ReferenceInvalid) as caught:
        parse("Gen 2:5; 15")

    assert all(isinstance(parse(text), Reference) for text in caught.value.suggestions)
