"""Numbers and sentences as a reader of a language expects them."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from churn.ml.i18n.formatting import ENGLISH, Localizer
from churn.ml.i18n.labels import column_label
from churn.ml.i18n.messages import Message
from churn.ml.inspection import UNKNOWN


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """Read the sentences of the report by name and language."""
    return tomllib.loads(files(__package__).joinpath("words.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class ReportLocale:
    """Says things in one language; `units` are those of the features that it names."""

    localizer: Localizer = ENGLISH
    units: Mapping[str, str] = field(default_factory=dict)

    @property
    def language(self) -> str:
        return self.localizer.language

    def text(self, message: Message | str) -> str:
        return self.localizer.text(message)

    def say(self, key: str, **values: Any) -> str:
        """Return the sentence of that name with its values put in."""
        sentence = catalogue()[key]
        return self.localizer.text(Message(sentence.get(self.language, sentence["en"]), values))

    def measure(self, key: str) -> str:
        """Name a measure as the trade does."""
        return self.say(f"name_{key}")

    def label(self, name: str) -> str:
        return self.localizer.text(column_label(name, self.units.get(name)))

    def algorithm(self, name: str) -> str:
        """Name an algorithm; most are called alike in every language."""
        return self.say(name) if name in catalogue() else name

    def segment(self, name: str) -> str:
        return self.say("unknown") if name == UNKNOWN else name

    def count(self, number: float) -> str:
        return self.localizer.count(number)

    def number(self, number: float | None, digits: int = 3) -> str:
        return self.localizer.number(number, digits)

    def percent(self, share: float | None, digits: int = 1) -> str:
        return self.localizer.percent(share, digits)
