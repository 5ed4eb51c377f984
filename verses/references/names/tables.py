"""Read the tables of names."""

from typing import NamedTuple

from verses.references.folding import fold
from verses.references.names import english, portuguese, spanish

TABLES = {"en": english.TABLE, "es": spanish.TABLE, "pt": portuguese.TABLE}


class Row(NamedTuple):
    """One line of a table: a book, or a numbered family such as 1 and 2 Samuel."""

    books: tuple[str, ...]
    shown: str
    full: tuple[str, ...]
    short: tuple[str, ...]


class Naming(NamedTuple):
    """One name of one book in one language; `key` keeps accents and carries the numeral."""

    key: str
    book: str
    language: str
    is_full: bool


def key_of(name: str) -> str:
    """`1 Génesis` -> `1génesis`."""
    return "".join(letter for letter in fold(name) if letter.isalnum())


def numeral_of(book: str) -> str:
    """Return the numeral in front of a numbered book: `1SA` -> `1`, `GEN` -> ``."""
    return book[0] if book[0].isdigit() else ""


def rows(language: str) -> list[Row]:
    """Lines of the table of a language, in canonical order."""
    return [_row(line) for line in TABLES[language].strip().splitlines()]


def namings(language: str) -> list[Naming]:
    """Every name of every book in a language; a family's names once for each of its books."""
    return [naming for row in rows(language) for naming in _namings(row, language)]


def keys_listed(names: str) -> list[str]:
    """Keys of names listed with commas, over any number of lines."""
    return [key_of(name) for name in names.replace("\n", ",").split(",") if name.strip()]


def shown_names(language: str) -> dict[str, str]:
    """USFM id -> the name to show: `1SA` -> `1 Samuel`."""
    return {
        book: f"{numeral_of(book)} {row.shown}".lstrip()
        for row in rows(language)
        for book in row.books
    }


def _row(line: str) -> Row:
    books, shown, full, short = (cell.strip() for cell in line.split("|"))
    return Row(tuple(books.split()), shown, _listed(full), _listed(short))


def _listed(cell: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in cell.split(",") if name.strip())


def _namings(row: Row, language: str) -> list[Naming]:
    keys = [(key_of(name), True) for name in (row.shown, *row.full)]
    keys += [(key_of(name), False) for name in row.short]
    return [
        Naming(numeral_of(book) + key, book, language, is_full)
        for book in row.books
        for key, is_full in keys
    ]
