"""References a user may have meant, in the user's language."""

from collections.abc import Iterable, Iterator
from contextlib import suppress

from verses.references import conventions
from verses.references.books import BY_USFM
from verses.references.folding import fold
from verses.references.lexer import tokenize
from verses.references.problems import Problem

MOST = 5


def for_problem(problem: Problem, language: str) -> tuple[str, ...]:
    """At most five references that read well, most likely first."""
    found = formatted(_texts(problem), language, MOST)
    openings = (f"{BY_USFM[book].osis} 1" for book in problem.books)
    return found or formatted(openings, language, MOST)


def formatted(texts: Iterable[str], language: str, limit: int) -> tuple[str, ...]:
    """Name in `language` the first `limit` different references among `texts` that read well."""
    found: dict[str, None] = {}
    for text in texts:
        if len(found) >= limit:
            break
        found |= dict.fromkeys(_named(text, language))
    return tuple(found)


def _named(text: str, language: str) -> Iterator[str]:
    folded = fold(text)
    with suppress(Problem):
        yield conventions.read(folded, tokenize(folded), "chapter").format(language)


def _texts(problem: Problem) -> Iterator[str]:
    before = f"{problem.before}; " if problem.before else ""
    for guess in problem.guesses:
        yield before + guess
    for book in problem.books:
        yield f"{before}{BY_USFM[book].osis} {problem.rest or 1}"
    if problem.before and not problem.guesses and not problem.books:
        yield problem.before
