"""Books outside the 66 of `verses.references`, which the real server has in some translations.

Their chapters are fetched from upstream and kept in the memory of this process only: the tables,
the search, the counts and the reader page know the 66 books.
"""

import re
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping

from django.conf import settings
from django.utils import timezone

from verses import upstream
from verses.cache import breaker
from verses.exceptions import UpstreamUnavailable
from verses.models import CallSlot, ChapterKey, Translation
from verses.services.passages import PassageVerse

MAX_CHAPTERS = 64
# Of the default budget of 15: requests for these books must not block the others, neither by
# calls nor by the 404s of translations that do not have them.
MAX_CALLS = (5, 30.0)
NOT_FOUND_SECONDS = 600.0
_CALL_KIND = "deutero"
# A request does not wait longer for the fetch of another request.
_WAIT_SECONDS = 1.0
_RETRY_AFTER_SECONDS = 5

# USFM id: name, and what a name starts with, in the forms that the real server accepts.
_BOOKS = {
    "TOB": ("Tobit", "tob"),
    "JDT": ("Judith", "jth|jdth?|judith"),
    "ESG": ("Esther (Greek)", "esg"),
    "WIS": ("Wisdom of Solomon", "wis"),
    "SIR": ("Sirach", "sir"),
    "BAR": ("Baruch", "bar"),
    "LJE": ("Jeremy’s Letter", "lje"),  # noqa: RUF001  the real server's spelling
    "S3Y": ("3 Holy Children’s Song", "3 holy"),  # noqa: RUF001
    "SUS": ("Susanna", "sus"),
    "BEL": ("Bel and the Dragon", "bel"),
    "1MA": ("1 Maccabees", "1 ?ma"),
    "2MA": ("2 Maccabees", "2 ?ma"),
    "1ES": ("1 Esdras", "1 ?es"),
    "MAN": ("Prayer of Manasses", "prayer|man"),
    "3MA": ("3 Maccabees", "3 ?ma"),
    "2ES": ("2 Esdras", "2 ?es"),
    "4MA": ("4 Maccabees", "4 ?ma"),
}
_ROMAN = (("iii ", "3 "), ("ii ", "2 "), ("i ", "1 "))
_PATTERNS = {usfm: re.compile(pattern) for usfm, (_name, pattern) in _BOOKS.items()}

_lock = threading.Lock()
_kept: OrderedDict[ChapterKey, tuple[Mapping[int, str], float]] = OrderedDict()


def find_book(name: str, translation: Translation) -> str | None:
    """Return the USFM id of a book of a translation by its English name, None for any other."""
    written = name.lower()
    for roman, digit in _ROMAN:
        if written.startswith(roman):
            written = digit + written.removeprefix(roman)
    found = (usfm for usfm, start in _PATTERNS.items() if start.match(written))
    return next((usfm for usfm in found if has_book(usfm, translation)), None)


def has_book(usfm: str, translation: Translation) -> bool:
    """Return whether it is one of these books and the translation may have it."""
    return usfm in _BOOKS and translation.language_code == "eng" and translation.is_upstream


def name_of(usfm: str) -> str:
    """Return the English name of a book; raises KeyError for any other book."""
    return _BOOKS[usfm][0]


def read_chapter(translation: Translation, usfm: str, number: int) -> tuple[PassageVerse, ...]:
    """Return the verses of a chapter, none if the translation has no such chapter.

    Raises UpstreamUnavailable.
    """
    key = ChapterKey(translation.identifier, usfm, number)
    verses = _get_kept(key)
    if verses is None:
        verses = _fetch_once(key)
    return tuple(
        PassageVerse(usfm, name_of(usfm), number, verse, text) for verse, text in verses.items()
    )


def clear() -> None:
    """Drop all chapters."""
    _kept.clear()


def _fetch_once(key: ChapterKey) -> Mapping[int, str]:
    """Fetch a chapter that no other thread has fetched meanwhile."""
    if not _lock.acquire(timeout=_WAIT_SECONDS):
        raise UpstreamUnavailable("Another chapter is being fetched.", _RETRY_AFTER_SECONDS)
    try:
        verses = _get_kept(key)
        return _fetch(key) if verses is None else verses
    finally:
        _lock.release()


def _get_kept(key: ChapterKey) -> Mapping[int, str] | None:
    verses, expires_at = _kept.get(key, ({}, 0.0))
    return verses if time.monotonic() < expires_at else None


def _fetch(key: ChapterKey) -> Mapping[int, str]:
    try:
        _acquire_call()
        verses = upstream.fetch_chapter(*key)
    except upstream.CallFailed as failure:
        breaker.record_failure(failure)
        raise UpstreamUnavailable(str(failure), _RETRY_AFTER_SECONDS) from failure
    except breaker.CallRefused as refusal:
        raise UpstreamUnavailable(str(refusal), refusal.seconds) from refusal
    breaker.record_success()
    if not verses:
        breaker.record_not_found()
    seconds = settings.VERSES_FRESH_FOR.total_seconds() if verses else NOT_FOUND_SECONDS
    _kept[key] = (verses, time.monotonic() + seconds)
    if len(_kept) > MAX_CHAPTERS:
        _kept.popitem(last=False)
    return verses


def _acquire_call() -> None:
    if (refusal := breaker.current_refusal()) is not None:
        raise refusal
    free_at = CallSlot.objects.take(_CALL_KIND, *MAX_CALLS)
    if free_at is not None:
        raise breaker.CallRefused("budget", (free_at - timezone.now()).total_seconds())
    breaker.acquire_call()
