"""Texts, request counts, and the shared state of upstream calls."""

from verses.models.counts import CounterDatabase, CounterOffsets, DailyCount, PassageCount
from verses.models.scripture import Chapter, ChapterKey, Origin, Translation, Verse
from verses.models.sqlite import busy_timeout
from verses.models.upstream import CallSlot, Lease, UpstreamFailure, UpstreamState

__all__ = [
    "CallSlot",
    "Chapter",
    "ChapterKey",
    "CounterDatabase",
    "CounterOffsets",
    "DailyCount",
    "Lease",
    "Origin",
    "PassageCount",
    "Translation",
    "UpstreamFailure",
    "UpstreamState",
    "Verse",
    "busy_timeout",
]
