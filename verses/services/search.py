"""Full-text search over the cached chapters."""

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from verses.cache import chapter_cache
from verses.models.search import HIGHLIGHT_END, HIGHLIGHT_START, SearchHit, VerseSearch
from verses.services.passages import DEFAULT_TRANSLATION

MAX_SEARCH_CHARACTERS = 100


def search_verses(*, words: str, translation: str = DEFAULT_TRANSLATION) -> VerseSearch:
    """Return the verses with all the words, among the cached chapters of a translation.

    Raises TranslationNotFound.
    """
    return VerseSearch(words, chapter_cache.translations.get(translation).identifier)


def highlight_html(hit: SearchHit) -> SafeString:
    """Return the text of a hit as HTML, with `<mark>` around the matching words."""
    html = conditional_escape(hit.highlighted_text)
    return mark_safe(  # noqa: S308  the text is escaped above
        html.replace(HIGHLIGHT_START, "<mark>").replace(HIGHLIGHT_END, "</mark>")
    )


def plain_text(hit: SearchHit) -> str:
    """Return the text of a hit without the highlight markers."""
    return hit.highlighted_text.replace(HIGHLIGHT_START, "").replace(HIGHLIGHT_END, "")
