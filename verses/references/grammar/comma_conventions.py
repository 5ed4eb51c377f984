"""What a comma between two numbers means.

In Spanish and Portuguese Bibles `Jn 3,16.18` is John 3:16 and 18; in English ones `3,16` are two
chapters. If there is no colon, the text is parsed under each convention. It is accepted if the
languages of the names decide, or if only one of the results exists in the Bible.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from verses.references.errors import ErrorCode, ParseError
from verses.references.grammar.lead_ins import strip_lead_ins
from verses.references.grammar.parser import ReferenceParser, SingleChapter
from verses.references.grammar.ranges import check_verse_limit, merge_adjacent
from verses.references.reference import Reference
from verses.references.tokens.lexer import END, NUMBER, WORD, Token, tokenize
from verses.references.tokens.vocabulary import (
    VERSE_LETTERS,
    VERSE_WORDS,
    roman_value,
    starts_book,
)

_NAME_ERRORS = frozenset(
    (
        ErrorCode.UNKNOWN_BOOK,
        ErrorCode.AMBIGUOUS_BOOK,
        ErrorCode.NOT_IN_CANON,
        ErrorCode.TOO_MANY_MISSPELLINGS,
    )
)
# A result that is too long may still be the one that was meant, so it counts as a result.
_LENGTH_ERRORS = frozenset((ErrorCode.TOO_MANY_PASSAGES, ErrorCode.TOO_MANY_VERSES))


class _Segment(NamedTuple):
    """Token indices of the commas and dots between two numbers, in a segment without a colon."""

    commas: list[int]
    dots: list[int]


class _ParseAttempt:
    """The result of one convention: a reference or an error."""

    def __init__(self, text: str, tokens: Sequence[Token], single_chapter: SingleChapter) -> None:
        parser = ReferenceParser(text, list(tokens), single_chapter)
        self.reference: Reference | None = None
        self.error = ParseError(ErrorCode.EMPTY)
        try:
            self.reference = Reference(check_verse_limit(merge_adjacent(parser.parse())))
        except ParseError as error:
            self.error = error
            if parser.spans and error.code is not ErrorCode.TOO_MANY_VERSES:
                error.parsed_prefix = Reference(merge_adjacent(parser.spans))
        self.comma_separates_verse = parser.names.comma_separates_verse

    def result(self) -> Reference:
        """Return the reference; raises its ParseError if there is none."""
        if self.reference is None:
            raise self.error
        return self.reference


def parse_text(text: str, single_chapter: SingleChapter = "chapter") -> Reference:
    """Return the reference that a normalized text means; raises ParseError."""
    tokens = strip_lead_ins(tokenize(text))
    segments = [segment for segment in _segments(tokens) if _is_undecided(segment)]
    if not segments:
        return _ParseAttempt(text, tokens, single_chapter).result()
    with_verses = _ParseAttempt(
        text, _as_colons(tokens, segments, limit=len(tokens)), single_chapter
    )
    if with_verses.error.code in _NAME_ERRORS | _LENGTH_ERRORS:
        return with_verses.result()
    is_simple = all(len(segment.commas) == 1 for segment in segments)
    if is_simple and with_verses.comma_separates_verse and with_verses.reference:
        return with_verses.reference
    with_chapters = _ParseAttempt(text, tokens, single_chapter)
    if is_simple and with_verses.comma_separates_verse:
        return (with_chapters if with_chapters.reference else with_verses).result()
    if is_simple:
        return _only_valid_parse([with_verses, with_chapters])
    mixed = _ParseAttempt(text, _as_colons(tokens, segments, limit=1), single_chapter)
    return _only_valid_parse([with_verses, mixed, with_chapters])


def _only_valid_parse(attempts: list[_ParseAttempt]) -> Reference:
    found = dict.fromkeys(attempt.reference for attempt in attempts if attempt.reference)
    too_long = [attempt for attempt in attempts if attempt.error.code in _LENGTH_ERRORS]
    if len(found) > 1:
        raise ParseError(ErrorCode.AMBIGUOUS_NUMBERS, candidates=list(found))
    if found and not too_long:
        return next(iter(found))
    return (too_long or attempts)[0].result()


def _as_colons(tokens: list[Token], segments: list[_Segment], *, limit: int) -> list[Token]:
    """Replace the first `limit` commas of each segment by colons, and its dots by commas."""
    rewritten = list(tokens)
    for segment in segments:
        for index in segment.commas[:limit]:
            rewritten[index] = tokens[index]._replace(kind=":")
        for index in segment.dots:
            rewritten[index] = tokens[index]._replace(kind=",")
    return rewritten


def _is_undecided(segment: _Segment) -> bool:
    # `3.16,18`: the dot separates chapter and verse, so the comma lists verses.
    has_dot_first = bool(segment.commas and segment.dots and segment.dots[0] < segment.commas[0])
    return bool(segment.commas) and not has_dot_first


def _segments(tokens: list[Token]) -> Iterator[_Segment]:
    """Split at semicolons and names; skip segments with a colon or a word for verse."""
    segment, decided = _Segment([], []), False
    for index, token in enumerate(tokens):
        if token.kind in (";", END) or starts_book(tokens, index):
            if not decided:
                yield segment
            segment, decided = _Segment([], []), False
        elif token.kind == ":" or (token.kind == WORD and token.text in VERSE_WORDS):
            decided = True
        elif token.kind in (",", ".") and _is_between_numbers(tokens, index):
            (segment.commas if token.kind == "," else segment.dots).append(index)


def _is_between_numbers(tokens: list[Token], index: int) -> bool:
    before, after = tokens[index - 1], tokens[index + 1]
    if before.text in VERSE_LETTERS and not before.spaced:
        before = tokens[index - 2]  # `9a. 10`
    is_number = before.kind == NUMBER or (before.kind == WORD and roman_value(before.text) > 0)
    return is_number and after.kind == NUMBER and not starts_book(tokens, index + 1)
