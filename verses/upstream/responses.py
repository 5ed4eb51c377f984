"""Parsing of upstream's JSON; every field is checked, since a wrong text would be cached."""

import json
import unicodedata
from typing import Any

from verses.upstream.catalogue import KnownTranslation, language_of
from verses.upstream.exceptions import CallFailed

_MAX_VERSES = 250  # Psalm 119 has 176


def parse_chapter(body: bytes, translation: str, book: str, number: int) -> dict[int, str]:
    """Return verse number -> text; raises CallFailed unless it is the requested chapter."""
    answer = _parse_object(body)
    verses = answer.get("verses")
    if not isinstance(verses, list) or not 0 < len(verses) <= _MAX_VERSES:
        raise CallFailed("body", "no list of verses")
    named = answer.get("translation")
    if not isinstance(named, dict) or named.get("identifier") != translation:
        raise CallFailed("body", "another translation than requested")
    texts = dict(_parse_verse(verse, book, number) for verse in verses)
    found = {verse: texts[verse] for verse in sorted(texts) if texts[verse]}
    if not found:
        raise CallFailed("body", "verses without text")
    return found


def _parse_verse(verse: Any, book: str, number: int) -> tuple[int, str]:
    match verse:
        case {
            "book_id": str(of_book),
            "chapter": int(of_chapter),
            "verse": int(place),
            "text": str(text),
        }:
            if (of_book, of_chapter) != (book, number) or not 0 < place <= _MAX_VERSES:
                raise CallFailed("body", "another chapter than requested")
            return place, clean_text(text)
    raise CallFailed("body", "a verse without its fields")


def clean_text(text: str) -> str:
    """Collapse white space to single spaces and drop control characters.

    Raises CallFailed for lone surrogates, which JSON can express and no database can store.
    """
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise CallFailed("body", "text that is not Unicode") from error
    kept = (" " if letter.isspace() else letter for letter in text)
    printable = "".join(letter for letter in kept if unicodedata.category(letter) != "Cc")
    return " ".join(printable.split())


def check_not_found(body: bytes) -> None:
    """Raise CallFailed unless a 404 is upstream's own JSON and not the page of some proxy."""
    if not isinstance(_parse_object(body).get("error"), str):
        raise CallFailed("body", "a 404 that is not upstream's own")


def parse_translations(body: bytes) -> list[KnownTranslation]:
    """Return the listed translations; raises CallFailed if there is no list."""
    listed = _parse_object(body).get("translations")
    if not isinstance(listed, list) or not listed:
        raise CallFailed("body", "no list of translations")
    return [_parse_translation(entry) for entry in listed]


def _parse_translation(entry: Any) -> KnownTranslation:
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
                name=clean_text(name)[:200],
                language=language_of(code)[0][:16],
                language_name=clean_text(language)[:64],
                language_code=code[:16],
                license=clean_text(license_name)[:100],
            )
    raise CallFailed("body", "a translation without its fields")


def _parse_object(body: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise CallFailed("body", "not JSON") from error
    if not isinstance(answer, dict):
        raise CallFailed("body", "not a JSON object")
    return answer
