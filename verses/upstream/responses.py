"""Reading upstream's JSON: every field is checked before anything is kept."""

import json
import unicodedata
from typing import Any

from verses.upstream.catalogue import KnownTranslation, language_of
from verses.upstream.exceptions import CallFailed

_MAX_VERSES = 250  # Psalm 119 has 176


def read_chapter(body: bytes, translation: str, book: str, number: int) -> dict[int, str]:
    """Return verse number -> text; raise CallFailed unless it is the chapter asked for."""
    answer = _object(body)
    verses = answer.get("verses")
    if not isinstance(verses, list) or not 0 < len(verses) <= _MAX_VERSES:
        raise CallFailed("body", "no list of verses")
    named = answer.get("translation")
    if not isinstance(named, dict) or named.get("identifier") != translation:
        raise CallFailed("body", "another translation than asked for")
    texts = dict(_verse(verse, book, number) for verse in verses)
    found = {verse: texts[verse] for verse in sorted(texts) if texts[verse]}
    if not found:
        raise CallFailed("body", "verses without text")
    return found


def _verse(verse: Any, book: str, number: int) -> tuple[int, str]:
    match verse:
        case {
            "book_id": str(of_book),
            "chapter": int(of_chapter),
            "verse": int(place),
            "text": str(text),
        }:
            if (of_book, of_chapter) != (book, number) or not 0 < place <= _MAX_VERSES:
                raise CallFailed("body", "another chapter than asked for")
            return place, clean(text)
    raise CallFailed("body", "a verse without its fields")


def clean(text: str) -> str:
    """Return `text` with each run of white space as one blank, and no control characters."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise CallFailed("body", "text that is not Unicode") from error
    kept = (" " if letter.isspace() else letter for letter in text)
    printable = "".join(letter for letter in kept if unicodedata.category(letter) != "Cc")
    return " ".join(printable.split())


def check_not_found(body: bytes) -> None:
    """Raise CallFailed unless this is upstream's own 404, which says so in JSON."""
    if not isinstance(_object(body).get("error"), str):
        raise CallFailed("body", "a 404 that is not upstream's own")


def read_translations(body: bytes) -> list[KnownTranslation]:
    """Return the translations listed; raise CallFailed if there is no such list."""
    listed = _object(body).get("translations")
    if not isinstance(listed, list) or not listed:
        raise CallFailed("body", "no list of translations")
    return [_translation(entry) for entry in listed]


def _translation(entry: Any) -> KnownTranslation:
    match entry:
        case {
            "identifier": str(identifier),
            "name": str(name),
            "language": str(language),
            "language_code": str(code),
            "license": str(license_name),
        } if identifier.replace("-", "").isalnum() and identifier.isascii():
            return KnownTranslation(
                identifier=identifier[:32],
                name=clean(name)[:200],
                language=language_of(code)[0][:16],
                language_name=clean(language)[:64],
                language_code=code[:16],
                license=clean(license_name)[:100],
            )
    raise CallFailed("body", "a translation without its fields")


def _object(body: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise CallFailed("body", "not JSON") from error
    if not isinstance(answer, dict):
        raise CallFailed("body", "not a JSON object")
    return answer
