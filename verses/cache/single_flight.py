"""Single flight: concurrent requests of this process for one chapter share one fetch."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeAlias

import structlog
from django.conf import settings
from django.db import connections

from verses.cache.breaker import CallRefused
from verses.cache.chapter import CachedChapter
from verses.models import ChapterKey

log = structlog.get_logger(__name__)

# Enough for the default budget: 15 calls in 30 seconds, each of at most 8 seconds.
_THREADS = 4

Fetch = Callable[[ChapterKey], CachedChapter | None]
Flight: TypeAlias = Future[CachedChapter | None]


class SingleFlight:
    """Runs fetches in a thread pool, at most one per chapter at a time.

    The fetches have threads of their own, so that a request can stop waiting while its fetch goes
    on and fills the cache.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._flights: dict[ChapterKey, Flight] = {}
        self._pool: ThreadPoolExecutor | None = None

    def run(self, key: ChapterKey, fetch: Fetch) -> Flight:
        """Return the future of the fetch of `key` in progress; start `fetch` if there is none.

        Without VERSES_BACKGROUND_WORK it runs in the calling thread and is done on return.
        """
        if not settings.VERSES_BACKGROUND_WORK:
            return _run_now(fetch, key)
        with self._lock:
            if (flight := self._flights.get(key)) is not None:
                return flight
            if self._pool is None:
                self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="upstream")
            run = copy_context().run  # logs and calls with the id of the request
            flight = self._flights[key] = self._pool.submit(run, _run_in_thread, fetch, key)
        # Outside the lock: if the fetch is done already, the callback runs here and takes the lock.
        flight.add_done_callback(lambda _flight: self._finish(key))
        return flight

    @property
    def is_idle(self) -> bool:
        return not self._flights

    def reset_after_fork(self) -> None:
        """Drop the parent's lock, futures and threads; a forked child has none of its threads."""
        self._lock = threading.Lock()
        self._flights = {}
        self._pool = None

    def _finish(self, key: ChapterKey) -> None:
        with self._lock:
            self._flights.pop(key, None)


def _run_now(fetch: Fetch, key: ChapterKey) -> Flight:
    flight: Flight = Future()
    try:
        flight.set_result(fetch(key))
    except Exception as error:  # noqa: BLE001  raised again by Future.result
        flight.set_exception(error)
    return flight


def _run_in_thread(fetch: Fetch, key: ChapterKey) -> CachedChapter | None:
    try:
        return fetch(key)
    except CallRefused:
        raise
    except Exception:
        # Logged here, because the request that started the fetch may have stopped waiting.
        log.exception("chapter.fetch_failed", chapter=key)
        raise
    finally:
        connections.close_all()
