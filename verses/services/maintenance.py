"""What an operator may do: fetch anew, warm, look at upstream, let calls through again."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

import structlog
from django.conf import settings

from verses import cache, upstream
from verses.cache import breaker
from verses.exceptions import UpstreamUnavailable
from verses.models import CallSlot, Chapter, Translation
from verses.references import Book, parse

log = structlog.get_logger(__name__)

MAX_PAUSE_SECONDS = 120
"""Seconds that warming waits for upstream; told to wait longer, it stops and says so."""
_ATTEMPTS = 10
_READERS_SHARE = 5  # one call in five is left to readers while chapters are warmed

Outcome = Literal["held", "fetched", "absent"]


@dataclass(frozen=True, slots=True)
class Warmed:
    """What became of one chapter: it was held already, was fetched, or does not exist there."""

    key: cache.Key
    outcome: Outcome


def freshness_of(chapter: Chapter) -> str:
    """Return `fresh`, `stale` or `offline` for a row of the table."""
    return cache.from_row(chapter).freshness


def refresh_chapter(chapter: Chapter) -> bool:
    """Fetch a chapter anew whatever its age; False if upstream gave nothing."""
    return chapter.translation.is_upstream and cache.refresh_now(chapter.key)


def budget_in_use() -> str:
    """Return the calls made within the budget's time, of how many."""
    budget = settings.BIBLE_API_BUDGET
    if budget is None:
        return ""
    used = CallSlot.objects.used(CallSlot.CALL, budget.seconds)
    return f"{used} / {budget.count}"


def ensure_upstream_state() -> None:
    """Make the row that an operator wants to see before the first call as well."""
    breaker.state_now()


def close_breaker() -> None:
    """Let calls through again, for an operator who knows that upstream is back."""
    breaker.close()


def list_upstream_translations() -> int | None:
    """Add the translations that upstream lists and we do not; None if it cannot be asked now."""
    try:
        breaker.permit()
        listed = upstream.fetch_translations()
    except breaker.NotNow:
        return None
    except upstream.CallFailed as failure:
        breaker.failed(failure)
        return None
    breaker.succeeded()
    known = set(cache.translations.all())
    new = [cache.from_catalogue(entry) for entry in listed if entry.identifier not in known]
    Translation.objects.bulk_create(new, ignore_conflicts=True)
    cache.translations.forget()
    return len(new)


def chapters_of(translation: str, books: Iterable[Book]) -> list[cache.Key]:
    """Return the keys of all chapters of `books`; raises TranslationNotFound."""
    identifier = cache.translations.get(translation).identifier
    return [
        (identifier, book.usfm, number) for book in books for number in range(1, book.chapters + 1)
    ]


def chapters_for(translation: str, references: Iterable[str]) -> list[cache.Key]:
    """Return the keys of the chapters that references need, each once.

    Raises TranslationNotFound, ReferenceInvalid, PassageNotFound.
    """
    identifier = cache.translations.get(translation).identifier
    needed = (chapter for text in references for chapter in parse(text).chapters())
    return [(identifier, book, number) for book, number in dict.fromkeys(needed)]


def warm(
    keys: Iterable[cache.Key], *, pause: Callable[[float], None] = time.sleep
) -> Iterator[Warmed]:
    """Bring chapters into the table, within upstream's budget; yield each when it is done.

    What is fresh already costs no call, so a run that was stopped goes on where it was. A book
    whose first chapter is absent is not asked for further.
    Raises UpstreamUnavailable if upstream cannot be asked for a long time.
    """
    absent: set[tuple[str, str]] = set()
    for key in keys:
        outcome = "absent" if key[:2] in absent else _warm_one(key, pause)
        if outcome == "absent":
            absent.add(key[:2])
        yield Warmed(key, outcome)


def _warm_one(key: cache.Key, pause: Callable[[float], None]) -> Outcome:
    if not cache.translations.get(key[0]).is_upstream:
        return "held"
    if (held := cache.fresh(key)) is not None:
        return "held" if held.verses else "absent"
    for _attempt in range(_ATTEMPTS):
        _leave_room_for_readers(pause)
        try:
            fetched = cache.fetch(key)
        except breaker.NotNow as refusal:
            _wait(refusal, pause)
            continue
        if fetched is not None:
            return "fetched" if fetched.verses else "absent"
        pause(1)  # another process is at this very chapter
    raise UpstreamUnavailable(f"Upstream did not give {key[1]} {key[2]} in {_ATTEMPTS} attempts.")


def _leave_room_for_readers(pause: Callable[[float], None]) -> None:
    budget = settings.BIBLE_API_BUDGET
    if budget is None or budget.count < _READERS_SHARE:
        return
    ours = budget.count - budget.count // _READERS_SHARE
    while CallSlot.objects.used(CallSlot.CALL, budget.seconds) >= ours:
        pause(budget.seconds / budget.count)


def _wait(refusal: breaker.NotNow, pause: Callable[[float], None]) -> None:
    if refusal.seconds > MAX_PAUSE_SECONDS:
        raise UpstreamUnavailable(
            f"Upstream must be left alone for {refusal.seconds} s: {refusal.reason}.",
            retry_after=refusal.seconds,
        )
    log.info("warming.waits", seconds=refusal.seconds, reason=refusal.reason)
    pause(refusal.seconds)
    breaker.forget_refusal()
