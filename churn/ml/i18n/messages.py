"""What went wrong, in the language of who reads it.

An error is raised with its English sentence, as a message of gettext is written; `spanish.toml`
has the other, whose fields are filled with the same values.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from churn.exceptions import ChurnError
from churn.ml.i18n.formatting import fill
from churn.ml.i18n.languages import Language


@dataclass(frozen=True, slots=True)
class Told:
    """A part of a sentence that is not the same in both languages."""

    english: str
    spanish: str

    def __str__(self) -> str:
        return self.english


def told(error: ChurnError, language: Language) -> str:
    """Return the sentence of an error; one that was raised in its reader's language as it is."""
    if language != "es" or error.sentence not in spanish():
        return str(error)
    values = {
        name: value.spanish if isinstance(value, Told) else value
        for name, value in error.values.items()
    }
    return fill(spanish()[error.sentence], "es", **values)


@cache
def spanish() -> Mapping[str, str]:
    """Return the Spanish of each English sentence."""
    return tomllib.loads(Path(__file__).with_name("spanish.toml").read_text("utf-8"))
