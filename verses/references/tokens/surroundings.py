"""Characters around a reference: brackets, quotation marks, bullets, emoji."""

import unicodedata

# Unicode categories. After a reference a comma, dash or dot may belong to it, so only brackets,
# quotation marks and symbols are dropped there.
_AROUND = frozenset(("Ps", "Pe", "Pi", "Pf", "So", "Sk", "Cf", "Zs"))
_BEFORE = _AROUND | {"Po", "Pd", "Pc", "Sm", "Sc"}
_VARIATION_SELECTOR = "\ufe0f"
_AROUND_CHARACTERS = frozenset(" \t\r\n\"'<>*!¡?¿" + _VARIATION_SELECTOR)
# They are read as letters or make a text unreadable.
_KEPT = frozenset("°^\ufffd")


def strip_surroundings(text: str) -> str:
    """Return the text without the characters around a reference."""
    if text[:1].isalnum() and text[-1:].isalnum():
        return text
    start, end = 0, len(text)
    while start < end and _is_dropped(text[start], _BEFORE):
        start += 1
    while end > start and _is_dropped(text[end - 1], _AROUND):
        end -= 1
    return text[start:end]


def _is_dropped(character: str, categories: frozenset[str]) -> bool:
    if character in _AROUND_CHARACTERS:
        return True
    return unicodedata.category(character) in categories and character not in _KEPT
