"""References a user may have meant, in the user's language."""

import re
from collections.abc import Iterable, Iterator

from verses.references import conventions
from verses.references.books import BY_USFM
from verses.references.folding import fold
from verses.references.lexer import tokenize
from verses.references.passages import Reference
from verses.references.problems import Code, Problem
from verses.references.spoken import in_digits

MAX_SUGGESTIONS = 5
_ABOUT_LENGTH = frozenset((Code.TOO_LONG, Code.TOO_MANY_PARTS, Code.TOO_MANY_VERSES))
# What follows or precedes a name is read once for each suggestion, so it is kept short.
_MAX_REPEATED = 60
_FIRST = re.compile("[;,]")


def for_problem(problem: Problem, language: str) -> tuple[str, ...]:
    """At most five references that read well, most likely first."""
    found = formatted(_guesses(problem), language, MAX_SUGGESTIONS)
    if found and problem.code is not Code.AMBIGUOUS_BOOK:
        return found
    openings = [f"{BY_USFM[book].osis} 1" for book in _without_guess(problem)]
    return (found + formatted(openings, language, MAX_SUGGESTIONS))[:MAX_SUGGESTIONS]


def for_dictation(problem: Problem, text: str, language: str) -> tuple[str, ...]:
    """Name what a text means if its numbers are in words."""
    if problem.code in _ABOUT_LENGTH:
        return ()
    return formatted([in_digits(fold(text))], language, MAX_SUGGESTIONS)


def for_absence(problem: Problem, language: str) -> tuple[str, ...]:
    """Name what could be read ahead of it, and the chapter, or the last one of the book."""
    before = [problem.before] if problem.before else []
    return formatted([*before, *problem.guesses], language, MAX_SUGGESTIONS)


def _without_guess(problem: Problem) -> Iterator[str]:
    """Books that have no such passage, and may still be the ones that were meant."""
    rest = _short_rest(problem)
    for book in problem.books:
        if not _read(f"{BY_USFM[book].osis} {rest}"):
            yield book


def formatted(guesses: Iterable[str | Reference], language: str, limit: int) -> tuple[str, ...]:
    """Name in `language` the first `limit` different references among those that read well."""
    found: dict[str, None] = {}
    for guess in guesses:
        if len(found) >= limit:
            break
        reference = _read(guess) if isinstance(guess, str) else guess
        if reference:
            found[reference.format(language)] = None
    return tuple(found)


def _guesses(problem: Problem) -> Iterator[str | Reference]:
    before = problem.before.format() if problem.before else ""
    opening = f"{before}; " if before and len(before) <= _MAX_REPEATED else ""
    rest = _short_rest(problem)
    for guess in problem.guesses:
        yield opening + guess if isinstance(guess, str) else guess
    for book in problem.books:
        yield f"{opening}{BY_USFM[book].osis} {rest}"
    if problem.before and not problem.guesses and not problem.books:
        yield before


def _short_rest(problem: Problem) -> str:
    """Return what follows the name, or its first part; chapter 1 if it is nothing or too long."""
    parts = (problem.rest, _FIRST.split(problem.rest)[0])
    return next((part for part in parts if 0 < len(part) <= _MAX_REPEATED), "1")


def _read(text: str) -> Reference | None:
    folded = fold(text)
    try:
        return conventions.read(folded, tokenize(folded), "chapter")
    except Problem:
        return None
