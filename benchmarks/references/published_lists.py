"""Read the names of books out of the Bible Passage Reference Parser's npm package.

The package holds them as regular expressions, one or more for each book of a language; every
string such an expression matches is one name, correct or misspelt, that the parser knows. Where
an expression leaves a space or an abbreviating dot open, the space is written and the dot is not.
"""

import re
from itertools import product
from pathlib import Path
from typing import NamedTuple

_ENTRY = re.compile(r"osis: \[([^\]]*)\],((?:(?!osis: \[)[\s\S])*?)regexp: /(.*?)/[gimsuy]+,?\n")
_PSALM_ORDINALS = "extra:"
_TOKEN = re.compile(
    r"(?P<look>\(\?<?[=!])|(?P<open>\((?:\?:)?)|(?P<close>\))|(?P<or>\|)|(?P<anchor>[\^$]|\\b)"
    r"|(?P<space>\\s\*\??)|(?P<dot>\\\.\??)|(?P<set>\[(?:\\.|[^\]\\])*\])|(?P<optional>\?)"
    r"|(?P<letter>\\?.)",
    re.DOTALL,
)


class Published(NamedTuple):
    """A name and the OSIS ids of the books it is listed for; several if it is ambiguous."""

    name: str
    books: tuple[str, ...]


def published_names(package: Path, language: str) -> list[Published]:
    """Every name of a language's list, each once for the same books."""
    source = (package / "esm" / "lang" / f"{language}.js").read_text(encoding="utf-8")
    found: dict[Published, None] = {}
    for books, options, pattern in _ENTRY.findall(source):
        if _PSALM_ORDINALS in options:
            continue
        ids = tuple(re.findall(r'"([^"]+)"', books))
        names = _Expander(pattern).alternatives()
        found |= {Published(" ".join(name.split()), ids): None for name in names}
    return list(found)


class _Expander:
    """Lists the strings a regular expression without repetition matches."""

    def __init__(self, pattern: str) -> None:
        self._tokens = [(match.lastgroup, match[0]) for match in _TOKEN.finditer(pattern)]
        self._at = 0

    def alternatives(self) -> list[str]:
        """Strings of the alternatives up to the end of the group."""
        strings = self._sequence()
        while self._eat("or"):
            strings += self._sequence()
        return list(dict.fromkeys(strings))

    def _sequence(self) -> list[str]:
        parts: list[list[str]] = []
        while self._at < len(self._tokens) and self._kind() not in ("or", "close"):
            strings = self._atom()
            if self._eat("optional"):
                strings = [*strings, ""]
            parts.append(strings)
        return ["".join(chosen) for chosen in product(*parts)]

    def _atom(self) -> list[str]:
        kind, text = self._tokens[self._at]
        self._at += 1
        if kind in ("open", "look"):
            strings = self.alternatives()
            self._eat("close")
            return strings if kind == "open" else [""]
        if kind == "set":
            return list(text[1:-1]) if "\\" not in text else [""]
        return [_LITERALS.get(kind or "", text.lstrip("\\")) if kind != "dot" else _dot(text)]

    def _kind(self) -> str | None:
        return self._tokens[self._at][0]

    def _eat(self, kind: str) -> bool:
        found = self._at < len(self._tokens) and self._kind() == kind
        self._at += found
        return found


_LITERALS = {"space": " ", "anchor": ""}


def _dot(text: str) -> str:
    return "" if text.endswith("?") else "."
