"""Completions of a half-typed reference."""

import re

from verses.references.books import BY_USFM
from verses.references.names.index import ALIASES, BookAlias, key_of
from verses.references.names.spelling import closest
from verses.references.suggestions.corrections import format_valid
from verses.references.tokens.normalizing import normalize, strip_accents

_NAME_AND_NUMBERS = re.compile(r"(\W*[1-4]?[^0-9:;,]*)(.*)", re.DOTALL)
_MAX_CHARACTERS = 80
_MAX_BOOKS = 10


def autocomplete(text: str, language: str = "en", limit: int = 5) -> tuple[str, ...]:
    """Return at most `limit` books (`John`) or references (`John 3:16`) that start with `text`.

    Names of every language are recognised and names of `language` come first; the results are in
    `language`. For a misspelt name, the books with the most similar names are returned. Texts of
    more than 80 characters have no completions. Never raises.
    """
    if len(text) > _MAX_CHARACTERS:
        return ()
    key, numbers = _split(normalize(text))
    books = _books_with_prefix(key, language) or list(closest(key).similar)
    if not numbers:
        return tuple(BY_USFM[book].name(language) for book in books[: max(limit, 0)])
    candidates = [f"{BY_USFM[book].osis} {numbers}" for book in books[:_MAX_BOOKS]]
    return format_valid(candidates, language, limit)


def _split(text: str) -> tuple[str, str]:
    """Return the key of the name and the numbers of a normalized text."""
    match = _NAME_AND_NUMBERS.match(text)
    name, numbers = match.groups() if match else ("", "")
    return strip_accents(key_of(name)), numbers.strip(" :;,-.")


def _books_with_prefix(key: str, language: str) -> list[str]:
    ranked = sorted(
        (_rank(alias, key, language[:2]), index)
        for index, alias in enumerate(ALIASES)
        if key and (alias.key.startswith(key) or alias.key.lstrip("123").startswith(key))
    )
    return list(dict.fromkeys(ALIASES[index].book for _, index in ranked))


def _rank(alias: BookAlias, key: str, language: str) -> tuple[bool, bool, int]:
    """Sort key: names of the user's language, then exact ones, then the canonical order."""
    is_exact = key in (alias.key, alias.key.lstrip("123"))
    return (alias.language.code != language, not is_exact, BY_USFM[alias.book].order)
