"""Responses of bible-api.com, with its JSON, its limits and its errors.

Recorded responses of the real server are in the tests. Odd but harmless behaviour is kept, since
clients may depend on it: a range that ends before it starts is an empty passage.
"""

import re
from typing import Any

from verses.cache import chapter_cache
from verses.exceptions import PassageNotFound, ReferenceInvalid
from verses.models import Translation
from verses.references import BOOKS, BY_USFM, Reference, book_name, chapters_in, parse
from verses.services.passages import Passage, PassageVerse, read_passage
from verses.services.random_verse import random_passage, selected_books

_WHY = "Because people are abusing my server. :-("
_ONE_CHAPTER = "You cannot fetch more than one whole chapter at once."
_ONE_BOUNDARY = (
    "You can use ranges across a single chapter boundary, but not more than one. "
    "For example, John 3:16-4:1 is fine, but John 3:16-5:1 is not."
)
_REVERSED = re.compile(r"(.*\d\s*:\s*)(\d{1,3})\s*-\s*(\d{1,3})\s*")
_MAX_CHAPTERS = 2

Json = dict[str, Any]


class BibleApiError(Exception):
    """An error response of bible-api.com: HTTP status and JSON body."""

    def __init__(self, status: int, body: Json) -> None:
        super().__init__(body["error"])
        self.status = status
        self.body = body


def _not_found(what: str) -> BibleApiError:
    return BibleApiError(404, {"error": what})


def _too_many(detail: str) -> BibleApiError:
    return BibleApiError(400, {"error": "too many chapters", "detail": detail, "why": _WHY})


def get_translation(identifier: str | None) -> Translation:
    """Return a translation by its identifier in any case; `web` for None."""
    found = chapter_cache.translations.all().get((identifier or "web").lower())
    if found is None:
        raise _not_found("translation not found")
    return found


def build_passage(
    text: str, translation: Translation, *, is_numbered: bool, is_lenient: bool
) -> tuple[Json, Passage | None]:
    """Return the JSON of `GET /{ref}`; `is_lenient` reads `Jude 1` as the chapter, not verse 1.

    Also returns the passage, if any. Raises BibleApiError, UpstreamUnavailable.
    """
    if ":" not in text and re.search(r"[,-]", text):
        raise _too_many(_ONE_CHAPTER)
    if (empty := _empty_if_reversed(text, translation)) is not None:
        return empty, None
    try:
        reference = parse(text, single_chapter="chapter" if is_lenient else "verse")
        first, last = reference.spans[0], reference.spans[-1]
        if last.end_chapter - first.start_chapter + 1 > _MAX_CHAPTERS:
            raise _too_many(_ONE_BOUNDARY)
        found = read_passage(reference, translation)
    except (ReferenceInvalid, PassageNotFound) as error:
        raise _not_found("not found") from error
    name = reference.format(translation.language)
    return _passage_json(name, found.verses, translation, is_numbered=is_numbered), found


def _empty_if_reversed(text: str, translation: Translation) -> Json | None:
    """Return an empty passage for a range that ends before it starts, else None."""
    match = _REVERSED.fullmatch(text)
    if match is None or int(match[2]) <= int(match[3]):
        return None
    try:
        first, last = parse(match[1] + match[2]), parse(match[1] + match[3])
    except (ReferenceInvalid, PassageNotFound):
        return None
    name = f"{first.format(translation.language)}-{last.spans[0].start_verse}"
    return _passage_json(name, (), translation, is_numbered=False)


def _passage_json(
    name: str, verses: tuple[PassageVerse, ...], translation: Translation, *, is_numbered: bool
) -> Json:
    numbers = (f"({verse.verse}) " if is_numbered else "" for verse in verses)
    texts = (f"{number}{verse.text}\n" for number, verse in zip(numbers, verses, strict=True))
    return {
        "reference": name,
        "verses": [
            {
                "book_id": verse.book_id,
                "book_name": verse.book_name,
                "chapter": verse.chapter,
                "verse": verse.verse,
                "text": f"{verse.text}\n",
            }
            for verse in verses
        ],
        "text": "".join(texts),
        "translation_id": translation.identifier,
        "translation_name": translation.name,
        "translation_note": translation.license,
    }


def build_random_passage(translation: Translation) -> Json:
    """Return the JSON of the older random call, `GET /?random=..`."""
    verses = random_passage(translation=translation.identifier).verses
    name = f"{verses[0].book_name} {verses[0].chapter}:{verses[0].verse}"
    return _passage_json(name, verses, translation, is_numbered=False)


def build_random_verse(translation: Translation, books: str = "OT,NT") -> Json:
    """Return the JSON of `GET /data/{translation}/random[/{books}]`."""
    known = [word for word in books.upper().split(",") if word in ("OT", "NT", *BY_USFM)]
    if not known:
        raise _not_found("book not found")
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
        raise _not_found("book not found")
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
    known = BY_USFM.get(book.upper())
    if known is None or not re.fullmatch("[0-9]{1,3}", number):
        raise _not_found("book/chapter not found")
    try:
        reference = Reference.of_chapter(known.usfm, int(number))
        verses = read_passage(reference, translation).verses
    except (ReferenceInvalid, PassageNotFound) as error:
        raise _not_found("book/chapter not found") from error
    return {
        "translation": _translation_json(translation),
        "verses": [_verse_json(verse) for verse in verses],
    }


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
