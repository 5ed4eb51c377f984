"""The languages in which references are read: one module and one `Language` for each."""

from collections.abc import Callable

from verses.references.languages.base import Language
from verses.references.languages.english import ENGLISH
from verses.references.languages.portuguese import PORTUGUESE
from verses.references.languages.spanish import SPANISH

# The first one is the default for a language that is not known.
LANGUAGES: tuple[Language, ...] = (ENGLISH, SPANISH, PORTUGUESE)


def all_words(select: Callable[[Language], frozenset[str]]) -> frozenset[str]:
    """Return the union of a set of words over all languages."""
    return frozenset[str]().union(*map(select, LANGUAGES))


__all__ = ["LANGUAGES", "Language", "all_words"]
