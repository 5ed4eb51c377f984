"""Responses of the `/data` routes of bible-api.com, and its translations."""

import re

from verses.bible_api import deuterocanon
from verses.bible_api.errors import Json, not_found
from verses.cache import chapter_cache
from verses.exceptions import PassageNotFound, ReferenceInvalid
from verses.models import Translation
from verses.references import BOOKS, BY_USFM, Reference, book_name, chapters_in
from verses.services.passages import PassageVerse, read_passage
from verses.services.random_verse import random_passage, selected_books

DEFAULT_TRANSLATION = "web"


def get_translation(identifier: str | None) -> Translation:
    """Return a translation by its identifier in any case; `web` for None."""
    known = chapter_cache.translations.all()
    found = known.get(DEFAULT_TRANSLATION if identifier is None else identifier.lower())
    if found is None:
        raise not_found("translation not found")
    return found


def build_random_verse(translation: Translation, books: str = "OT,NT") -> Json:
    """Return the JSON of `GET /data/{translation}/random[/{books}]`."""
    known = [word for word in books.upper().split(",") if word in ("OT", "NT", *BY_USFM)]
    if not known:
        raise not_found("book not found")
    drawn = random_passage(
        translation=translation.identifier, books=selected_books(",".join(known))
    )
    return {
        "translation": _translation_json(translation),
        "random_verse": _verse_json(drawn.verses[0]),
    }


def build_translations(base: str) -> Json:
    """Return the JSON of `GET /data`; `base` is the URL that `/data` is relative to."""
    known = chapter_cache.translations.all()
    return {
        "translations": [
            {**_translation_json(translation), "url": f"{base}/data/{identifier}"}
            for identifier, translation in known.items()
        ]
    }


def build_books(translation: Translation, base: str) -> Json:
    """Return the JSON of `GET /data/{translation}`."""
    url = f"{base}/data/{translation.identifier}"
    listed = [
        {
            "id": book.usfm,
            "name": book.name(translation.language),
            "url": f"{url}/{book.usfm}",
        }
        for book in BOOKS
    ]
    return {"translation": _translation_json(translation), "books": listed}


def build_chapters(translation: Translation, book: str, base: str) -> Json:
    """Return the JSON of `GET /data/{translation}/{book}`."""
    usfm = book.upper()
    if usfm not in BY_USFM:
        raise not_found("book not found")
    url = f"{base}/data/{translation.identifier}/{usfm}"
    name = book_name(usfm, translation.language)
    listed = [
        {"book_id": usfm, "book": name, "chapter": number, "url": f"{url}/{number}"}
        for number in range(1, chapters_in(usfm) + 1)
    ]
    return {"translation": _translation_json(translation), "chapters": listed}


def build_chapter(translation: Translation, book: str, number: str) -> Json:
    """Return the JSON of `GET /data/{translation}/{book}/{chapter}`.

    Raises BibleApiError, UpstreamUnavailable.
    """
    usfm = book.upper()
    if not re.fullmatch("[0-9]{1,3}", number):
        raise not_found("book/chapter not found")
    verses = [_verse_json(verse) for verse in _read_chapter(translation, usfm, int(number))]
    if not verses:
        raise not_found("book/chapter not found")
    return {"translation": _translation_json(translation), "verses": verses}


def _read_chapter(translation: Translation, usfm: str, number: int) -> tuple[PassageVerse, ...]:
    """Return the verses of a chapter, none if there is no such chapter."""
    if deuterocanon.has_book(usfm, translation):
        return deuterocanon.read_chapter(translation, usfm, number)
    try:
        return read_passage(Reference.of_chapter(usfm, number), translation).verses
    except (KeyError, ReferenceInvalid, PassageNotFound):
        return ()


def _translation_json(translation: Translation) -> Json:
    return {
        "identifier": translation.identifier,
        "name": translation.name,
        "language": translation.language_name,
        "language_code": translation.language_code,
        "license": translation.license,
    }


def _verse_json(verse: PassageVerse) -> Json:
    return {
        "book_id": verse.book_id,
        "book": verse.book_name,
        "chapter": verse.chapter,
        "verse": verse.verse,
        "text": f"{verse.text}\n",
    }
