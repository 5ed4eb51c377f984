"""A passage by its reference: what readers come for."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from verses import popularity
from verses.cache import CachedChapter, Freshness, Source, chapter_cache
from verses.exceptions import PassageNotFound
from verses.models import ChapterKey, Translation
from verses.references import Reference, Span, book_name, parse

DEFAULT_TRANSLATION = "web"
_SPANISH_DEFAULT = "rv1909"

_SOURCES: tuple[Source, ...] = ("cache", "upstream", "embedded")
_FRESHNESS: tuple[Freshness, ...] = ("fresh", "stale", "offline")


@dataclass(frozen=True, slots=True)
class PassageVerse:
    """One verse of a passage; `book_name` is in the translation's language."""

    book_id: str
    book_name: str
    chapter: int
    verse: int
    text: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage of one translation, with what is known of its age.

    `source` and `freshness` are those of its least trusted chapter, `fetched_at` and `expires_at`
    those of its oldest; both are None if any of it comes from an embedded edition.
    """

    reference: Reference
    translation: Translation
    verses: tuple[PassageVerse, ...]
    source: Source
    freshness: Freshness
    fetched_at: datetime | None
    expires_at: datetime | None
    request_count: int

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
    """Return the language of messages: that of the request, or English."""
    return (get_language() or "en")[:2]


def default_translation() -> str:
    """Return the translation that a reader of this language begins with."""
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
    """Return the passage of a reference that was read already, and count it if so wished.

    Raises PassageNotFound or UpstreamUnavailable.
    """
    chapters = [chapter_cache.get_chapter(key) for key in keys_of(reference, translation)]
    passage = _composed(reference, translation, chapters)
    if not is_counted:
        return passage
    return replace(passage, request_count=popularity.count(translation.identifier, passage.osis))


def passage_at_hand(reference: Reference, translation: Translation) -> Passage | None:
    """Return a passage, uncounted, if it can be had without asking upstream."""
    chapters = [chapter_cache.get_cached(key) for key in keys_of(reference, translation)]
    held = [chapter for chapter in chapters if chapter is not None]
    if len(held) < len(chapters):
        return None
    try:
        return _composed(reference, translation, held)
    except PassageNotFound:
        return None


def _composed(
    reference: Reference, translation: Translation, chapters: list[CachedChapter]
) -> Passage:
    return Passage(
        reference=reference,
        translation=translation,
        verses=tuple(verses_of(reference, translation, chapters)),
        source=max((chapter.source for chapter in chapters), key=_SOURCES.index),
        freshness=max((chapter.freshness for chapter in chapters), key=_FRESHNESS.index),
        fetched_at=_oldest([chapter.fetched_at for chapter in chapters]),
        expires_at=_oldest([chapter.expires_at for chapter in chapters]),
        request_count=0,
    )


def keys_of(reference: Reference, translation: Translation) -> Iterator[ChapterKey]:
    """Yield the keys of the chapters that a passage needs."""
    for book, number in reference.chapters():
        yield ChapterKey(translation.identifier, book, number)


def _oldest(times: list[datetime | None]) -> datetime | None:
    known = [time for time in times if time is not None]
    return min(known) if len(known) == len(times) else None


def verses_of(
    reference: Reference, translation: Translation, chapters: Iterable[CachedChapter]
) -> Iterator[PassageVerse]:
    """Yield the verses of a passage out of its chapters, in the order asked for.

    Raises PassageNotFound if this translation has none of the verses of a span.
    """
    by_key = {chapter.key[1:]: chapter for chapter in chapters}
    for span in reference.spans:
        name = book_name(span.book, translation.language)
        found = [
            PassageVerse(span.book, name, number, verse, text)
            for number in span.chapters
            for verse, text in _within(span, number, by_key[span.book, number].verses)
        ]
        if not found:
            raise PassageNotFound(
                _("%(translation)s does not have that verse.") % {"translation": translation.name}
            )
        yield from found


def _within(span: Span, number: int, verses: Mapping[int, str]) -> Iterable[tuple[int, str]]:
    """Return the verses of a chapter that belong to a span, as this edition numbers them."""
    if span.is_whole_chapters:
        return verses.items()
    first = span.start_verse if number == span.start_chapter else 0
    last = span.end_verse if number == span.end_chapter else max(verses, default=0)
    return [(verse, verses[verse]) for verse in range(first, last + 1) if verse in verses]
