"""Words around a reference that do not change which passage is meant."""

from collections.abc import Sequence

from verses.references.names.index import ALL_NAMES
from verses.references.tokens.lexer import NUMBER, WORD, Token
from verses.references.tokens.vocabulary import (
    FROM_WORDS,
    LEAD_IN_WORDS,
    starts_book,
)


def strip_lead_ins(tokens: Sequence[Token]) -> list[Token]:
    """Drop `cf.`, `see` and `Lectura` before a name, and `del` before a number."""
    kept: list[Token] = []
    index = 0
    while index < len(tokens):
        if tokens[index].kind != WORD:
            kept.append(tokens[index])
            index += 1
            continue
        if _introduces_name(tokens, index, is_first=not kept or kept[-1].kind in ";,"):
            index = _after_signs(tokens, index + 1)
            continue
        if not _is_before_number(tokens, index):
            kept.append(tokens[index])
        index += 1
    return kept


def _introduces_name(tokens: Sequence[Token], index: int, *, is_first: bool) -> bool:
    """Return True for `cf.` in `cf. Jn 3` and in `Jn 3; cf. Rom 8`."""
    if not is_first or tokens[index].text not in LEAD_IN_WORDS:
        return False
    following = _after_signs(tokens, index + 1)
    if starts_book(tokens, following):
        return True
    # `cf. 4:1` continues the reference, `De. 6:4` and `Da 2:1` are books.
    is_name = tokens[index].text in ALL_NAMES and tokens[following].kind == NUMBER
    return not is_name and (not index or following > index + 1)


def _after_signs(tokens: Sequence[Token], index: int) -> int:
    while tokens[index].kind in (".", ":"):
        index += 1
    return index


def _is_before_number(tokens: Sequence[Token], index: int) -> bool:
    """Return True for `del` in `Juan 3 del 16 al 18`, False in `carta del 1 Juan`."""
    token = tokens[index]
    if token.kind != WORD or token.text not in FROM_WORDS or not token.spaced:
        return False
    return tokens[index + 1].kind == NUMBER and not starts_book(tokens, index + 1)
