"""References that a user may have meant, in the user's language."""

import re
from collections.abc import Iterable, Iterator

from verses.references.books import BY_USFM
from verses.references.errors import ErrorCode, ParseError
from verses.references.grammar.comma_conventions import parse_text
from verses.references.reference import Reference
from verses.references.suggestions.number_words import to_digits
from verses.references.tokens.normalizing import normalize

MAX_SUGGESTIONS = 5
_LENGTH_ERRORS = frozenset(
    (ErrorCode.TOO_LONG, ErrorCode.TOO_MANY_PASSAGES, ErrorCode.TOO_MANY_VERSES)
)
# The text before and after a name is parsed once for each suggestion, so its length is bounded.
_MAX_REPEATED_LENGTH = 60
_SEPARATOR = re.compile("[;,]")


def from_error(error: ParseError, language: str) -> tuple[str, ...]:
    """Return at most MAX_SUGGESTIONS valid references, most likely first."""
    found = format_valid(_candidates(error), language, MAX_SUGGESTIONS)
    if found and error.code is not ErrorCode.AMBIGUOUS_BOOK:
        return found
    # Books without such a passage may still be the ones that were meant.
    rest = _short_rest(error)
    without_passage = (
        f"{osis} 1"
        for osis in (BY_USFM[book].osis for book in error.books)
        if not _parse_or_none(f"{osis} {rest}")
    )
    return (found + format_valid(without_passage, language, MAX_SUGGESTIONS))[:MAX_SUGGESTIONS]


def from_number_words(error: ParseError, text: str, language: str) -> tuple[str, ...]:
    """Return the reference that a text means if its numbers are in words."""
    if error.code in _LENGTH_ERRORS:
        return ()
    return format_valid([to_digits(normalize(text))], language, MAX_SUGGESTIONS)


def near_missing(error: ParseError, language: str) -> tuple[str, ...]:
    """Return the part before a missing passage, and its chapter or the last one of the book."""
    prefix = [error.parsed_prefix] if error.parsed_prefix else []
    return format_valid([*prefix, *error.candidates], language, MAX_SUGGESTIONS)


def format_valid(
    candidates: Iterable[str | Reference], language: str, limit: int
) -> tuple[str, ...]:
    """Return the names of the first `limit` different references among the valid candidates."""
    found: dict[str, None] = {}
    for candidate in candidates:
        if len(found) >= limit:
            break
        reference = _parse_or_none(candidate) if isinstance(candidate, str) else candidate
        if reference:
            found[reference.format(language)] = None
    return tuple(found)


def _candidates(error: ParseError) -> Iterator[str | Reference]:
    prefix = error.parsed_prefix.format() if error.parsed_prefix else ""
    opening = f"{prefix}; " if prefix and len(prefix) <= _MAX_REPEATED_LENGTH else ""
    rest = _short_rest(error)
    for candidate in error.candidates:
        yield opening + candidate if isinstance(candidate, str) else candidate
    for book in error.books:
        yield f"{opening}{BY_USFM[book].osis} {rest}"
    if error.parsed_prefix and not error.candidates and not error.books:
        yield prefix


def _short_rest(error: ParseError) -> str:
    """Return the text after the name or its first part; `1` if it is empty or too long."""
    parts = (error.rest, _SEPARATOR.split(error.rest)[0])
    return next((part for part in parts if 0 < len(part) <= _MAX_REPEATED_LENGTH), "1")


def _parse_or_none(text: str) -> Reference | None:
    try:
        return parse_text(normalize(text))
    except ParseError:
        return None
