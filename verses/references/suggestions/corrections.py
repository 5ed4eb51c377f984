"""References that a user may have meant, in the user's language."""

import re
from collections.abc import Iterable, Iterator

from verses.references.books import BY_USFM
from verses.references.errors import ErrorCode, ParseError
from verses.references.grammar.reading import parse_text
from verses.references.names.index import books_printed
from verses.references.reference import Reference
from verses.references.suggestions.look_alikes import replace_look_alikes
from verses.references.suggestions.number_words import to_digits
from verses.references.tokens.normalizing import normalize
from verses.references.tokens.surroundings import strip_surroundings

MAX_SUGGESTIONS = 5
_LENGTH_ERRORS = frozenset(
    (ErrorCode.TOO_LONG, ErrorCode.TOO_MANY_PASSAGES, ErrorCode.TOO_MANY_VERSES)
)
# The text before and after a name is parsed once for each suggestion, so its length is bounded.
_MAX_REPEATED_LENGTH = 60
_SEPARATOR = re.compile("[;,]")
_COLON = re.compile(r"[0-9]\s*[:.]")
_CHAPTER_AND_VERSE = re.compile(r"^([0-9]+)\s*,\s*([0-9]+)")


def corrections(error: ParseError, text: str, language: str) -> tuple[str, ...]:
    """Return at most MAX_SUGGESTIONS valid references for an invalid text, most likely first."""
    if error.code in _LENGTH_ERRORS:
        return _from_error(error, language)
    normalized = normalize(strip_surroundings(text))
    recognised = replace_look_alikes(normalized)
    is_other = recognised != normalized and len(normalized) <= _MAX_REPEATED_LENGTH
    found = _readings(recognised, language) if is_other else ()
    found = tuple(dict.fromkeys(found + _from_error(error, language)))[:MAX_SUGGESTIONS]
    return found or format_valid([to_digits(normalized)], language, MAX_SUGGESTIONS)


def _readings(text: str, language: str) -> tuple[str, ...]:
    """Return the name of a reference, or of those that it may mean."""
    try:
        return (parse_text(text).format(language),)
    except ParseError as error:
        is_ambiguous = error.code in (ErrorCode.AMBIGUOUS_BOOK, ErrorCode.AMBIGUOUS_NUMBERS)
        return _from_error(error, language) if is_ambiguous else ()


def _from_error(error: ParseError, language: str) -> tuple[str, ...]:
    found = format_valid(_candidates(error, language), language, MAX_SUGGESTIONS)
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


def _candidates(error: ParseError, language: str) -> Iterator[str | Reference]:
    prefix = error.parsed_prefix.format() if error.parsed_prefix else ""
    opening = f"{prefix}; " if prefix and len(prefix) <= _MAX_REPEATED_LENGTH else ""
    rest = _short_rest(error)
    for candidate in error.candidates:
        yield opening + candidate if isinstance(candidate, str) else candidate
    for book in _in_order(error, language):
        yield f"{opening}{BY_USFM[book].osis} {rest}"
    if error.parsed_prefix and not error.candidates and not error.books:
        yield prefix


def _in_order(error: ParseError, language: str) -> Iterable[str]:
    """Return the books of an error; those that the user's language prints so are first."""
    if error.code is not ErrorCode.AMBIGUOUS_BOOK:
        return error.books
    printed = books_printed(str(error.values.get("name", "")), language[:2])
    return dict.fromkeys([*(book for book in printed if book in error.books), *error.books])


def _short_rest(error: ParseError) -> str:
    """Return the text after the name or its first part; `1` if it is empty or too long.

    A comma that can separate chapter and verse becomes a colon.
    """
    if len(error.rest) <= _MAX_REPEATED_LENGTH and not _COLON.search(error.rest):
        rest = _CHAPTER_AND_VERSE.sub(r"\1:\2", error.rest)
    else:
        rest = error.rest
    parts = (rest, _SEPARATOR.split(rest)[0])
    return next((part for part in parts if 0 < len(part) <= _MAX_REPEATED_LENGTH), "1")


def _parse_or_none(text: str) -> Reference | None:
    try:
        return parse_text(normalize(text))
    except ParseError:
        return None
