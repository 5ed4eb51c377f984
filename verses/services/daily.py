"""The verse of the day."""

from datetime import date
from functools import lru_cache
from pathlib import Path

from django.utils import timezone

from verses.cache import chapter_cache
from verses.references import Reference
from verses.services.passages import DEFAULT_TRANSLATION, Passage, passage_at_hand, read_passage

_LIST = Path(__file__).with_name("daily.txt")
_STRIDE = 97  # prime to the list's length, so neighbours in a year are not those of the next


@lru_cache
def daily_list() -> tuple[str, ...]:
    """Return the OSIS keys of the passages that take their turn, more than a leap year's days."""
    return tuple(_LIST.read_text().split())


def daily_key(day: date) -> str:
    """Return the passage of a day; none comes again before all have been."""
    passages = daily_list()
    return passages[day.toordinal() * _STRIDE % len(passages)]


def daily_passage(*, day: date | None = None, translation: str = DEFAULT_TRANSLATION) -> Passage:
    """Return the verse of a day (UTC; today by default), the same for everyone.

    Raises TranslationNotFound, PassageNotFound or UpstreamUnavailable.
    """
    found = chapter_cache.translations.get(translation)
    reference = Reference.from_osis(daily_key(day or timezone.now().date()))
    return read_passage(reference, found)


def daily_at_hand(translation: str) -> Passage | None:
    """Return today's verse for a page to show, if it can be had without asking upstream."""
    found = chapter_cache.translations.get(translation)
    return passage_at_hand(Reference.from_osis(daily_key(timezone.now().date())), found)
