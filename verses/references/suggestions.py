"""References a user may have meant, in the user's language."""

from collections.abc import Iterable, Iterator

from verses.references import conventions
from verses.references.books import BY_USFM
from verses.references.folding import fold
from verses.references.lexer import tokenize
from verses.references.problems import Problem

MOST = 5


def for_problem(problem: Problem, language: str) -> tuple[str, ...]:
    """At most five references that read well, most likely first."""
    return formatted(_texts(problem), language, MOST)


def formatted(texts: Iterable[str], language: str, limit: int) -> tuple[str, ...]:
    """Name in `language` the first `limit` different references among `texts` that read well."""
    found: dict[str, None] = {}
    for text in texts:
        folded = fold(text)
        try:
            reference = conventions.read(folded, tokenize(folded), "chapter")
        except Problem:
            continue
        found[reference.format(language)] = None
        if len(found) == limit:
            break
    return tuple(found)


def _texts(problem: Problem) -> Iterator[str]:
    yield from problem.guesses
    for book in problem.books[:MOST]:
        yield f"{BY_USFM[book].osis} {problem.rest}"
    for book in problem.books[:MOST]:
        yield f"{BY_USFM[book].osis} 1"
