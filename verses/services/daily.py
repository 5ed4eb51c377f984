"""The verse of the day."""

from datetime import date
from functools import cache
from pathlib import Path

from django.utils import timezone

from verses.cache import chapter_cache
from verses.references import Reference
from verses.services.passages import DEFAULT_TRANSLATION, Passage, cached_passage, read_passage

_LIST = Path(__file__).with_name("daily.txt")
# Coprime to the length of the list, so that each passage comes once before any repeats.
_STRIDE = 97


@cache
def daily_list() -> tuple[str, ...]:
    """Return the OSIS keys of all daily passages, more than a year has days."""
    return tuple(_LIST.read_text().split())


def daily_key(day: date) -> str:
    """Return the OSIS key of a day's passage."""
    passages = daily_list()
    return passages[day.toordinal() * _STRIDE % len(passages)]


def daily_passage(*, day: date | None = None, translation: str = DEFAULT_TRANSLATION) -> Passage:
    """Return the verse of a day (UTC; today by default) and count the request.

    Raises TranslationNotFound, PassageNotFound or UpstreamUnavailable.
    """
    found = chapter_cache.translations.get(translation)
    reference = Reference.from_osis(daily_key(day or timezone.now().date()))
    return read_passage(reference, found)


def cached_daily_passage(translation: str) -> Passage | None:
    """Return today's verse without calling upstream or counting; None if it is not cached."""
    found = chapter_cache.translations.get(translation)
    return cached_passage(Reference.from_osis(daily_key(timezone.now().date())), found)
