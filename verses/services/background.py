"""Background work of a web process: flushing counts, evicting chapters that others replaced."""

import os
import threading
from datetime import timedelta

import structlog
from django.conf import settings
from django.db import DatabaseError, connections
from django.utils import timezone

from verses import metrics, popularity
from verses.cache import chapter_cache

log = structlog.get_logger(__name__)

# Counts reach the tables, and with them other hosts, within about this time.
TICK_SECONDS = 1.0
# Each eviction is a query, so it is done more rarely than flushes, which read shared memory.
_TICKS_PER_EVICTION = 10
# Looked at twice, for rows committed late and for hosts whose clocks differ.
_OVERLAP = timedelta(seconds=30)


class BackgroundThread:
    """A daemon thread that does the background work until it is stopped."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._done = threading.Event()

    @property
    def is_running(self) -> bool:
        return self._thread is not None

    def start_once(self) -> None:
        """Start the thread unless it runs already or VERSES_BACKGROUND_WORK is off."""
        if self.is_running or not settings.VERSES_BACKGROUND_WORK:
            return
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="verses", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """Stop the thread and wait for its end."""
        self._done.set()
        if self._thread is not None:
            self._thread.join()

    def reset_after_fork(self) -> None:
        """Forget the parent's thread, which a forked child does not have."""
        self.__init__()  # type: ignore[misc]  # no state of the parent is of use

    def _run(self) -> None:
        chapter_cache.translations.is_refreshed_in_background = True
        tick = 0
        is_done = False
        while not is_done:
            try:
                popularity.flush()
                # At the start too: without translations nothing is answered in an outage.
                if tick % _TICKS_PER_EVICTION == 0:
                    chapter_cache.translations.refresh()
                    evict_changed()
            except DatabaseError as error:
                # Nothing is lost: the counts stay where they are until the database is back.
                metrics.BACKGROUND_FAILURES.inc()
                log.warning("background.database_unavailable", error=type(error).__name__)
                connections.close_all()
            except Exception:
                metrics.BACKGROUND_FAILURES.inc()
                log.exception("background.iteration_failed")
                connections.close_all()
            tick += 1
            is_done = self._done.wait(TICK_SECONDS)
        chapter_cache.translations.is_refreshed_in_background = False
        connections.close_all()


_thread = BackgroundThread()
os.register_at_fork(after_in_child=_thread.reset_after_fork)


def start_once() -> None:
    """Start the background work of this process; called where a web server loads the application.

    Not at the import of the app: management commands need no such thread, and a thread started
    before a server forks would not exist in its workers.
    """
    _thread.start_once()


def evict_changed() -> None:
    """Evict chapters that another process has replaced since the last look."""
    since = timezone.now() - timedelta(seconds=TICK_SECONDS * _TICKS_PER_EVICTION) - _OVERLAP
    chapter_cache.evict_changed_since(since)
