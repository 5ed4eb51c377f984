"""What there is to read: translations, their books, and words found in them."""

from dataclasses import dataclass

from django.db.models import Count

from verses import library
from verses.editions import EDITIONS
from verses.models import Chapter, Translation
from verses.models.search import VerseSearch
from verses.references import BOOKS, Book, book_name, verses_in
from verses.services.passages import DEFAULT_TRANSLATION

MAX_SEARCH_CHARACTERS = 100


@dataclass(frozen=True, slots=True)
class BookOfTranslation:
    """A book as a translation has it; `verses` counts the standard where it is not all held."""

    id: str
    name: str
    chapters: int
    verses: int


def translations() -> list[Translation]:
    """Return every translation that can be asked for, by language and name."""
    return list(library.translations.all().values())


def translation(identifier: str) -> Translation:
    """Return one translation; raises TranslationNotFound."""
    return library.translations.get(identifier)


def is_embedded(translation: Translation) -> bool:
    """Tell whether the whole text is shipped with the project."""
    return translation.identifier in EDITIONS


def books(translation: str) -> list[BookOfTranslation]:
    """Return the books of a translation in canonical order; raises TranslationNotFound."""
    found = library.translations.get(translation)
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


def search(*, words: str, translation: str = DEFAULT_TRANSLATION) -> VerseSearch:
    """Return the verses that have all the words, among the chapters held of a translation.

    Raises TranslationNotFound.
    """
    return VerseSearch(words, library.translations.get(translation).identifier)
