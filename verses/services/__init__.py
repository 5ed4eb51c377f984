"""What the views, the pages, the admin and the commands ask for."""

from verses.services.health import overview, upstream_health
from verses.services.loading import load_editions
from verses.services.passages import (
    DEFAULT_TRANSLATION,
    Passage,
    PassageVerse,
    get_passage,
)
from verses.services.ranking import Ranked, top

__all__ = [
    "DEFAULT_TRANSLATION",
    "Passage",
    "PassageVerse",
    "Ranked",
    "get_passage",
    "load_editions",
    "overview",
    "top",
    "upstream_health",
]
