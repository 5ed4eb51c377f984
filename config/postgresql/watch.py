"""Whether a database server answers, known to all threads of a process."""

import threading
import time
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from psycopg import OperationalError

# One thread in this time tries a server that does not answer; the others fail at once.
RETRY_SECONDS = 1.0
# An answer counts for so long, so that many silent statements share one look at the server.
_ANSWER_SECONDS = 1.0


class ServerWatch:
    """The last known state of one server; thread-safe."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self.asking = threading.Lock()
        """The lock of the thread that asks the server, so that waiting threads share the answer."""
        self._is_down = False
        self._retry_at = 0.0
        self._answered_at = float("-inf")

    @property
    def is_down(self) -> bool:
        """Whether the last attempt to connect failed."""
        return self._is_down

    @property
    def answered_just_now(self) -> bool:
        """Whether the server answered within the last second."""
        return not self._is_down and self._clock() - self._answered_at < _ANSWER_SECONDS

    def admit(self) -> None:
        """Allow an attempt to connect; raises OperationalError if another was just made."""
        with self._lock:
            if not self._is_down:
                return
            if self._clock() < self._retry_at:
                raise OperationalError("the database server did not answer a moment ago")
            self._retry_at = self._clock() + RETRY_SECONDS

    def record_failure(self) -> None:
        """Record that the server could not be reached."""
        with self._lock:
            self._is_down = True
            self._retry_at = self._clock() + RETRY_SECONDS

    def record_answer(self) -> None:
        """Record that the server answered."""
        with self._lock:
            self._is_down = False
            self._answered_at = self._clock()


@cache
def _watch(server: tuple[Any, ...]) -> ServerWatch:
    return ServerWatch()


def watch_of(conn_params: Mapping[str, Any]) -> ServerWatch:
    """Return the watch of the server that the parameters of a connection name."""
    names = ("host", "hostaddr", "port", "dbname", "user")
    return _watch(tuple(conn_params.get(name) for name in names))
