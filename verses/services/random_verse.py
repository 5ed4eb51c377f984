"""A random verse."""

import random
from collections.abc import Sequence

from verses.cache import chapter_cache
from verses.exceptions import PassageNotFound, UpstreamUnavailable
from verses.models import Chapter, Translation
from verses.references import BOOKS, BY_USFM, Book, Reference, verses_in
from verses.services.passages import DEFAULT_TRANSLATION, Passage, read_passage

# Each attempt may be a call to upstream, which has a budget for all clients.
_MAX_ATTEMPTS = 3


def random_passage(
    *, translation: str = DEFAULT_TRANSLATION, books: Sequence[Book] = BOOKS
) -> Passage:
    """Return a verse of `books`, drawn uniformly over all their verses, and count the request.

    If the drawn verse cannot be read, others are drawn; then one of the cached chapters.
    Raises TranslationNotFound, PassageNotFound or UpstreamUnavailable.
    """
    found = chapter_cache.translations.get(translation)
    for _attempt in range(_MAX_ATTEMPTS):
        try:
            return _read_verse(found, *_draw(books))
        except (PassageNotFound, UpstreamUnavailable):
            continue
    return _read_verse(found, *_draw_cached(found, books))


def _read_verse(translation: Translation, book: str, chapter: int, verse: int) -> Passage:
    reference = Reference.from_osis(f"{BY_USFM[book].osis}.{chapter}.{verse}")
    return read_passage(reference, translation)


def _draw(books: Sequence[Book]) -> tuple[str, int, int]:
    chapters = [(book.usfm, number) for book in books for number in range(1, book.chapters + 1)]
    # Weighted by length: otherwise verses of short chapters would be drawn more often.
    weights = [verses_in(*chapter) for chapter in chapters]
    ((book, chapter),) = random.choices(chapters, weights)  # noqa: S311  not a secret
    return book, chapter, random.randint(1, verses_in(book, chapter))  # noqa: S311


def _draw_cached(translation: Translation, books: Sequence[Book]) -> tuple[str, int, int]:
    cached = Chapter.objects.with_text().filter(
        translation=translation, book__in=[book.usfm for book in books]
    )
    chapter = cached.order_by("?").first()
    if chapter is None:
        raise UpstreamUnavailable("No chapter of these books is cached, and upstream failed.")
    verse = random.choice(chapter.verses.values_list("number", flat=True))  # noqa: S311
    return chapter.book, chapter.number, verse


def selected_books(selection: str) -> tuple[Book, ...]:
    """Return the books of a comma-separated list of `OT`, `NT` and USFM ids such as `PSA,JHN`.

    Raises ValueError with the first item that is neither.
    """
    words = selection.upper().split(",")
    if unknown := [word for word in words if word not in ("OT", "NT", *BY_USFM)]:
        raise ValueError(unknown[0])
    return tuple(book for book in BOOKS if book.usfm in words or book.testament in words)
