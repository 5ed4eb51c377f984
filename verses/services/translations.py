"""Translations and their books."""

from dataclasses import dataclass

from django.db.models import Count

from verses.cache import chapter_cache
from verses.editions import EDITIONS
from verses.models import Chapter, Translation
from verses.references import BOOKS, Book, book_name, verses_in


@dataclass(frozen=True, slots=True)
class BookSummary:
    """A book of a translation, named in its language.

    `verses` is the translation's own number if the whole book is cached, else the standard one.
    """

    id: str
    name: str
    chapters: int
    verses: int


def list_translations() -> list[Translation]:
    """Return all translations, ordered by language and name."""
    return list(chapter_cache.translations.all().values())


def get_translation(identifier: str) -> Translation:
    """Return one translation; raises TranslationNotFound."""
    return chapter_cache.translations.get(identifier)


def is_embedded(translation: Translation) -> bool:
    """Return whether the project includes the whole text."""
    return translation.identifier in EDITIONS


def list_books(identifier: str) -> list[BookSummary]:
    """Return the books of a translation in canonical order; raises TranslationNotFound."""
    translation = chapter_cache.translations.get(identifier)
    chapters = Chapter.objects.with_text().filter(translation=translation)
    rows = chapters.values_list("book").annotate(Count("id", distinct=True), Count("verses"))
    cached = {book: (chapters, verses) for book, chapters, verses in rows}
    return [_summarize(book, translation, *cached.get(book.usfm, (0, 0))) for book in BOOKS]


def _summarize(
    book: Book, translation: Translation, cached_chapters: int, cached_verses: int
) -> BookSummary:
    standard = sum(verses_in(book.usfm, number) for number in range(1, book.chapters + 1))
    return BookSummary(
        id=book.usfm,
        name=book_name(book.usfm, translation.language),
        chapters=book.chapters,
        verses=cached_verses if cached_chapters == book.chapters else standard,
    )
