"""What the views, the pages, the admin and the commands ask for."""

from verses.exceptions import VersesError
from verses.services.health import overview, upstream_health
from verses.services.loading import load_editions
from verses.services.operating import (
    budget_in_use,
    chapters_for,
    chapters_of,
    close_breaker,
    ensure_upstream_state,
    freshness_of,
    list_upstream_translations,
    refresh_chapter,
    warm,
)
from verses.services.passages import (
    DEFAULT_TRANSLATION,
    Passage,
    PassageVerse,
    default_translation,
    get_passage,
    read_passage,
    user_language,
)
from verses.services.ranking import Ranked, top
from verses.services.selection import daily_at_hand, daily_passage, random_passage, selected_books
from verses.services.texts import (
    MAX_SEARCH_CHARACTERS,
    BookOfTranslation,
    books,
    is_embedded,
    search,
    translation,
    translations,
)

__all__ = [
    "DEFAULT_TRANSLATION",
    "MAX_SEARCH_CHARACTERS",
    "BookOfTranslation",
    "Passage",
    "PassageVerse",
    "Ranked",
    "VersesError",
    "books",
    "budget_in_use",
    "chapters_for",
    "chapters_of",
    "close_breaker",
    "daily_at_hand",
    "daily_passage",
    "default_translation",
    "ensure_upstream_state",
    "freshness_of",
    "get_passage",
    "is_embedded",
    "list_upstream_translations",
    "load_editions",
    "overview",
    "random_passage",
    "read_passage",
    "refresh_chapter",
    "search",
    "selected_books",
    "top",
    "translation",
    "translations",
    "upstream_health",
    "user_language",
    "warm",
]
