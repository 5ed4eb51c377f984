"""What operators may do: refresh chapters, fill the cache, list translations, close the breaker."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

import structlog
from django.conf import settings

from verses import upstream
from verses.cache import breaker, chapter_cache, from_catalogue, from_row, get_fresh
from verses.exceptions import UpstreamUnavailable
from verses.models import CallSlot, Chapter, ChapterKey, Translation
from verses.references import Book, parse

log = structlog.get_logger(__name__)

# `warm` waits up to this long for upstream; for a longer block it stops.
MAX_PAUSE_SECONDS = 120
_MAX_ATTEMPTS = 10
# One call in five of the budget is left for requests while `warm` runs.
_SHARE_FOR_REQUESTS = 5

Outcome = Literal["cached", "fetched", "not_found"]


@dataclass(frozen=True, slots=True)
class WarmResult:
    """Result for one chapter: cached already, fetched, or not in this translation."""

    key: ChapterKey
    outcome: Outcome


def freshness_of(chapter: Chapter) -> str:
    """Return `fresh`, `stale` or `offline` for a row of the table."""
    return from_row(chapter).freshness


def refresh_chapter(chapter: Chapter) -> bool:
    """Fetch a chapter again whatever its age; return False if it was not fetched."""
    return chapter.translation.is_upstream and chapter_cache.force_refresh(chapter.key)


def budget_in_use() -> str:
    """Return `used / allowed` calls of the budget's period; empty without a budget."""
    budget = settings.BIBLE_API_BUDGET
    if budget is None:
        return ""
    used = CallSlot.objects.used(CallSlot.CALL, budget.seconds)
    return f"{used} / {budget.count}"


def ensure_upstream_state() -> None:
    """Create the breaker's row, so that its admin page shows it before the first call."""
    breaker.get_state()


def close_breaker() -> None:
    """Allow calls again, for an operator who knows that upstream is available."""
    breaker.reset()


def list_upstream_translations() -> int | None:
    """Add translations that upstream lists and the table does not have.

    Returns how many were added, or None if upstream cannot be called now.
    """
    try:
        breaker.acquire_call()
        listed = upstream.fetch_translations()
    except breaker.CallRefused:
        return None
    except upstream.CallFailed as failure:
        breaker.record_failure(failure)
        return None
    breaker.record_success()
    known = set(chapter_cache.translations.all())
    new = [from_catalogue(entry) for entry in listed if entry.identifier not in known]
    Translation.objects.bulk_create(new, ignore_conflicts=True)
    chapter_cache.translations.clear()
    return len(new)


def chapters_of(translation: str, books: Iterable[Book]) -> list[ChapterKey]:
    """Return the keys of all chapters of `books`; raises TranslationNotFound."""
    identifier = chapter_cache.translations.get(translation).identifier
    return [
        ChapterKey(identifier, book.usfm, number)
        for book in books
        for number in range(1, book.chapters + 1)
    ]


def chapters_for(translation: str, references: Iterable[str]) -> list[ChapterKey]:
    """Return the keys of the chapters that references need, each once.

    Raises TranslationNotFound, ReferenceInvalid, PassageNotFound.
    """
    identifier = chapter_cache.translations.get(translation).identifier
    needed = (chapter for text in references for chapter in parse(text).chapters())
    return [ChapterKey(identifier, book, number) for book, number in dict.fromkeys(needed)]


def warm(
    keys: Iterable[ChapterKey], *, pause: Callable[[float], None] = time.sleep
) -> Iterator[WarmResult]:
    """Fetch chapters into the table within the call budget; yield each one when it is done.

    Fresh chapters cost no call, so an interrupted run can be repeated.
    Raises UpstreamUnavailable if upstream is blocked for longer than MAX_PAUSE_SECONDS.
    """
    missing_books: set[tuple[str, str]] = set()
    for key in keys:
        book = key.translation, key.book
        # A translation without the first chapter of a book has none of the book. Each further
        # 404 would bring us closer to a ban.
        outcome = "not_found" if book in missing_books else _warm_chapter(key, pause)
        if outcome == "not_found":
            missing_books.add(book)
        yield WarmResult(key, outcome)


def _warm_chapter(key: ChapterKey, pause: Callable[[float], None]) -> Outcome:
    if not chapter_cache.translations.get(key.translation).is_upstream:
        return "cached"
    if (cached := get_fresh(key)) is not None:
        return "cached" if cached.verses else "not_found"
    for _attempt in range(_MAX_ATTEMPTS):
        _wait_for_spare_budget(pause)
        try:
            fetched = chapter_cache.fetch_if_stale(key)
        except breaker.CallRefused as refusal:
            _wait_for_upstream(refusal, pause)
            continue
        if fetched is not None:
            return "fetched" if fetched.verses else "not_found"
        pause(1)  # another process is fetching this chapter
    raise UpstreamUnavailable(
        f"{key.book} {key.chapter} was not fetched in {_MAX_ATTEMPTS} attempts."
    )


def _wait_for_spare_budget(pause: Callable[[float], None]) -> None:
    budget = settings.BIBLE_API_BUDGET
    if budget is None or budget.count < _SHARE_FOR_REQUESTS:
        return
    spare = budget.count - budget.count // _SHARE_FOR_REQUESTS
    while CallSlot.objects.used(CallSlot.CALL, budget.seconds) >= spare:
        pause(budget.seconds / budget.count)


def _wait_for_upstream(refusal: breaker.CallRefused, pause: Callable[[float], None]) -> None:
    if refusal.seconds > MAX_PAUSE_SECONDS:
        raise UpstreamUnavailable(
            f"Upstream is blocked for {refusal.seconds} s: {refusal.reason}.",
            retry_after=refusal.seconds,
        )
    log.info("warm.waiting", seconds=refusal.seconds, reason=refusal.reason)
    pause(refusal.seconds)
    breaker.clear_refusal()
