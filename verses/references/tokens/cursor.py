"""A position in the list of tokens, and the ways to move it."""

from collections.abc import Container

from verses.references.tokens.lexer import END, NUMBER, WORD, Token, to_int
from verses.references.tokens.vocabulary import after_dot, starts_book

_NO_WORDS: frozenset[str] = frozenset()


class Cursor:
    """Moves over tokens, never past the END token and never back."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._index = 0

    @property
    def token(self) -> Token:
        """The current token."""
        return self._tokens[self._index]

    @property
    def at_end(self) -> bool:
        """True on the last token."""
        return self._tokens[self._index].kind == END

    @property
    def at_number(self) -> bool:
        """True on a numeral."""
        return self._tokens[self._index].kind == NUMBER

    @property
    def at_book(self) -> bool:
        """True at the start of another book name."""
        return starts_book(self._tokens, self._index)

    def peek(self, ahead: int = 1) -> Token:
        """Return a token after the current one; END after END."""
        return self._tokens[min(self._index + ahead, len(self._tokens) - 1)]

    def advance(self) -> Token:
        """Step over the current token and return it."""
        token = self._tokens[self._index]
        self._index += token.kind != END
        return token

    def replace_with_number(self, value: int) -> None:
        """Replace the current token, a Roman numeral, with an Arabic one."""
        self._tokens[self._index] = self.token._replace(kind=NUMBER, text=str(value))

    def eat_number(self) -> int:
        """Step over a numeral and return its value."""
        return to_int(self.advance().text)

    def eat_sign(self, kinds: Container[str]) -> bool:
        """Step over a sign if it is one of `kinds`; return whether it was."""
        found = self._tokens[self._index].kind in kinds
        self._index += found
        return found

    def eat_word(self, words: Container[str]) -> bool:
        """Step over a word and the dot of its abbreviation if it is one of `words`."""
        found = self._is_word(self._index, words)
        if found:
            self._index = after_dot(self._tokens, self._index + 1)
        return found

    def skip(self, signs: Container[str], words: Container[str] = _NO_WORDS) -> str:
        """Step over a run of separators; return their kinds."""
        kinds = ""
        while self._tokens[self._index].kind in signs or self._is_word(self._index, words):
            kinds += self.advance().kind
        return kinds

    def nothing_follows(self, separators: Container[str]) -> bool:
        """Return whether only separators stand before the end or before the next book name."""
        index = self._index
        while self._tokens[index].kind in separators:
            index += 1
        index = after_dot(self._tokens, index)
        return self._tokens[index].kind == END or starts_book(self._tokens, index)

    def _is_word(self, index: int, words: Container[str]) -> bool:
        token = self._tokens[index]
        return token.kind == WORD and token.text in words
