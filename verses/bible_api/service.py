"""bible-api.com's own answers, from our library: its shapes, its rules, its errors.

What its real server does is recorded in the tests; where it is silly but harmless (a range that
ends before it begins is an empty passage) a client may rely on it, so it is kept.
"""

import re
from typing import Any

from verses.cache import chapter_cache
from verses.exceptions import PassageNotFound, ReferenceInvalid
from verses.models import Translation
from verses.references import BOOKS, BY_USFM, Reference, book_name, chapters_in, parse
from verses.services.passages import PassageVerse, read_passage
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


class Refusal(Exception):
    """An error in upstream's own shape; only the drop-in's view ever sees it."""

    def __init__(self, status: int, body: Json) -> None:
        super().__init__(body["error"])
        self.status = status
        self.body = body


def _not_found(what: str) -> Refusal:
    return Refusal(404, {"error": what})


def _too_many(detail: str) -> Refusal:
    return Refusal(400, {"error": "too many chapters", "detail": detail, "why": _WHY})


def translation_named(identifier: str | None) -> Translation:
    """Return a translation by its identifier in any case; the default one for None."""
    found = chapter_cache.translations.all().get((identifier or "web").lower())
    if found is None:
        raise _not_found("translation not found")
    return found


def passage(text: str, translation: Translation, *, is_numbered: bool, is_lenient: bool) -> Json:
    """Answer `GET /{ref}`; `is_lenient` reads `Jude 1` as the chapter, not as verse 1.

    Raises Refusal, UpstreamUnavailable.
    """
    if ":" not in text and re.search(r"[,-]", text):
        raise _too_many(_ONE_CHAPTER)
    if (empty := _reversed(text, translation)) is not None:
        return empty
    try:
        reference = parse(text, single_chapter="chapter" if is_lenient else "verse")
        _check_chapters(reference)
        verses = read_passage(reference, translation).verses
    except (ReferenceInvalid, PassageNotFound) as error:
        raise _not_found("not found") from error
    return _rendered(
        reference.format(translation.language), verses, translation, is_numbered=is_numbered
    )


def _check_chapters(reference: Reference) -> None:
    first, last = reference.spans[0], reference.spans[-1]
    if last.end_chapter - first.start_chapter + 1 > _MAX_CHAPTERS:
        raise _too_many(_ONE_BOUNDARY)


def _reversed(text: str, translation: Translation) -> Json | None:
    """Answer a range that ends before it begins as upstream does, or return None."""
    match = _REVERSED.fullmatch(text)
    if match is None or int(match[2]) <= int(match[3]):
        return None
    try:
        first, last = parse(match[1] + match[2]), parse(match[1] + match[3])
    except (ReferenceInvalid, PassageNotFound):
        return None
    name = f"{first.format(translation.language)}-{last.spans[0].start_verse}"
    return _rendered(name, (), translation, is_numbered=False)


def _rendered(
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


def random_by_name(translation: Translation) -> Json:
    """Answer upstream's older random call, `GET /?random=..`."""
    verses = random_passage(translation=translation.identifier).verses
    name = f"{verses[0].book_name} {verses[0].chapter}:{verses[0].verse}"
    return _rendered(name, verses, translation, is_numbered=False)


def random_verse(translation: Translation, books: str = "OT,NT") -> Json:
    """Answer `GET /data/{translation}/random[/{books}]`."""
    known = [word for word in books.upper().split(",") if word in ("OT", "NT", *BY_USFM)]
    if not known:
        raise _not_found("book not found")
    drawn = random_passage(
        translation=translation.identifier, books=selected_books(",".join(known))
    )
    return {"translation": _described(translation), "random_verse": _data_verse(drawn.verses[0])}


def listing(base: str) -> Json:
    """Answer `GET /data`; `base` is the address that `/data` lies under."""
    known = chapter_cache.translations.all()
    return {
        "translations": [
            {**_described(translation), "url": f"{base}/data/{identifier}"}
            for identifier, translation in known.items()
        ]
    }


def books(translation: Translation, base: str) -> Json:
    """Answer `GET /data/{translation}`."""
    url = f"{base}/data/{translation.identifier}"
    listed = [
        {
            "id": book.usfm,
            "name": book.name(translation.language),
            "url": f"{url}/{book.usfm}",
        }
        for book in BOOKS
    ]
    return {"translation": _described(translation), "books": listed}


def chapters(translation: Translation, book: str, base: str) -> Json:
    """Answer `GET /data/{translation}/{book}`."""
    usfm = book.upper()
    if usfm not in BY_USFM:
        raise _not_found("book not found")
    url = f"{base}/data/{translation.identifier}/{usfm}"
    name = book_name(usfm, translation.language)
    listed = [
        {"book_id": usfm, "book": name, "chapter": number, "url": f"{url}/{number}"}
        for number in range(1, chapters_in(usfm) + 1)
    ]
    return {"translation": _described(translation), "chapters": listed}


def chapter(translation: Translation, book: str, number: str) -> Json:
    """Answer `GET /data/{translation}/{book}/{chapter}`; raises Refusal, UpstreamUnavailable."""
    known = BY_USFM.get(book.upper())
    if known is None or not re.fullmatch("[0-9]{1,3}", number):
        raise _not_found("book/chapter not found")
    try:
        reference = Reference.of_chapter(known.usfm, int(number))
        verses = read_passage(reference, translation).verses
    except (ReferenceInvalid, PassageNotFound) as error:
        raise _not_found("book/chapter not found") from error
    return {
        "translation": _described(translation),
        "verses": [_data_verse(verse) for verse in verses],
    }


def _described(translation: Translation) -> Json:
    return {
        "identifier": translation.identifier,
        "name": translation.name,
        "language": translation.language_name,
        "language_code": translation.language_code,
        "license": translation.license,
    }


def _data_verse(verse: PassageVerse) -> Json:
    return {
        "book_id": verse.book_id,
        "book": verse.book_name,
        "chapter": verse.chapter,
        "verse": verse.verse,
        "text": f"{verse.text}\n",
    }
