"""Runs checks with a deadline, and shares one result between the probes that come together.

A check that waits for a locked table must not hold the threads of the web server: it has a thread
of its own, and is not started again before it has ended. So a fault costs a process one thread per
check, however many probes arrive.
"""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from django.db import connections
from django.utils import timezone

log = structlog.get_logger(__name__)

DEADLINE_SECONDS = 2.0
MAX_AGE_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Check:
    """Result of one check: `ok`, `degraded` (still serving) or `failed` (not ready)."""

    status: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """A check with the time at which this process first saw its present status."""

    status: str
    detail: str
    since: datetime


@dataclass(slots=True)
class _Run:
    """A check in its thread."""

    thread: threading.Thread
    found: list[Check] = field(default_factory=list)


class CheckRunner:
    """Runs named checks; thread-safe.

    `without_result` returns the status of a check that raises an error or is late. A `deadline` of
    None runs the checks in the calling thread.
    """

    def __init__(
        self,
        checks: Mapping[str, Callable[[], Check]],
        without_result: Callable[[str], str],
        *,
        deadline: float | None = DEADLINE_SECONDS,
        max_age: float = MAX_AGE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._checks = checks
        self._without_result = without_result
        self.deadline = deadline
        self.max_age = max_age
        self._clock = clock
        self._lock = threading.Lock()
        self._runs: dict[str, _Run] = {}
        self._results: dict[str, Result] = {}
        self._ended_at = float("-inf")

    def results(self) -> dict[str, Result]:
        """Return the result of each check, at most `max_age` seconds old."""
        with self._lock:
            if self._clock() - self._ended_at >= self.max_age:
                self._results = {
                    name: self._with_since(name, check) for name, check in self._run_all().items()
                }
                self._ended_at = self._clock()
            return self._results

    def _run_all(self) -> dict[str, Check]:
        if self.deadline is None:
            return {name: self._attempt(name) for name in self._checks}
        runs = {name: self._start(name) for name in self._checks}
        ends = time.monotonic() + self.deadline
        for run in runs.values():
            run.thread.join(max(0.0, ends - time.monotonic()))
        late = f"no result within {self.deadline:g} s"
        return {
            name: run.found[0] if run.found else Check(self._without_result(name), late)
            for name, run in runs.items()
        }

    def _start(self, name: str) -> _Run:
        """Return the run of a check in progress, or start one."""
        run = self._runs.get(name)
        if run is not None and run.thread.is_alive():
            return run
        found: list[Check] = []
        thread = threading.Thread(
            target=self._run_in_thread, args=(name, found), name=f"check {name}", daemon=True
        )
        self._runs[name] = _Run(thread, found)
        thread.start()
        return self._runs[name]

    def _run_in_thread(self, name: str, found: list[Check]) -> None:
        try:
            found.append(self._attempt(name))
        finally:
            connections.close_all()  # Django closes those of a request, not of a thread

    def _attempt(self, name: str) -> Check:
        try:
            return self._checks[name]()
        except Exception as error:
            log.exception("health.check_failed", check=name)
            reason = f"{type(error).__name__}; see the log"
            return Check(self._without_result(name), reason)

    def _with_since(self, name: str, check: Check) -> Result:
        before = self._results.get(name)
        is_same = before is not None and before.status == check.status
        since = before.since if before is not None and is_same else timezone.now()
        return Result(check.status, check.detail, since)
