"""A chapter as this process holds it, and how much it may be trusted."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from django.conf import settings
from django.utils import timezone

from verses.models import Chapter, Origin

Key = tuple[str, str, int]
"""Translation, USFM book id, chapter number."""
Source = Literal["cache", "upstream", "embedded"]
Freshness = Literal["fresh", "stale", "offline"]

ABSENCE_REMEMBERED = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class HeldChapter:
    """The verses of a chapter by number; none if upstream said that it has no such chapter."""

    key: Key
    verses: Mapping[int, str]
    origin: Origin
    fetched_at: datetime | None
    is_news: bool = False

    @property
    def source(self) -> Source:
        if self.origin is Origin.EMBEDDED:
            return "embedded"
        return "upstream" if self.is_news else "cache"

    @property
    def expires_at(self) -> datetime | None:
        """When it stops being fresh; None for an embedded text, which was never fetched."""
        if self.fetched_at is None:
            return None
        is_absent = self.origin is Origin.ABSENT
        return self.fetched_at + (ABSENCE_REMEMBERED if is_absent else settings.VERSES_FRESH_FOR)

    @property
    def freshness(self) -> Freshness:
        """`offline` for an embedded text, else `fresh` or `stale` by the age."""
        if self.expires_at is None:
            return "offline"
        return "fresh" if timezone.now() < self.expires_at else "stale"

    def as_cached(self) -> "HeldChapter":
        return replace(self, is_news=False) if self.is_news else self


def from_row(chapter: Chapter) -> HeldChapter:
    """Take over a row of the table, with its verses in one further query."""
    verses = dict(chapter.verses.order_by("number").values_list("number", "text"))
    return HeldChapter(chapter.key, verses, Origin(chapter.origin), chapter.fetched_at)


def read_table(key: Key) -> HeldChapter | None:
    """Return what the table holds of a chapter, if anything."""
    row = Chapter.objects.at(*key).first()
    return None if row is None else from_row(row)
