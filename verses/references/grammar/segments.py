"""Parts of a reference between semicolons and names, and the signs in them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from verses.references.tokens.lexer import END, NUMBER, WORD, Token
from verses.references.tokens.vocabulary import (
    AND_WORDS,
    PLURAL_CHAPTER_WORDS,
    VERSE_WORDS,
    roman_value,
    starts_book,
)


@dataclass(slots=True)
class Segment:
    """Token indices of the commas and dots between two numbers, and of the other signs."""

    commas: list[int] = field(default_factory=list)
    dots: list[int] = field(default_factory=list)
    dashes: list[int] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    has_and: bool = False
    is_decided: bool = False
    """True with a colon or a word for verse or for chapters: a comma lists verses or chapters."""

    @property
    def is_undecided(self) -> bool:
        """True if a comma may separate chapter and verse."""
        # `3.16,18`: the dot separates chapter and verse, so the comma lists verses.
        has_dot_first = bool(self.commas and self.dots and self.dots[0] < self.commas[0])
        return bool(self.commas) and not has_dot_first and not self.is_decided

    def is_simple(self, tokens: Sequence[Token]) -> bool:
        """Return whether each comma can only separate a chapter from a verse in print.

        True for `3,16` and for a range of chapters and verses, `52, 13 - 53, 12`.
        """
        if len(self.commas) == 1:
            return True
        if len(self.commas) != 2 or len(self.dashes) != 1 or self.numbers[2:3] == []:  # noqa: PLR2004
            return False
        first, second = self.commas
        dash = self.dashes[0]
        is_spaced = tokens[dash].spaced and tokens[dash + 1].spaced
        return first < dash < second and second == dash + 2 and is_spaced

    def may_list_chapters(self, tokens: Sequence[Token]) -> bool:
        """Return whether `1, 2 y 3` looks like chapters: in order, as a list is written."""
        if not self.has_and or self.dashes or self.dots:
            return False
        numbers = [tokens[index] for index in self.numbers]
        if any(number.letters or number.kind != NUMBER for number in numbers):
            return False
        steps = [int(b.text[-9:]) - int(a.text[-9:]) for a, b in pairwise(numbers)]
        return all(step > 0 for step in steps) and (steps[0] == 1 or numbers[1].spaced)


def segments_of(tokens: Sequence[Token]) -> Iterator[Segment]:
    """Split at semicolons and names."""
    segment = Segment()
    for index, token in enumerate(tokens):
        if token.kind in (";", END) or starts_book(tokens, index):
            yield segment
            segment = Segment()
        elif token.kind == WORD:
            _add_word(segment, token, index)
        elif token.kind == NUMBER:
            segment.numbers.append(index)
        elif token.kind == ":":
            segment.is_decided = True
        elif token.kind == "-":
            segment.dashes.append(index)
        elif token.kind in (",", ".") and _is_between_numbers(tokens, index):
            (segment.commas if token.kind == "," else segment.dots).append(index)


def _add_word(segment: Segment, token: Token, index: int) -> None:
    if token.text in VERSE_WORDS or token.text in PLURAL_CHAPTER_WORDS:
        segment.is_decided = True
    elif token.text in AND_WORDS:
        segment.has_and = True
    elif roman_value(token.text):
        segment.numbers.append(index)


def _is_between_numbers(tokens: Sequence[Token], index: int) -> bool:
    before, after = tokens[index - 1], tokens[index + 1]
    is_number = before.kind == NUMBER or (before.kind == WORD and roman_value(before.text) > 0)
    return is_number and after.kind == NUMBER and not starts_book(tokens, index + 1)
