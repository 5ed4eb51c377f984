"""What a comma between two numbers means.

In Spanish and Portuguese Bibles `Jn 3,16.18` is John 3:16 and 18; in English ones `3,16` are two
chapters. If there is no colon, the text is parsed under each convention. It is accepted if the
languages of the names decide, or if only one of the results exists in the Bible.
"""

from collections.abc import Sequence

from verses.references.errors import ErrorCode, ParseError
from verses.references.grammar.parser import ReferenceParser, SingleChapter
from verses.references.grammar.ranges import check_verse_limit, merge_adjacent
from verses.references.grammar.segments import Segment, segments_of
from verses.references.reference import Reference
from verses.references.tokens.lexer import Token

_NAME_ERRORS = frozenset(
    (
        ErrorCode.UNKNOWN_BOOK,
        ErrorCode.AMBIGUOUS_BOOK,
        ErrorCode.NOT_IN_CANON,
        ErrorCode.DEUTEROCANONICAL,
        ErrorCode.TOO_MANY_MISSPELLINGS,
    )
)
# Errors that every convention has.
_FINAL_ERRORS = _NAME_ERRORS | {ErrorCode.TOO_MANY_PASSAGES}


class ParseAttempt:
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


def attempts_of(
    text: str, tokens: list[Token], single_chapter: SingleChapter
) -> list[ParseAttempt]:
    """Return the results of the conventions that the text may follow, most likely first.

    If the names decide the convention, there is one result.
    """
    all_segments = segments_of(tokens) if "," in text else ()
    segments = [segment for segment in all_segments if segment.is_undecided]
    if not segments:
        return [ParseAttempt(text, tokens, single_chapter)]
    with_verses = ParseAttempt(
        text, _as_colons(tokens, segments, limit=len(tokens)), single_chapter
    )
    is_list = any(segment.may_list_chapters(tokens) for segment in segments)
    is_renumbered = with_verses.comma_separates_verse and with_verses.error.is_renumbered
    if with_verses.error.code in _FINAL_ERRORS or (is_renumbered and not is_list):
        return [with_verses]
    is_simple = all(segment.is_simple(tokens) for segment in segments)
    decides = is_simple and with_verses.comma_separates_verse
    if decides and with_verses.reference and not is_list:
        return [with_verses]
    with_chapters = ParseAttempt(text, tokens, single_chapter)
    if decides and not is_list:
        return [with_chapters if with_chapters.reference else with_verses]
    if all(len(segment.commas) == 1 for segment in segments):
        return [with_verses, with_chapters]
    mixed = ParseAttempt(text, _as_colons(tokens, segments, limit=1), single_chapter)
    return [with_verses, mixed, with_chapters]


def only_valid(attempts: Sequence[ParseAttempt]) -> Reference:
    """Return the only reference among the results; raises ParseError if there are several."""
    found = dict.fromkeys(attempt.reference for attempt in attempts if attempt.reference)
    if len(found) > 1:
        raise ParseError(ErrorCode.AMBIGUOUS_NUMBERS, candidates=list(found))
    if found:
        return next(iter(found))
    too_long = [one for one in attempts if one.error.code is ErrorCode.TOO_MANY_VERSES]
    return (too_long or attempts)[0].result()


def _as_colons(tokens: list[Token], segments: list[Segment], *, limit: int) -> list[Token]:
    """Replace the first `limit` commas of each segment by colons, and its dots by commas."""
    rewritten = list(tokens)
    for segment in segments:
        for index in segment.commas[:limit]:
            rewritten[index] = tokens[index]._replace(kind=":")
        for index in segment.dots:
            rewritten[index] = tokens[index]._replace(kind=",")
    return rewritten
