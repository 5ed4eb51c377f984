"""From a normalized text to the tokens that the grammar reads."""

import re

from verses.references.grammar.lead_ins import strip_lead_ins
from verses.references.grammar.roman_numerals import replace_roman_chapters
from verses.references.tokens.lexer import END, NUMBER, Token, tokenize
from verses.references.tokens.verse_letters import attach_letters

# Most references need none of the passes, and a search costs less than a pass.
_HAS_LETTERS = re.compile("[0-9][a-e]")
_HAS_ROMAN_CHAPTER = re.compile(r"(?:[;,&-]|\b(?:and|y|e|to|a)\b)\s*[ivxlc]+\b")
_CLOSING = {"(": ")", "[": "]"}


def prepare(text: str) -> list[Token]:
    """Return the tokens of a reference without words that do not change its meaning."""
    tokens = tokenize(text)
    if _HAS_LETTERS.search(text):
        tokens = attach_letters(tokens)
    if "(" in text or "[" in text:
        tokens = _attach_other_numbers(tokens)
    tokens = strip_lead_ins(tokens)
    if _HAS_ROMAN_CHAPTER.search(text):
        tokens = replace_roman_chapters(tokens)
    return tokens


def _attach_other_numbers(tokens: list[Token]) -> list[Token]:
    """Move a number in parentheses into the token of the number next to it: `22 (23)`."""
    attached: list[Token] = []
    index = 0
    while index < len(tokens):
        token = tokens[index]
        length = _parenthesis_length(tokens, index)
        if length and attached and attached[-1].kind == NUMBER and not attached[-1].other:
            attached[-1] = attached[-1]._replace(other=tokens[index + 1].text)
        elif length and attached and tokens[index + length].kind == NUMBER:
            number = tokens[index + length]
            attached.append(number._replace(spaced=True, other=tokens[index + 1].text))
            length += 1
        else:
            attached.append(token)
            length = 1
        index += length
    return attached


def _parenthesis_length(tokens: list[Token], index: int) -> int:
    """Return the number of tokens of `(23)` or `(9B)`; 0 for anything else."""
    closing = _CLOSING.get(tokens[index].kind)
    if not closing or tokens[index + 1].kind != NUMBER:
        return 0
    after = index + 2
    if tokens[after].kind == closing:
        return 3
    # The closing one at the end of the text was dropped as a character around a reference.
    return 2 if tokens[after].kind == END else 0
