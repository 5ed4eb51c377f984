"""A chapter in the cache, with its age and source."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from django.conf import settings
from django.utils import timezone

from verses.models import Chapter, ChapterKey, Origin

Source = Literal["cache", "upstream", "embedded"]
Freshness = Literal["fresh", "stale", "offline"]

# Much shorter than VERSES_FRESH_FOR: a wrong 404 must not hide a chapter for weeks.
NOT_FOUND_TTL = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class CachedChapter:
    """Verse number -> text of a chapter; no verses if upstream has no such chapter.

    `just_fetched` marks the copy returned to the requests that waited for the fetch: their
    `source` is `upstream`, that of later requests `cache`.
    """

    key: ChapterKey
    verses: Mapping[int, str]
    origin: Origin
    fetched_at: datetime | None
    just_fetched: bool = False

    @property
    def source(self) -> Source:
        if self.origin is Origin.EMBEDDED:
            return "embedded"
        return "upstream" if self.just_fetched else "cache"

    @property
    def expires_at(self) -> datetime | None:
        """Time when it becomes stale; None for an embedded text, which has no age."""
        if self.fetched_at is None:
            return None
        is_not_found = self.origin is Origin.NOT_FOUND
        return self.fetched_at + (NOT_FOUND_TTL if is_not_found else settings.VERSES_FRESH_FOR)

    @property
    def freshness(self) -> Freshness:
        """`offline` for an embedded text, else `fresh` or `stale` by age."""
        if self.expires_at is None:
            return "offline"
        return "fresh" if timezone.now() < self.expires_at else "stale"

    def without_fetch_mark(self) -> "CachedChapter":
        return replace(self, just_fetched=False) if self.just_fetched else self


def from_row(chapter: Chapter) -> CachedChapter:
    """Convert a row of the table; reads its verses with one more query."""
    verses = dict(chapter.verses.order_by("number").values_list("number", "text"))
    return CachedChapter(chapter.key, verses, Origin(chapter.origin), chapter.fetched_at)


def read_table(key: ChapterKey) -> CachedChapter | None:
    """Return a chapter from the table, whatever its age."""
    row = Chapter.objects.at(*key).first()
    return None if row is None else from_row(row)


def get_fresh(key: ChapterKey) -> CachedChapter | None:
    """Return a chapter from the table if it is fresh; one that upstream does not have included."""
    cached = read_table(key)
    return cached if cached is not None and cached.freshness == "fresh" else None
