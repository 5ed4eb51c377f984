"""What a comma between two numbers means.

In Spanish and Portuguese Bibles `Jn 3,16.18` is John 3:16 and 18; in English ones `3,16` are two
chapters. Where no colon settles it, the reference is read in every way that could be meant: the
names used must settle it, or one reading only may exist in the Bible.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from verses.references.asides import without_asides
from verses.references.grammar import Reader, SingleChapter
from verses.references.lexer import END, NUMBER, WORD, Token
from verses.references.passages import Reference
from verses.references.problems import Code, Problem
from verses.references.ranges import limited, merged
from verses.references.vocabulary import VERSE_LETTERS, VERSE_WORDS, roman, starts_book

_ABOUT_NAMES = frozenset(
    (Code.UNKNOWN_BOOK, Code.AMBIGUOUS_BOOK, Code.NOT_IN_CANON, Code.TOO_MANY_MISSPELLINGS)
)
# A reading too long to be answered is a reading all the same, and may be the one meant.
_TOO_LONG = frozenset((Code.TOO_MANY_PARTS, Code.TOO_MANY_VERSES))


class _Part(NamedTuple):
    """Places of the signs between two numbers, in a stretch without a colon."""

    commas: list[int]
    dots: list[int]


class _Attempt:
    """One reading: a reference, or the problem that stopped it."""

    def __init__(self, text: str, tokens: Sequence[Token], single_chapter: SingleChapter) -> None:
        reader = Reader(text, list(tokens), single_chapter)
        self.reference: Reference | None = None
        self.problem = Problem(Code.EMPTY)
        try:
            self.reference = Reference(limited(merged(reader.read())))
        except Problem as problem:
            self.problem = problem
            if reader.spans and problem.code is not Code.TOO_MANY_VERSES:
                problem.before = Reference(merged(reader.spans))
        self.continental = reader.names.continental

    def outcome(self) -> Reference:
        """Return the reference; raise its Problem if there is none."""
        if self.reference is None:
            raise self.problem
        return self.reference


def read(text: str, tokens: list[Token], single_chapter: SingleChapter) -> Reference:
    """Read the tokens of a folded text. Raises Problem."""
    tokens = without_asides(tokens)
    parts = [part for part in _parts(tokens) if _is_undecided(part)]
    if not parts:
        return _Attempt(text, tokens, single_chapter).outcome()
    dotted = _Attempt(text, _as_colons(tokens, parts, most=len(tokens)), single_chapter)
    if dotted.problem.code in _ABOUT_NAMES | _TOO_LONG:
        return dotted.outcome()
    is_simple = all(len(part.commas) == 1 for part in parts)
    if is_simple and dotted.continental and dotted.reference:
        return dotted.reference
    listed = _Attempt(text, tokens, single_chapter)
    if is_simple and dotted.continental:
        return (listed if listed.reference else dotted).outcome()
    if is_simple:
        return _only_reading([dotted, listed])
    first = _Attempt(text, _as_colons(tokens, parts, most=1), single_chapter)
    return _only_reading([dotted, first, listed])


def _only_reading(attempts: list[_Attempt]) -> Reference:
    found = dict.fromkeys(attempt.reference for attempt in attempts if attempt.reference)
    too_long = [attempt for attempt in attempts if attempt.problem.code in _TOO_LONG]
    if len(found) > 1:
        raise Problem(Code.TWO_READINGS, guesses=list(found))
    if found and not too_long:
        return next(iter(found))
    return (too_long or attempts)[0].outcome()


def _as_colons(tokens: list[Token], parts: list[_Part], *, most: int) -> list[Token]:
    """Let the first commas of each part separate chapter and verse, and dots separate verses."""
    rewritten = list(tokens)
    for part in parts:
        for place in part.commas[:most]:
            rewritten[place] = tokens[place]._replace(kind=":")
        for place in part.dots:
            rewritten[place] = tokens[place]._replace(kind=",")
    return rewritten


def _is_undecided(part: _Part) -> bool:
    dot_before_comma = bool(part.commas and part.dots and part.dots[0] < part.commas[0])
    return bool(part.commas) and not dot_before_comma


def _parts(tokens: list[Token]) -> Iterator[_Part]:
    """Cut at semicolons and names; stretches with a colon or the word for verse are left out."""
    part, decided = _Part([], []), False
    for place, token in enumerate(tokens):
        if token.kind in (";", END) or starts_book(tokens, place):
            if not decided:
                yield part
            part, decided = _Part([], []), False
        elif token.kind == ":" or (token.kind == WORD and token.text in VERSE_WORDS):
            decided = True
        elif token.kind in (",", ".") and _is_between_numbers(tokens, place):
            (part.commas if token.kind == "," else part.dots).append(place)


def _is_between_numbers(tokens: list[Token], place: int) -> bool:
    before, after = tokens[place - 1], tokens[place + 1]
    if before.text in VERSE_LETTERS and not before.spaced:
        before = tokens[place - 2]  # `9a. 10`
    is_number = before.kind == NUMBER or (before.kind == WORD and roman(before.text) > 0)
    return is_number and after.kind == NUMBER and not starts_book(tokens, place + 1)
