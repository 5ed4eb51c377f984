"""Template context of the reader pages."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from verses.models import Translation
from verses.models.search import SearchHit
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
from verses.services.search import highlight_html
from verses.services.translations import get_translation, list_translations

_MAX_SUGGESTIONS = 6
_LANGUAGE_NAMES = (  # names that upstream uses, listed here for makemessages
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
    """Target of a link: OSIS key, and name in the language of the translation."""

    osis: str
    name: str


@dataclass(frozen=True, slots=True)
class AdjacentChapters:
    """Chapters before and after a passage; `whole` is its chapter if it is a part of one."""

    previous: PassageLink | None
    whole: PassageLink | None
    following: PassageLink | None


def adjacent_chapters(passage: Passage) -> AdjacentChapters:
    """Return links to the chapters around a passage; None beyond the ends of the Bible."""
    spans = passage.reference.spans
    language = passage.translation.language
    first, last = spans[0], spans[-1]
    return AdjacentChapters(
        previous=_link(_chapter_before(first.book, first.start_chapter), language),
        whole=_link(_containing_chapter(spans), language),
        following=_link(_chapter_after(last.book, last.end_chapter), language),
    )


def _containing_chapter(spans: tuple[Span, ...]) -> tuple[str, int] | None:
    chapters = {(span.book, number) for span in spans for number in span.chapters}
    if len(chapters) > 1 or spans[0].is_whole_chapters:
        return None
    return chapters.pop()


def _chapter_before(book: str, chapter: int) -> tuple[str, int] | None:
    if chapter > 1:
        return book, chapter - 1
    order = BY_USFM[book].order  # starts at 1
    return None if order == 1 else (BOOKS[order - 2].usfm, BOOKS[order - 2].chapters)


def _chapter_after(book: str, chapter: int) -> tuple[str, int] | None:
    if chapter < chapters_in(book):
        return book, chapter + 1
    order = BY_USFM[book].order
    return None if order == len(BOOKS) else (BOOKS[order].usfm, 1)


def _link(chapter: tuple[str, int] | None, language: str) -> PassageLink | None:
    if chapter is None:
        return None
    reference = Reference.of_chapter(*chapter)
    return PassageLink(reference.osis, reference.format(language))


@dataclass(frozen=True, slots=True)
class Testament:
    """Links to the first chapters of a testament's books, named in `language`."""

    name: str
    language: str
    places: tuple[PassageLink, ...]


def list_testaments(identifier: str) -> list[Testament]:
    """Return the books to browse, in the language of a translation; English if it is unknown."""
    languages = {known.identifier: known.language for known in list_translations()}
    language = languages.get(identifier, "en")
    names = {"OT": _("Old Testament"), "NT": _("New Testament")}
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
        for testament, name in names.items()
    ]


def suggest_references(text: str) -> tuple[str, ...]:
    """Return completions of a partly typed reference, in the active language."""
    return autocomplete(text, user_language(), _MAX_SUGGESTIONS) if text.strip() else ()


def group_by_language(listed: list[Translation]) -> dict[str, list[Translation]]:
    """Return the translations by translated name of their language."""
    groups: dict[str, list[Translation]] = {}
    for translation in listed:
        groups.setdefault(_(translation.language_name), []).append(translation)
    return groups


@dataclass(frozen=True, slots=True)
class SearchResult:
    """A matching verse; `html` is its escaped text with `<mark>` around the matching words."""

    place: PassageLink
    html: SafeString


def search_results(hits: Iterable[SearchHit], translation: str) -> list[SearchResult]:
    """Return search hits for a template."""
    language = get_translation(translation).language
    results = []
    for hit in hits:
        name = f"{book_name(hit.book, language)} {hit.chapter}:{hit.verse}"
        link = PassageLink(f"{BY_USFM[hit.book].osis}.{hit.chapter}.{hit.verse}", name)
        results.append(SearchResult(link, highlight_html(hit)))
    return results
