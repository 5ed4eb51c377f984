"""Reason codes of a prediction, and their sentences; free of NumPy, for the web processes."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from churn.ml.i18n.labels import column_label
from churn.ml.i18n.messages import Message, ngettext_noop
from churn.ml.i18n.messages import gettext_noop as _

Direction = Literal["raises", "lowers"]

_SENTENCES = {
    "raises": _("{label}: {value} raises the risk"),
    "lowers": _("{label}: {value} lowers the risk"),
}
_UNITS = {
    "min": ngettext_noop("{number} minute", "{number} minutes"),
    "years": ngettext_noop("{number} year", "{number} years"),
    "days": ngettext_noop("{number} day", "{number} days"),
}
_BOOLEANS = {"true": _("yes"), "false": _("no")}
_FRACTION = re.compile(r"-?\d+\.\d+")


@dataclass(frozen=True, slots=True)
class ReasonCode:
    """One feature's part in one customer's margin, in log-odds; no value where it is missing."""

    feature: str
    value: str | None
    direction: Direction
    contribution: float
    unit: str = ""


def describe_reason(reason: ReasonCode) -> Message:
    """Return one line such as "tenure: 2 raises the risk"."""
    label = column_label(reason.feature, reason.unit)
    return Message.of(_SENTENCES[reason.direction], label=label, value=_value(reason))


def _value(reason: ReasonCode) -> Message | Decimal | str:
    if reason.value is None:
        return Message(_("unknown"))
    if reason.value in _BOOLEANS:
        return Message(_BOOLEANS[reason.value])
    # Decimal keeps the digits as they were written; only the separator changes.
    number = Decimal(reason.value) if _FRACTION.fullmatch(reason.value) else reason.value
    if reason.unit not in _UNITS:
        return number
    return Message.of(_UNITS[reason.unit], number=number, count=1 if number == "1" else 2)
