"""What there is to read: translations and their books."""

from dataclasses import dataclass

from django.db.models import Count

from verses.cache import chapter_cache
from verses.editions import EDITIONS
from verses.models import Chapter, Translation
from verses.references import BOOKS, Book, book_name, verses_in


@dataclass(frozen=True, slots=True)
class BookOfTranslation:
    """A book as a translation has it; `verses` counts the standard where it is not all held."""

    id: str
    name: str
    chapters: int
    verses: int


def list_translations() -> list[Translation]:
    """Return every translation that can be asked for, by language and name."""
    return list(chapter_cache.translations.all().values())


def get_translation(identifier: str) -> Translation:
    """Return one translation; raises TranslationNotFound."""
    return chapter_cache.translations.get(identifier)


def is_embedded(translation: Translation) -> bool:
    """Tell whether the whole text is shipped with the project."""
    return translation.identifier in EDITIONS


def list_books(translation: str) -> list[BookOfTranslation]:
    """Return the books of a translation in canonical order; raises TranslationNotFound."""
    found = chapter_cache.translations.get(translation)
    held = _verses_held(found)
    return [_book(book, found, held.get(book.usfm)) for book in BOOKS]


def _verses_held(translation: Translation) -> dict[str, tuple[int, int]]:
    """Return chapters and verses held by book."""
    chapters = Chapter.objects.with_text().filter(translation=translation)
    rows = chapters.values_list("book").annotate(
        chapters_held=Count("id", distinct=True), verses_held=Count("verses")
    )
    return {book: (chapters, verses) for book, chapters, verses in rows}


def _book(book: Book, translation: Translation, held: tuple[int, int] | None) -> BookOfTranslation:
    standard = sum(verses_in(book.usfm, number) for number in range(1, book.chapters + 1))
    is_whole = held is not None and held[0] == book.chapters
    return BookOfTranslation(
        id=book.usfm,
        name=book_name(book.usfm, translation.language),
        chapters=book.chapters,
        verses=held[1] if held is not None and is_whole else standard,
    )
