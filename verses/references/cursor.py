"""A place in the list of tokens, and the ways to move it."""

from collections.abc import Container

from verses.references.lexer import END, NUMBER, WORD, Token, number
from verses.references.vocabulary import after_dot, starts_book

_NO_WORDS: frozenset[str] = frozenset()


class Cursor:
    """Walks over tokens, never past the END token and never back."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._at = 0

    @property
    def token(self) -> Token:
        """The token the cursor stands on."""
        return self._tokens[self._at]

    @property
    def at_end(self) -> bool:
        """True on the last token."""
        return self._tokens[self._at].kind == END

    @property
    def at_number(self) -> bool:
        """True on a numeral."""
        return self._tokens[self._at].kind == NUMBER

    @property
    def at_book(self) -> bool:
        """True where the name of another book begins."""
        return starts_book(self._tokens, self._at)

    def peek(self) -> Token:
        """Return the token after the current one; END after END."""
        return self._tokens[min(self._at + 1, len(self._tokens) - 1)]

    def advance(self) -> Token:
        """Step over the current token and return it."""
        token = self._tokens[self._at]
        self._at += token.kind != END
        return token

    def read_as_number(self, value: int) -> None:
        """Let the current token, a Roman numeral, stand for an Arabic one."""
        self._tokens[self._at] = self.token._replace(kind=NUMBER, text=str(value))

    def eat_number(self) -> int:
        """Step over a numeral and return its value."""
        return number(self.advance().text)

    def eat_sign(self, kinds: Container[str]) -> bool:
        """Step over a sign if it is one of `kinds`."""
        found = self._tokens[self._at].kind in kinds
        self._at += found
        return found

    def eat_word(self, words: Container[str]) -> bool:
        """Step over a word, and the dot that may abbreviate it, if it is one of `words`."""
        found = self._at_word(self._at, words)
        if found:
            self._at = after_dot(self._tokens, self._at + 1)
        return found

    def skip(self, signs: Container[str], words: Container[str] = _NO_WORDS) -> str:
        """Step over a run of separators; return the kinds of what was met."""
        met = ""
        while self._tokens[self._at].kind in signs or self._at_word(self._at, words):
            met += self.advance().kind
        return met

    def nothing_follows(self, separators: Container[str]) -> bool:
        """Tell whether only separators stand before the end or before the name of a book."""
        at = self._at
        while self._tokens[at].kind in separators:
            at += 1
        at = after_dot(self._tokens, at)
        return self._tokens[at].kind == END or starts_book(self._tokens, at)

    def _at_word(self, at: int, words: Container[str]) -> bool:
        token = self._tokens[at]
        return token.kind == WORD and token.text in words
