"""Work that no reader waits for: folding counts, and noticing what other processes fetched."""

import os
import threading
from datetime import timedelta

import structlog
from django.conf import settings
from django.db import connections
from django.utils import timezone

from verses import library, popularity

log = structlog.get_logger(__name__)

TICK_SECONDS = 1.0
_TICKS_PER_LOOK = 10
_OVERLAP = timedelta(seconds=30)


class _Keeper:
    """One daemon thread per process, begun by the first passage served."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def ensure_running(self) -> None:
        if self._thread is not None or not getattr(settings, "VERSES_BACKGROUND_WORK", True):
            return
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=_run, name="verses", daemon=True)
                self._thread.start()

    def begin_anew(self) -> None:
        """In a forked child the parent's thread does not run."""
        self._lock = threading.Lock()
        self._thread = None


_keeper = _Keeper()
os.register_at_fork(after_in_child=_keeper.begin_anew)


def ensure_running() -> None:
    """Begin this process's background work, unless it has begun or the settings forbid it."""
    _keeper.ensure_running()


def _run() -> None:
    tick, pause = 0, threading.Event()
    while not pause.wait(TICK_SECONDS):
        tick += 1
        try:
            popularity.fold()
            if tick % _TICKS_PER_LOOK == 0:
                look_around()
        except Exception:
            log.exception("background.failed")
            connections.close_all()


def look_around() -> None:
    """Forget chapters that another process has replaced lately."""
    since = timezone.now() - timedelta(seconds=TICK_SECONDS * _TICKS_PER_LOOK) - _OVERLAP
    library.drop_changed_since(since)
