"""A verse drawn at random."""

import random
from collections.abc import Sequence

from verses.cache import chapter_cache
from verses.exceptions import PassageNotFound, UpstreamUnavailable
from verses.models import Chapter, Translation
from verses.references import BOOKS, BY_USFM, Book, Reference, verses_in
from verses.services.passages import (
    DEFAULT_TRANSLATION,
    Passage,
    read_passage,
)

_ATTEMPTS = 3


def random_passage(
    *, translation: str = DEFAULT_TRANSLATION, books: Sequence[Book] = BOOKS
) -> Passage:
    """Return a verse of `books`, each verse as likely as any other.

    A translation that lacks the verse gets further draws; then any chapter that is held will do.
    Raises TranslationNotFound, PassageNotFound or UpstreamUnavailable.
    """
    found = chapter_cache.translations.get(translation)
    for _attempt in range(_ATTEMPTS):
        try:
            return _passage(found, *_draw(books))
        except (PassageNotFound, UpstreamUnavailable):
            continue
    return _passage(found, *_draw_held(found, books))


def _passage(translation: Translation, book: str, chapter: int, verse: int) -> Passage:
    reference = Reference.from_osis(f"{BY_USFM[book].osis}.{chapter}.{verse}")
    return read_passage(reference, translation)


def _draw(books: Sequence[Book]) -> tuple[str, int, int]:
    places = [(book.usfm, number) for book in books for number in range(1, book.chapters + 1)]
    weights = [verses_in(*place) for place in places]
    ((book, chapter),) = random.choices(places, weights)  # noqa: S311  a verse, not a secret
    return book, chapter, random.randint(1, verses_in(book, chapter))  # noqa: S311


def _draw_held(translation: Translation, books: Sequence[Book]) -> tuple[str, int, int]:
    held = Chapter.objects.with_text().filter(
        translation=translation, book__in=[book.usfm for book in books]
    )
    chapter = held.order_by("?").first()
    if chapter is None:
        raise UpstreamUnavailable("Nothing of these books is held here, and upstream gave nothing.")
    verse = random.choice(chapter.verses.values_list("number", flat=True))  # noqa: S311
    return chapter.book, chapter.number, verse


def selected_books(selection: str) -> tuple[Book, ...]:
    """Return the books of `OT`, `NT` or a list of USFM ids such as `PSA,JHN`.

    Raises ValueError, which names the first word that is neither.
    """
    words = selection.upper().split(",")
    if unknown := [word for word in words if word not in ("OT", "NT", *BY_USFM)]:
        raise ValueError(unknown[0])
    return tuple(book for book in BOOKS if book.usfm in words or book.testament in words)
