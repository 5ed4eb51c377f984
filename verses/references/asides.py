"""Words that people put around a reference and that do not change which passage is meant."""

from collections.abc import Sequence

from verses.references.lexer import NUMBER, WORD, Token
from verses.references.vocabulary import starts_book, words

_LEAD_IN = words(
    "cf cfr see ver vea véase vease veja read lee lea leer leia ler a reading from lectura leitura "
    "of de del"
)
_FROM = words("from de del do desde")


def without_asides(tokens: Sequence[Token]) -> list[Token]:
    """Leave out `cf.`, `see`, `Lectura` at the beginning, and `del` ahead of a number."""
    kept = [token for place, token in enumerate(tokens) if not _opens_numbers(tokens, place)]
    begins = 0
    while kept[begins].text in _LEAD_IN or (begins and kept[begins].kind in ".:"):
        begins += 1
    return kept[begins:]


def _opens_numbers(tokens: Sequence[Token], place: int) -> bool:
    """Tell `del` of `Juan 3 del 16 al 18` from that of `carta del 1 Juan`."""
    token = tokens[place]
    if token.kind != WORD or token.text not in _FROM or not token.spaced:
        return False
    following = place + 1
    return tokens[following].kind == NUMBER and not starts_book(tokens, following)
