"""Numbers and messages in one language; the only place that knows how a number is written."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from string import Formatter
from typing import Any

from churn.ml.i18n.messages import Message, MessageList
from churn.ml.i18n.messages import gettext_noop as _

MISSING_VALUE = "\N{EN DASH}"
PERCENTAGE = _("{number}%")


def _untranslated(singular: str, plural: str, count: int) -> str:
    return singular if count == 1 else plural


@dataclass(frozen=True, slots=True)
class Localizer:
    """Writes messages and numbers in one language, by default in English.

    An edge passes the functions of its gettext and the separators of its language.
    """

    language: str = "en"
    gettext: Callable[[str], str] = str
    ngettext: Callable[[str, str, int], str] = _untranslated
    decimal_separator: str = "."
    thousand_separator: str = ","

    def text(self, message: Message | MessageList | str) -> str:
        """Translate a message; a text that is no message, such as a column name, is unchanged."""
        if isinstance(message, MessageList):
            return "; ".join(map(self.text, message.messages))
        if not isinstance(message, Message):
            return message
        template = (
            self.ngettext(message.msgid, message.plural, message.values["count"])
            if message.plural
            else self.gettext(message.msgid)
        )
        if not message.values:
            return template
        return _LocalizedFormatter(self).vformat(template, (), message.values)

    def number(self, value: float | None, digits: int = 3) -> str:
        """Write 1234.5 as 1,234.500 or 1.234,500."""
        return MISSING_VALUE if value is None else self.format(value, f",.{digits}f")

    def count(self, value: float | None) -> str:
        """Write 12345 as 12,345 or 12.345."""
        return self.number(value, 0)

    def percent(self, share: float | None, digits: int = 1) -> str:
        """Write 0.265 as 26.5% or 26,5 %."""
        return MISSING_VALUE if share is None else self.format(share, f",.{digits}%")

    def format(self, value: float | Decimal, format_spec: str) -> str:
        """Format a number as `format()` does, with the separators and percent sign in use."""
        separators = str.maketrans({",": self.thousand_separator, ".": self.decimal_separator})
        written = format(value, format_spec).translate(separators)
        if not written.endswith("%"):
            return written
        return self.gettext(PERCENTAGE).format(number=written.removesuffix("%"))


class _LocalizedFormatter(Formatter):
    def __init__(self, localizer: Localizer) -> None:
        self._localizer = localizer

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, Message | MessageList):
            return self._localizer.text(value)
        if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
            return self._localizer.format(value, format_spec)
        return str(super().format_field(value, format_spec))


ENGLISH = Localizer()
