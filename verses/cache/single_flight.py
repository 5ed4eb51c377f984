"""One call of a process for a chapter: a second asker joins the wait of the first."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import structlog
from django.conf import settings
from django.db import connections

from verses.cache import breaker
from verses.cache.chapter import HeldChapter, Key

log = structlog.get_logger(__name__)

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
    except breaker.NotNow:
        raise
    except Exception:
        log.exception("chapter.not_obtained", chapter=key)  # perhaps nobody waits for it
        raise
    finally:
        connections.close_all()
