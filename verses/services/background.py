"""Work that no reader waits for: folding counts, and noticing what other processes fetched."""

import os
import threading
from datetime import timedelta

import structlog
from django.conf import settings
from django.db import connections
from django.utils import timezone

from verses import cache, popularity

log = structlog.get_logger(__name__)

TICK_SECONDS = 1.0
_TICKS_PER_LOOK = 10
_OVERLAP = timedelta(seconds=30)


class Keeper:
    """One daemon thread per process, begun by the first passage served."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._done = threading.Event()

    @property
    def is_running(self) -> bool:
        return self._thread is not None

    def ensure_running(self) -> None:
        if self.is_running or not settings.VERSES_BACKGROUND_WORK:
            return
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="verses", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """End the thread and wait for it."""
        self._done.set()
        if self._thread is not None:
            self._thread.join()

    def begin_anew(self) -> None:
        """Forget the parent's thread, which does not run in a forked child."""
        self.__init__()  # type: ignore[misc]  # nothing of the parent's state is of use

    def _run(self) -> None:
        tick = 0
        while not self._done.wait(TICK_SECONDS):
            tick += 1
            try:
                popularity.fold()
                if tick % _TICKS_PER_LOOK == 0:
                    look_around()
            except Exception:
                log.exception("background.failed")
                connections.close_all()
        connections.close_all()


_keeper = Keeper()
os.register_at_fork(after_in_child=_keeper.begin_anew)


def ensure_running() -> None:
    """Begin this process's background work, unless it has begun or the settings forbid it."""
    _keeper.ensure_running()


def look_around() -> None:
    """Forget chapters that another process has replaced lately."""
    since = timezone.now() - timedelta(seconds=TICK_SECONDS * _TICKS_PER_LOOK) - _OVERLAP
    cache.drop_changed_since(since)
