"""Numbers and sentences as a reader of a language expects them."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from churn.ml.i18n.formatting import fill
from churn.ml.i18n.labels import label
from churn.ml.i18n.languages import Language
from churn.ml.inspection import UNKNOWN

ABSENT = "\N{EM DASH}"


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """Read the sentences of the report by name and language."""
    return tomllib.loads(files(__package__).joinpath("words.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class ReportLocale:
    """Says things in one language; `units` are those of the features that it names."""

    language: Language
    units: Mapping[str, str] = field(default_factory=dict)

    def say(self, key: str, **values: Any) -> str:
        """Return the sentence of that name with its values put in."""
        return fill(catalogue()[key][self.language], self.language, **values)

    def measure(self, key: str) -> str:
        """Name a measure as the trade does."""
        return self.say(f"name_{key}")

    def label(self, name: str) -> str:
        return label(name, self.language, self.units.get(name))

    def algorithm(self, name: str) -> str:
        """Name an algorithm; most are called alike in every language."""
        return self.say(name) if name in catalogue() else name

    def segment(self, name: str) -> str:
        return self.say("unknown") if name == UNKNOWN else name

    def count(self, number: float) -> str:
        """Write 12345 as 12,345 or 12.345."""
        return self._localised(f"{number:,.0f}")

    def number(self, number: float | None, digits: int = 3) -> str:
        return ABSENT if number is None else self._localised(f"{number:,.{digits}f}")

    def percent(self, share: float | None, digits: int = 1) -> str:
        """Write 0.265 as 26.5% or 26,5 %."""
        if share is None:
            return ABSENT
        written = self._localised(f"{100 * share:,.{digits}f}")
        return f"{written}\N{NO-BREAK SPACE}%" if self.language == "es" else f"{written}%"

    def _localised(self, written: str) -> str:
        if self.language == "en":
            return written
        return written.translate(str.maketrans(",.", ".,"))
