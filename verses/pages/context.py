"""What the reader's page adds to a passage: where to go next, and what may have been meant."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from verses.cache import chapter_cache
from verses.models import Translation
from verses.models.search import Hit
from verses.references import (
    BOOKS,
    BY_USFM,
    Reference,
    Span,
    autocomplete,
    book_name,
    chapters_in,
)
from verses.services.passages import Passage, user_language
from verses.services.search import highlighted

_SUGGESTIONS = 6
_LANGUAGES = (  # as upstream names them; said here so that they are translated
    gettext_noop("Cherokee"),
    gettext_noop("Chinese (Traditional)"),
    gettext_noop("Czech"),
    gettext_noop("English (UK)"),
    gettext_noop("English (US)"),
    gettext_noop("Latin"),
    gettext_noop("Portuguese"),
    gettext_noop("Romanian"),
    gettext_noop("Russian"),
)
_LICENSES = (gettext_noop("Public Domain"),)


@dataclass(frozen=True, slots=True)
class PassageLink:
    """A passage to go to: its OSIS key, and its name in the translation's language."""

    osis: str
    name: str


@dataclass(frozen=True, slots=True)
class AdjacentChapters:
    """The chapters around a passage, and the whole chapter if it is only a part of one."""

    previous: PassageLink | None
    whole: PassageLink | None
    following: PassageLink | None


def adjacent_chapters(passage: Passage) -> AdjacentChapters:
    """Return where a reader may go on from a passage."""
    spans = passage.reference.spans
    language = passage.translation.language
    first, last = spans[0], spans[-1]
    return AdjacentChapters(
        previous=_place(_before(first.book, first.start_chapter), language),
        whole=_whole(spans, language),
        following=_place(_after(last.book, last.end_chapter), language),
    )


def _whole(spans: tuple[Span, ...], language: str) -> PassageLink | None:
    places = {(span.book, number) for span in spans for number in span.chapters}
    if len(places) > 1 or spans[0].is_whole_chapters:
        return None
    return _place(places.pop(), language)


def _before(book: str, chapter: int) -> tuple[str, int] | None:
    if chapter > 1:
        return book, chapter - 1
    order = BY_USFM[book].order
    return None if order == 1 else (BOOKS[order - 2].usfm, BOOKS[order - 2].chapters)


def _after(book: str, chapter: int) -> tuple[str, int] | None:
    if chapter < chapters_in(book):
        return book, chapter + 1
    order = BY_USFM[book].order
    return None if order == len(BOOKS) else (BOOKS[order].usfm, 1)


def _place(chapter: tuple[str, int] | None, language: str) -> PassageLink | None:
    if chapter is None:
        return None
    reference = Reference.of_chapter(*chapter)
    return PassageLink(reference.osis, reference.format(language))


@dataclass(frozen=True, slots=True)
class Testament:
    """The first chapters of a testament's books, in the language of a translation."""

    name: str
    language: str
    places: tuple[PassageLink, ...]


def list_testaments(identifier: str) -> list[Testament]:
    """Return where each book begins, for who would rather browse; English if unknown."""
    listed = chapter_cache.translations.all().get(identifier)
    language = listed.language if listed else "en"
    named = {"OT": _("Old Testament"), "NT": _("New Testament")}
    return [
        Testament(
            name,
            language,
            tuple(
                PassageLink(f"{book.osis}.1", book.name(language))
                for book in BOOKS
                if book.testament == testament
            ),
        )
        for testament, name in named.items()
    ]


def suggest_references(text: str) -> tuple[str, ...]:
    """Return what a half-typed reference may become, in the user's language."""
    return autocomplete(text, user_language(), _SUGGESTIONS) if text.strip() else ()


def group_by_language(listed: list[Translation]) -> dict[str, list[Translation]]:
    """Return the translations by the name of their language, for a menu."""
    groups: dict[str, list[Translation]] = {}
    for translation in listed:
        groups.setdefault(_(translation.language_name), []).append(translation)
    return groups


@dataclass(frozen=True, slots=True)
class SearchResult:
    """A verse found by its words; `html` has them marked, all else escaped."""

    place: PassageLink
    html: SafeString


def search_results(hits: Iterable[Hit], translation: str) -> list[SearchResult]:
    """Return hits as a page shows them."""
    language = chapter_cache.translations.get(translation).language
    return [SearchResult(_place_of_verse(hit, language), highlighted(hit)) for hit in hits]


def _place_of_verse(hit: Hit, language: str) -> PassageLink:
    name = f"{book_name(hit.book, language)} {hit.chapter}:{hit.verse}"
    return PassageLink(f"{BY_USFM[hit.book].osis}.{hit.chapter}.{hit.verse}", name)
