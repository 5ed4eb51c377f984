"""Messages as keys of a gettext catalogue, with the values of their placeholders.

Nothing is translated here, so that `churn.ml` needs no Django: modules mark a text with
`gettext_noop`, imported as `_`, and the edges translate it with `churn.services.localization`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Marked: TypeAlias = str | tuple[str, str]


def gettext_noop(text: str) -> str:
    """Mark a text for makemessages, which looks for this name."""
    return text


def ngettext_noop(singular: str, plural: str) -> tuple[str, str]:
    """Mark both forms of a text; the value `count` selects one of them."""
    return singular, plural


@dataclass(frozen=True, slots=True)
class Message:
    """A text with `str.format` placeholders, and their values; `str()` is the English text.

    A value may be a message itself. With `plural`, the value `count` selects the form.
    """

    msgid: str
    values: Mapping[str, Any] = field(default_factory=dict)
    plural: str = ""

    @classmethod
    def of(cls, text: Marked, /, **values: Any) -> "Message":
        """Make a message of a marked text, with or without a plural form."""
        singular, plural = (text, "") if isinstance(text, str) else text
        return cls(singular, values, plural)

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> "Message":
        """Return the message that `to_dict` stored.

        Raises
        ------
        KeyError, TypeError : `stored` is no message.
        """
        values = {name: _loaded(value) for name, value in stored["values"].items()}
        return cls(stored["msgid"], values, stored.get("plural", ""))

    def to_dict(self) -> dict[str, Any]:
        """Return the message as JSON has it; a value that is a message becomes an object too."""
        values = {name: _stored(value) for name, value in self.values.items()}
        stored = {"msgid": self.msgid, "values": values}
        return stored | {"plural": self.plural} if self.plural else stored

    def __str__(self) -> str:
        text = self.plural if self.plural and self.values["count"] != 1 else self.msgid
        # A text without values may quote a name with braces.
        return text.format(**self.values) if self.values else text


@dataclass(frozen=True, slots=True)
class MessageList:
    """Messages that fill one placeholder, separated by semicolons."""

    messages: tuple[Message, ...]

    def __str__(self) -> str:
        return "; ".join(map(str, self.messages))


def _stored(value: Any) -> Any:
    if isinstance(value, MessageList):
        return [message.to_dict() for message in value.messages]
    return value.to_dict() if isinstance(value, Message) else value


def _loaded(value: Any) -> Any:
    if isinstance(value, list):
        return MessageList(tuple(Message.from_dict(stored) for stored in value))
    return Message.from_dict(value) if isinstance(value, Mapping) else value
