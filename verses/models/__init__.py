"""What is kept: texts, how often they are asked for, and how upstream is doing."""

from verses.models.counts import CountFile, CountStore, DailyCount, PassageCount
from verses.models.scripture import Chapter, Origin, Translation, Verse
from verses.models.sqlite import waiting_at_most
from verses.models.upstream import CallSlot, Lease, UpstreamFailure, UpstreamState

__all__ = [
    "CallSlot",
    "Chapter",
    "CountFile",
    "CountStore",
    "DailyCount",
    "Lease",
    "Origin",
    "PassageCount",
    "Translation",
    "UpstreamFailure",
    "UpstreamState",
    "Verse",
    "waiting_at_most",
]
