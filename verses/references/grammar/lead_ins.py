"""Words around a reference that do not change which passage is meant."""

from collections.abc import Sequence

from verses.references.tokens.lexer import NUMBER, WORD, Token
from verses.references.tokens.vocabulary import FROM_WORDS, LEAD_IN_WORDS, starts_book


def strip_lead_ins(tokens: Sequence[Token]) -> list[Token]:
    """Drop `cf.`, `see` and `Lectura` at the start, and `del` before a number."""
    kept = [token for index, token in enumerate(tokens) if not _is_before_number(tokens, index)]
    start = 0
    while kept[start].text in LEAD_IN_WORDS or (start and kept[start].kind in ".:"):
        start += 1
    return kept[start:]


def _is_before_number(tokens: Sequence[Token], index: int) -> bool:
    """Return True for `del` in `Juan 3 del 16 al 18`, False in `carta del 1 Juan`."""
    token = tokens[index]
    if token.kind != WORD or token.text not in FROM_WORDS or not token.spaced:
        return False
    return tokens[index + 1].kind == NUMBER and not starts_book(tokens, index + 1)
