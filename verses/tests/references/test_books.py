"""Tables of books, names and verses."""

import subprocess
import sys

import pytest

from verses.references import BOOKS, BY_USFM, book_name, chapters_in, verses_in
from verses.references.names.index import ALL_NAMES
from verses.references.versification import VERSES

# Names used for several books; every other name means one.
AMBIGUOUS = {"jo", "so", "hb", "ha", "ma", "fil", "hc"}


def test_the_canon_has_66_books_and_31102_verses() -> None:
    assert len(BOOKS) == len(BY_USFM) == 66
    assert sum(book.chapters for book in BOOKS) == 1189
    assert sum(sum(verses) for verses in VERSES.values()) == 31_102


def test_the_old_testament_is_first_with_39_books() -> None:
    assert [book.testament for book in BOOKS] == ["OT"] * 39 + ["NT"] * 27
    assert [book.order for book in BOOKS] == list(range(1, 67))


@pytest.mark.parametrize(
    ("usfm", "osis", "english", "spanish", "portuguese"),
    [
        ("GEN", "Gen", "Genesis", "Génesis", "Gênesis"),
        ("1KI", "1Kgs", "1 Kings", "1 Reyes", "1 Reis"),
        ("SNG", "Song", "Song of Solomon", "Cantares", "Cânticos"),
        ("JHN", "John", "John", "Juan", "João"),
        ("3JN", "3John", "3 John", "3 Juan", "3 João"),
        ("REV", "Rev", "Revelation", "Apocalipsis", "Apocalipse"),
    ],
)
def test_a_book_has_identifiers_and_names(
    usfm: str, osis: str, english: str, spanish: str, portuguese: str
) -> None:
    named = [book_name(usfm, language) for language in ("en", "es", "pt")]

    assert BY_USFM[usfm].osis == osis
    assert named == [english, spanish, portuguese]


def test_chapters_beyond_the_last_have_no_verses() -> None:
    assert chapters_in("JHN") == 21
    assert verses_in("JHN", 3) == 36
    assert verses_in("JHN", 0) == verses_in("JHN", 22) == 0


def test_only_known_names_are_ambiguous() -> None:
    unnumbered = {
        key
        for key, entry in ALL_NAMES.items()
        if len(entry.books) > 1 and not any(book[0].isdigit() for book in entry.books)
    }

    assert unnumbered == AMBIGUOUS


def test_the_package_needs_only_the_standard_library() -> None:
    code = (
        "import sys; before = set(sys.modules); import verses.references;"
        "print({name.partition('.')[0] for name in set(sys.modules) - before}"
        " - set(sys.stdlib_module_names) - {'verses'})"
    )

    loaded = subprocess.run(  # noqa: S603  # this very interpreter, a constant program
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert loaded.stdout.strip() == "set()"
