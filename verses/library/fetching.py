"""Getting a chapter from upstream: one call, whoever and however many ask for it."""

import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime

import structlog
from django.conf import settings
from django.db import connections
from django.utils import timezone

from verses import upstream
from verses.library import guard
from verses.library.held import HeldChapter, Key, read_table
from verses.library.leases import lease
from verses.models import Chapter, Origin
from verses.upstream import CallFailed

log = structlog.get_logger(__name__)

FETCH_TIMEOUT = 9.0
"""Seconds after which nobody waits for a call any more; a little more than a call can take."""
_POLL_SECONDS = 0.05
RETRY_SECONDS = (0.1, 0.4)
_THREADS = 4

Obtain = Callable[[Key], HeldChapter | None]


class Flights:
    """The calls this process is waiting for; a second asker joins the first one's wait."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._flights: dict[Key, Future[HeldChapter | None]] = {}
        self._pool: ThreadPoolExecutor | None = None

    def join(self, key: Key, obtain: Obtain) -> "Future[HeldChapter | None]":
        """Return the wait for `key`, begun now unless there is one already."""
        if not settings.VERSES_BACKGROUND_WORK:
            return _at_once(obtain, key)
        with self._lock:
            if (flight := self._flights.get(key)) is not None:
                return flight
            if self._pool is None:
                self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="upstream")
            flight = self._flights[key] = self._pool.submit(_with_own_connection, obtain, key)
        flight.add_done_callback(lambda _flight: self._land(key))
        return flight

    def begin_anew(self) -> None:
        """Forget the parent's waits and threads, which a forked child does not have."""
        self._lock = threading.Lock()
        self._flights = {}
        self._pool = None

    def _land(self, key: Key) -> None:
        with self._lock:
            self._flights.pop(key, None)


def _at_once(obtain: Obtain, key: Key) -> "Future[HeldChapter | None]":
    flight: Future[HeldChapter | None] = Future()
    try:
        flight.set_result(obtain(key))
    except Exception as error:  # handed to whoever asks for the result  # noqa: BLE001
        flight.set_exception(error)
    return flight


def _with_own_connection(obtain: Obtain, key: Key) -> HeldChapter | None:
    try:
        return obtain(key)
    except guard.NotNow:
        raise
    except Exception:
        log.exception("chapter.not_obtained", chapter=key)  # perhaps nobody waits for it
        raise
    finally:
        connections.close_all()


def obtain(key: Key) -> HeldChapter:
    """Return a chapter nobody holds yet, by calling upstream or waiting for who does.

    Raises guard.NotNow if upstream must not be called, or did not answer as it should.
    """
    began, deadline = timezone.now(), time.monotonic() + FETCH_TIMEOUT
    while time.monotonic() < deadline:
        if (held := _news(key, began)) is not None:
            return held
        with lease(_lease_name(key)) as is_mine:
            if is_mine:
                return _news(key, began) or _call(key)
        time.sleep(_POLL_SECONDS)
    raise guard.NotNow("waiting", 5)


def refresh(key: Key, *, always: bool = False) -> HeldChapter | None:
    """Replace a chapter unless another process is at it, in which case return None.

    One that has become fresh meanwhile is taken as it is, unless `always`.
    """
    with lease(_lease_name(key)) as is_mine:
        if not is_mine:
            return None
        return (None if always else _current(key)) or _call(key)


def _lease_name(key: Key) -> str:
    return "-".join(map(str, key))


def _current(key: Key) -> HeldChapter | None:
    held = read_table(key)
    return held if held is not None and held.freshness == "fresh" else None


def _news(key: Key, began: datetime) -> HeldChapter | None:
    """Return what another process has fetched; raise NotNow if its call has failed."""
    held = _current(key)
    if held is None:
        guard.refuse_after_failure(began)
    return held


def _call(key: Key) -> HeldChapter:
    try:
        verses = _fetch(key)
    except CallFailed as failure:
        guard.failed(failure)
        log.warning("upstream.failed", kind=failure.kind, detail=failure.detail, chapter=key)
        raise guard.NotNow(failure.kind, failure.block_seconds or 5) from failure
    guard.succeeded()
    if not verses:
        guard.missed()
    row = Chapter.objects.store(key, verses, timezone.now())
    log.info("chapter.fetched", translation=key[0], book=key[1], chapter=key[2])
    return HeldChapter(key, verses, Origin(row.origin), row.fetched_at, is_news=True)


def _fetch(key: Key) -> dict[int, str]:
    """Call upstream, a second time at most after a fault that came quickly and may pass."""
    guard.permit()
    try:
        return upstream.fetch_chapter(*key)
    except CallFailed as failure:
        if not failure.may_retry or not _may_retry():
            raise
    return upstream.fetch_chapter(*key)


def _may_retry() -> bool:
    time.sleep(random.uniform(*RETRY_SECONDS))  # noqa: S311  jitter, not a secret
    try:
        guard.permit()
    except guard.NotNow:
        return False
    return True
