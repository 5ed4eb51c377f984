"""Passages: references resolved to the verses of a translation."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from verses import metrics, popularity
from verses.cache import CachedChapter, Freshness, Source, chapter_cache
from verses.exceptions import PassageNotFound
from verses.models import ChapterKey, Translation
from verses.references import Reference, Span, book_name, parse, renumber

# The default of bible-api.com, so that its clients get the same text.
DEFAULT_TRANSLATION = "web"
_SPANISH_DEFAULT = "rv1909"

# Most reliable first: a passage has the last of its chapters' values.
_SOURCES: tuple[Source, ...] = ("cache", "upstream", "embedded")
_FRESHNESS: tuple[Freshness, ...] = ("fresh", "stale", "offline")


@dataclass(frozen=True, slots=True)
class PassageVerse:
    """One verse of a passage; `book_name` is in the language of the translation."""

    book_id: str
    book_name: str
    chapter: int
    verse: int
    text: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage of one translation, with its source and age.

    `source` and `freshness` are those of its least reliable chapter, `fetched_at` and `expires_at`
    those of its oldest; both times are None if any chapter comes from an embedded edition.
    """

    reference: Reference
    translation: Translation
    verses: tuple[PassageVerse, ...]
    source: Source
    freshness: Freshness
    fetched_at: datetime | None
    expires_at: datetime | None
    request_count: int
    chapters: tuple[CachedChapter, ...] = ()

    @property
    def name(self) -> str:
        """The reference in the language of the translation."""
        return self.reference.format(self.translation.language)

    @property
    def osis(self) -> str:
        """The canonical key of the reference."""
        return self.reference.osis

    @property
    def text(self) -> str:
        return " ".join(verse.text for verse in self.verses)


def user_language() -> str:
    """Return the active language as a two-letter code; English if none is active."""
    return (get_language() or "en")[:2]


def default_translation() -> str:
    """Return the default translation for the active language."""
    return _SPANISH_DEFAULT if user_language() == "es" else DEFAULT_TRANSLATION


def get_passage(*, reference: str, translation: str = DEFAULT_TRANSLATION) -> Passage:
    """Return a passage and count the request; suggestions are in the active language.

    Raises ReferenceInvalid, PassageNotFound, TranslationNotFound or UpstreamUnavailable.
    """
    found = chapter_cache.translations.get(translation)
    return read_passage(parse(reference, language=user_language()), found)


def read_passage(
    reference: Reference, translation: Translation, *, is_counted: bool = True
) -> Passage:
    """Return the passage of a parsed reference and count the request, if `is_counted`.

    Raises PassageNotFound or UpstreamUnavailable.
    """
    chapters = chapter_cache.get_chapters(_keys_of(reference, translation))
    passage = _compose(reference, translation, chapters)
    if not is_counted:
        return passage
    metrics.ANSWERS.labels(passage.source, passage.freshness).inc()
    return replace(passage, request_count=popularity.count(translation.identifier, passage.osis))


def cached_passage(reference: Reference, translation: Translation) -> Passage | None:
    """Return a passage without calling upstream and without counting; None if not all is cached."""
    chapters = [chapter_cache.get_cached(key) for key in _keys_of(reference, translation)]
    cached = [chapter for chapter in chapters if chapter is not None]
    if len(cached) < len(chapters):
        return None
    try:
        return _compose(reference, translation, cached)
    except PassageNotFound:
        return None


def _keys_of(reference: Reference, translation: Translation) -> Iterator[ChapterKey]:
    for book, number in reference.chapters():
        yield ChapterKey(translation.identifier, book, number)


def _compose(
    reference: Reference, translation: Translation, chapters: list[CachedChapter]
) -> Passage:
    return Passage(
        reference=reference,
        translation=translation,
        verses=tuple(_select_verses(reference, translation, chapters)),
        source=max((chapter.source for chapter in chapters), key=_SOURCES.index),
        freshness=_worst_freshness(chapters),
        fetched_at=_oldest([chapter.fetched_at for chapter in chapters]),
        expires_at=_oldest([chapter.expires_at for chapter in chapters]),
        request_count=0,
        chapters=tuple(chapters),
    )


def _worst_freshness(chapters: Iterable[CachedChapter]) -> Freshness:
    return max((chapter.freshness for chapter in chapters), key=_FRESHNESS.index)


def fresh_until(passage: Passage) -> float:
    """Return the Unix time until which no chapter needs a refresh, if none of them is replaced.

    0 if a chapter is not fresh; infinity for an edition that upstream does not have.
    """
    if not passage.translation.is_upstream:
        return float("inf")
    if passage.freshness != "fresh" or passage.expires_at is None:
        return 0.0
    return passage.expires_at.timestamp()


def is_unchanged(passage: Passage) -> bool:
    """Return whether the translation and all chapters are those in memory now; never blocks."""
    known = chapter_cache.translations.get_known(passage.translation.identifier)
    return known is passage.translation and all(map(chapter_cache.holds, passage.chapters))


def is_settled(passage: Passage) -> bool:
    """Return whether reading the passage now would give the same, without calling upstream.

    Never blocks.
    """
    known = chapter_cache.translations.get_known(passage.translation.identifier)
    return (
        known is passage.translation
        and all(map(chapter_cache.is_settled, passage.chapters))
        and passage.freshness == _worst_freshness(passage.chapters)
    )


def _oldest(times: list[datetime | None]) -> datetime | None:
    known = [time for time in times if time is not None]
    return min(known) if len(known) == len(times) else None


def _select_verses(
    reference: Reference, translation: Translation, chapters: Iterable[CachedChapter]
) -> Iterator[PassageVerse]:
    """Yield the verses of a passage in the order of its spans.

    Raises PassageNotFound if this translation has none of the verses of a span.
    """
    by_number = {(chapter.key.book, chapter.key.chapter): chapter for chapter in chapters}
    for span in reference.spans:
        name = book_name(span.book, translation.language)
        found = [
            PassageVerse(span.book, name, number, verse, text)
            for number in span.chapters
            for verse, text in _within(span, number, by_number[span.book, number].verses)
        ]
        if not found:
            raise _verse_not_found(span, translation)
        yield from found


def _verse_not_found(span: Span, translation: Translation) -> PassageNotFound:
    """Return the error for a span; it suggests where the edition has the words, if it does."""
    identifier = translation.identifier
    requested = Reference((span,))
    found = renumber(requested, source=identifier, target=identifier)
    values = {"translation": translation.name}
    if found is None or found == requested:
        return PassageNotFound(_("%(translation)s does not have that verse.") % values)
    place = found.format(user_language())
    message = _("%(translation)s does not have that verse; its words are in %(place)s.")
    return PassageNotFound(message % {**values, "place": place}, [place])


def _within(span: Span, number: int, verses: Mapping[int, str]) -> Iterable[tuple[int, str]]:
    """Return the verses of a chapter that belong to a span, as the translation numbers them."""
    # A whole chapter has all verses of the translation, also those beyond the standard numbering.
    if span.is_whole_chapters:
        return verses.items()
    first = span.start_verse if number == span.start_chapter else 0
    last = span.end_verse if number == span.end_chapter else max(verses, default=0)
    return [(verse, verses[verse]) for verse in range(first, last + 1) if verse in verses]
