"""What a half-typed reference may become."""

import re

from verses.references.books import BY_USFM
from verses.references.folding import fold, strip_accents
from verses.references.names.index import NAMES
from verses.references.names.spelling import nearest
from verses.references.names.tables import Naming, key_of
from verses.references.suggestions import formatted

_NAME_AND_NUMBERS = re.compile(r"(\W*[1-4]?[^0-9:;,]*)(.*)", re.DOTALL)
_MAX_CHARACTERS = 80
_MAX_BOOKS = 10


def suggest(text: str, language: str = "en", limit: int = 5) -> tuple[str, ...]:
    """At most `limit` books (`John`) or references (`John 3:16`) that begin as `text` does.

    Names of every language are recognised, names of `language` come first, answers are in
    `language`. A misspelt beginning gets the books with the most similar names. Never raises;
    texts of more than 80 characters get nothing.
    """
    if len(text) > _MAX_CHARACTERS:
        return ()
    name, numbers = _split(fold(text))
    books = _beginning_with(name, language) or list(nearest(name).similar)
    if not numbers:
        return tuple(BY_USFM[book].name(language) for book in books[: max(limit, 0)])
    texts = [f"{BY_USFM[book].osis} {numbers}" for book in books[:_MAX_BOOKS]]
    return formatted(texts, language, limit)


def _split(folded: str) -> tuple[str, str]:
    match = _NAME_AND_NUMBERS.match(folded)
    name, numbers = match.groups() if match else ("", "")
    return strip_accents(key_of(name)), numbers.strip(" :;,-.")


def _beginning_with(key: str, language: str) -> list[str]:
    ranked = sorted(
        (_rank(naming, key, language[:2]), place)
        for place, naming in enumerate(NAMES)
        if key and _begins(naming, key)
    )
    return list(dict.fromkeys(NAMES[place].book for _, place in ranked))


def _begins(naming: Naming, key: str) -> bool:
    return naming.key.startswith(key) or naming.key.lstrip("123").startswith(key)


def _rank(naming: Naming, key: str, language: str) -> tuple[bool, bool, int]:
    """Names of the user's language first, then exact ones, then books in canonical order."""
    is_exact = key in (naming.key, naming.key.lstrip("123"))
    return (naming.language != language, not is_exact, BY_USFM[naming.book].order)
