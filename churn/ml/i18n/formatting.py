"""Numbers inside sentences, written as the language of the sentence does."""

from string import Formatter
from typing import Any

from churn.ml.i18n.languages import Language

_SWAPPED = str.maketrans(",.", ".,")


class _Localised(Formatter):
    def __init__(self, language: Language) -> None:
        self._language = language

    def format_field(self, value: Any, format_spec: str) -> str:
        written = str(super().format_field(value, format_spec))
        if self._language == "es" and isinstance(value, int | float):
            return written.translate(_SWAPPED)
        return written


def fill(sentence: str, language: Language, **values: Any) -> str:
    """Put values into a sentence, numbers with a decimal comma in Spanish."""
    return _Localised(language).vformat(sentence, (), values)
