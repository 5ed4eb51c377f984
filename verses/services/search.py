"""Full-text search, and its hits as HTML."""

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from verses.cache import chapter_cache
from verses.models.search import MATCH_END, MATCH_START, Hit, VerseSearch
from verses.services.passages import DEFAULT_TRANSLATION

MAX_SEARCH_CHARACTERS = 100


def search_verses(*, words: str, translation: str = DEFAULT_TRANSLATION) -> VerseSearch:
    """Return the verses that have all the words, among the chapters held of a translation.

    Raises TranslationNotFound.
    """
    return VerseSearch(words, chapter_cache.translations.get(translation).identifier)


def highlighted(hit: Hit) -> SafeString:
    """Return a hit as HTML with `<mark>` around what was found."""
    html = conditional_escape(hit.marked)
    return mark_safe(  # noqa: S308  escaped above; the signs are ours
        html.replace(MATCH_START, "<mark>").replace(MATCH_END, "</mark>")
    )
