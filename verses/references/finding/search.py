"""Find the references of a running text.

Names must be exact and begin with a capital letter, names that are also words need a verse or a
sign that a reference is meant, and what the grammar refuses is left out: a reference that is not
found is better than a wrong one.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from verses.references.books import BY_USFM, LANGUAGE_CODES
from verses.references.errors import ParseError
from verses.references.finding.names import NameInText, Word, name_at
from verses.references.finding.numbers import Number, may_end, numbers_after
from verses.references.grammar.reading import parse_text
from verses.references.reference import Reference
from verses.references.tokens.normalizing import normalize

_WORD = re.compile(r"[^\W\d_]+|[0-9]+|\S")
_MAX_ATTEMPTS = 6
_MAX_SHORT_NAME = 3
_CUES = re.compile(
    r"(?:[(\[;\u2014\u2013]|\b(?:in|read|see|cf|cfr|from|chapter|en|lee|lea|leer|ver|v[eé]ase|em|"
    r"leia|ler|veja|Psalm|Salmo)\.?:?)[ \t\u00a0]*$",
    re.IGNORECASE,
)
_BRACKET = re.compile(r"[(\[][ \t\u00a0]*$")
_CUE_LENGTH = 12
_END_OF_LINE = re.compile(r"[ \t\u00a0]*(?:$|[\n.;,)\]])")
_START_OF_LINE = re.compile(r"(?:^|\n)[ \t\u00a0*\u2022-]*$")
_PSALM_WORDS = frozenset(("psalm", "psalms", "salmo", "salmos"))

_FULL_NAME, _ABBREVIATION, _SHORT_NAME, _SHARED_NAME = 1.0, 0.9, 0.8, 0.6
_WITHOUT_VERSE = 0.3


class FoundReference(NamedTuple):
    """A reference in a text: `text[start:end]`; `confidence` is from 0 to 1."""

    start: int
    end: int
    reference: Reference
    confidence: float


def find_references(text: str, language: str = "en") -> list[FoundReference]:
    """Return the references in a text, in order and without overlaps.

    Abbreviations are those of `language`, full names those of every language. The time is linear
    in the length of the text. Never raises.
    """
    code = language[:2] if language[:2] in LANGUAGE_CODES else LANGUAGE_CODES[0]
    found: list[FoundReference] = []
    words = [Word(match[0], match.start(), match.end()) for match in _WORD.finditer(text)]
    position = 0
    for index, word in enumerate(words):
        if word.start < position or not word.text[0].isalnum():
            continue
        name = name_at(words, index, code)
        match = _reference_at(text, words, index, name) if name else None
        if match:
            found.append(match)
            position = match.end
    return found


def _reference_at(
    text: str, words: list[Word], index: int, name: NameInText
) -> FoundReference | None:
    start, name_end = words[index].start, words[name.last].end
    is_joined = index > 0 and words[index - 1].end == start and words[index - 1].text in "-'/@#.:"
    if is_joined:
        return None
    for numbers in _attempts(text, numbers_after(text, name_end)):
        end = numbers[-1].end
        typed = f"{BY_USFM[name.book].name(name.language)} {text[name_end:end].lstrip('. ')}"
        reference = _parse(typed)
        if reference and not _is_meant(text, words[index : name.last + 1], name, numbers):
            return None
        if reference:
            return FoundReference(start, end, reference, _confidence(name, numbers))
    return None


def _attempts(text: str, numbers: list[Number]) -> Iterator[list[Number]]:
    """Yield the numbers, and those before each semicolon, if a reference may end there.

    Numbers that cannot belong to it are dropped first. The rest is read as a whole: a part of
    what cannot be read may be another passage.
    """
    while numbers and not may_end(text, numbers):
        numbers = numbers[:-1]
    attempts = 0
    while numbers and attempts < _MAX_ATTEMPTS:
        yield numbers
        attempts += 1
        lists = [index for index, one in enumerate(numbers) if one.separator == "; "]
        numbers = numbers[: lists[-1]] if lists else []


def _parse(text: str) -> Reference | None:
    try:
        return parse_text(normalize(text))
    except ParseError:
        return None


def _has_verse(numbers: list[Number]) -> bool:
    return any(set(number.separator) & set(":.,v") for number in numbers)


def _is_meant(text: str, words: list[Word], name: NameInText, numbers: list[Number]) -> bool:
    """Return whether a name and its numbers are a reference and not words of the text."""
    has_verse = _has_verse(numbers)
    is_short = len(name.key.lstrip("1234")) <= _MAX_SHORT_NAME
    if not any(word.text[0].isupper() for word in words):
        is_psalm = name.key in _PSALM_WORDS
        return name.is_full and (is_psalm or (has_verse and not name.is_ordinary))
    if not name.is_ordinary:
        # `PS` is more often something else.
        is_psalm = name.book == "PSA" and not words[0].text.isupper()
        ends = bool(_END_OF_LINE.match(text, numbers[-1].end))
        return has_verse or not is_short or (is_psalm and ends)
    may_be_decimal = len(numbers) > 1 and numbers[1].separator == "."
    if has_verse and not (name.is_word or may_be_decimal):
        return True
    start, end = words[0].start, numbers[-1].end
    before = text[max(0, start - _CUE_LENGTH) : start]
    if not _END_OF_LINE.match(text, end):
        return has_verse and bool(_BRACKET.search(before))
    is_line = len(before) < _CUE_LENGTH or "\n" in before
    has_cue = bool(_CUES.search(before))
    return has_cue or (has_verse and is_line and bool(_START_OF_LINE.search(before)))


def _confidence(name: NameInText, numbers: list[Number]) -> float:
    if name.is_shared:
        value = _SHARED_NAME
    elif name.is_full:
        value = _FULL_NAME
    else:
        is_short = len(name.key) < _MAX_SHORT_NAME
        value = _SHORT_NAME if is_short else _ABBREVIATION
    return round(value if _has_verse(numbers) else value - _WITHOUT_VERSE, 2)
