"""Reading through the layers.

Process memory, then the table, then upstream, then an embedded edition. A reader is never made to
wait for upstream when something can be served: a stale chapter is served at once and replaced
behind the reader's back, and an embedded edition stands in when upstream takes its time.
"""

import os
import threading
import time
from concurrent.futures import Future
from datetime import datetime

import structlog
from django.utils.translation import gettext as _

from verses import editions
from verses.cache import breaker, fetching
from verses.cache.chapter import HeldChapter, Key, read_table
from verses.cache.memory import Memory
from verses.cache.single_flight import Flights
from verses.cache.translations import Translations
from verses.exceptions import PassageNotFound, UpstreamUnavailable
from verses.models import Chapter, Origin

log = structlog.get_logger(__name__)

PATIENCE = 1.0
"""Seconds a reader waits for upstream when an embedded edition could answer instead."""
_REFRESH_AGAIN_SECONDS = 30.0

memory = Memory()
translations = Translations()
_flights = Flights()
os.register_at_fork(after_in_child=_flights.begin_anew)
_slow: set[Key] = set()
_tried: dict[Key, float] = {}
_tried_lock = threading.Lock()


def get_chapter(key: Key) -> HeldChapter:
    """Return a chapter with its verses.

    Raises PassageNotFound if upstream said that it has no such chapter, UpstreamUnavailable if no
    layer can answer, TranslationNotFound for an unknown translation.
    """
    held = _nearest(key)
    if held.origin is Origin.ABSENT:
        raise PassageNotFound(_("This translation does not have that chapter."))
    return held


def _nearest(key: Key) -> HeldChapter:
    held = memory.get(key) or _from_table(key)
    if not translations.get(key[0]).is_upstream:
        return held or _embedded(key) or _unknown(key)
    if held is not None and held.freshness == "fresh":
        return held
    if held is not None and held.origin is Origin.UPSTREAM:
        return _stale(held)
    # An absence past its time says nothing any more, least of all that an edition must be silent.
    return _ask(
        key, held if held is not None and held.origin is Origin.EMBEDDED else _embedded(key)
    )


def at_hand(key: Key) -> HeldChapter | None:
    """Return a chapter that has a text and can be had without asking upstream."""
    held = memory.get(key) or _from_table(key) or _embedded(key)
    return held if held is not None and held.verses else None


def _from_table(key: Key) -> HeldChapter | None:
    held = read_table(key)
    if held is not None:
        memory.put(held)
    return held


def _embedded(key: Key) -> HeldChapter | None:
    """Open the embedded edition itself, for when it was never loaded into the table."""
    if key[0] not in editions.EDITIONS:
        return None
    verses = editions.open_text(key[0]).chapter(key[1], key[2])
    if not verses:
        return None
    held = HeldChapter(key, verses, Origin.EMBEDDED, fetched_at=None)
    memory.put(held)
    return held


def _unknown(key: Key) -> HeldChapter:
    raise PassageNotFound(_("This translation does not have that chapter."))


def _stale(held: HeldChapter) -> HeldChapter:
    """Serve it as it is; one refresh runs behind, and a failing one is not tried at once again."""
    if breaker.is_refused() is None and _may_try(held.key):
        _flights.join(held.key, _refresh)
        return memory.get(held.key) or held
    return held


def _refresh(key: Key) -> HeldChapter | None:
    try:
        return fetch(key)
    except breaker.NotNow as refusal:
        log.info("chapter.refresh_put_off", chapter=key, reason=refusal.reason)
        return None


def fresh(key: Key) -> HeldChapter | None:
    """Return a chapter as the table holds it if it is fresh, an absence included."""
    held = read_table(key)
    return held if held is not None and held.freshness == "fresh" else None


def fetch(key: Key, *, always: bool = False) -> HeldChapter | None:
    """Ask upstream for a chapter unless it is fresh (or `always`).

    Returns None if another process is asking at this moment. Raises breaker.NotNow, and
    TranslationNotFound for an unknown translation.
    """
    translations.get(key[0])
    held = fetching.refresh(key, always=always)
    if held is not None:
        memory.put(held)
    return held


def _may_try(key: Key) -> bool:
    now = time.monotonic()
    with _tried_lock:
        if _tried.get(key, 0.0) > now:
            return False
        _tried[key] = now + _REFRESH_AGAIN_SECONDS
        if len(_tried) > 2 * len(memory) + 100:
            _tried.clear()
        return True


def _ask(key: Key, fallback: HeldChapter | None) -> HeldChapter:
    if (refused := breaker.is_refused()) is not None or (fallback is not None and _slow):
        return fallback or _unavailable(refused)
    flight = _flights.join(key, _obtain)
    try:
        held = flight.result(timeout=fetching.FETCH_TIMEOUT if fallback is None else PATIENCE)
    except breaker.NotNow as refusal:
        return fallback or _unavailable(refusal)
    except TimeoutError:
        _call_slow(key, flight)
        return fallback or _unavailable(None)
    return held or fallback or _unavailable(None)


def _obtain(key: Key) -> HeldChapter:
    held = fetching.obtain(key)
    memory.put(held)
    return held


def _call_slow(key: Key, flight: Future[HeldChapter | None]) -> None:
    """While a call hangs, readers who can be served from an edition are not made to wait too."""
    _slow.add(key)
    flight.add_done_callback(lambda _flight: _slow.discard(key))


def _unavailable(refusal: breaker.NotNow | None) -> HeldChapter:
    raise UpstreamUnavailable(
        _("bible-api.com is unavailable and this chapter is not cached."),
        retry_after=5 if refusal is None else refusal.seconds,
    )


def refresh_now(key: Key) -> bool:
    """Ask upstream for a chapter whatever its age, for an operator; False if that did not work.

    What is held stays as it is unless upstream answers.
    """
    try:
        return fetch(key, always=True) is not None
    except breaker.NotNow:
        return False


def drop_changed_since(moment: datetime) -> None:
    """Forget chapters that were replaced in the table since `moment`, by whatever process."""
    memory.drop(chapter.key for chapter in Chapter.objects.filter(fetched_at__gte=moment))


def forget() -> None:
    """Empty what this process holds; the table stays."""
    memory.clear()
    translations.forget()
    breaker.forget_refusal()
    _tried.clear()
    _slow.clear()
