"""The heartbeat of a worker process, from a thread: jobs of hours must not delay it.

The same thread requeues the jobs of dead workers, which as a task would wait behind them.
"""

import os
import threading
from collections.abc import Callable

import structlog
from django.db import connections

log = structlog.get_logger(__name__)

INTERVAL_SECONDS = 10.0


class HeartbeatThread:
    """Calls `first` at once and then `beat` at intervals, until the process ends."""

    def __init__(
        self,
        beat: Callable[[], None],
        *,
        first: Callable[[], None],
        interval: float = INTERVAL_SECONDS,
    ) -> None:
        self._beat = beat
        self._first = first
        self._interval = interval
        self._pid = 0
        self._done = threading.Event()

    def start_once(self) -> None:
        """Start the thread, unless this very process has done so."""
        if self._pid == os.getpid():
            return
        self._pid = os.getpid()
        self._done = threading.Event()  # that of a parent process may be set
        threading.Thread(target=self._run, name="heartbeat", daemon=True).start()

    def stop(self) -> None:
        """End the thread after its present beat."""
        self._done.set()

    def _run(self) -> None:
        done, pending = self._done, self._first
        while not done.is_set():
            try:
                pending()
                pending = self._beat
            except Exception:
                # The next beat may succeed.
                log.exception("worker.heartbeat_failed")
            finally:
                connections.close_all()
            done.wait(self._interval)
