"""Figures that are computed at a scrape, each group with a deadline and a cache.

A database that is silent or locked must not stop `/metrics`: the rest of the metrics is then what
shows the fault. A group that is not ready in time is answered with its last values.
"""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

import structlog
from django.conf import settings
from django.db import connections
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

log = structlog.get_logger(__name__)

Compute = Callable[[], Iterable[Metric]]

# Seconds of one scrape, over all groups: longer than the checks of /ready take at most, and shorter
# than the ten after which Prometheus gives up.
DEADLINE = 3.0
# Seconds after which values are left out: a dashboard must not show an old state as the present.
MAX_AGE = 300.0


@dataclass
class Group:
    """Figures that are computed together, at most once in `ttl` seconds per process."""

    name: str
    compute: Compute
    ttl: float = 10.0
    clock: Callable[[], float] = time.monotonic
    failures: int = field(default=0, init=False)
    _values: list[Metric] = field(default_factory=list, init=False)
    _computed_at: float | None = field(default=None, init=False)
    _running: threading.Thread | None = field(default=None, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    def refresh(self) -> threading.Thread | None:
        """Start to compute the values if they are due; return the thread that does so."""
        with self._lock:
            if self._running is not None and self._running.is_alive():
                return self._running  # perhaps it waits for a lock; a second one would as well
            if self.age() < self.ttl:
                return None
            self._running = threading.Thread(
                target=self._compute, name=f"figures of {self.name}", daemon=True
            )
            self._running.start()
            return self._running

    def values(self) -> list[Metric]:
        """Return the values computed last, unless they are too old."""
        return self._values if self.age() <= max(MAX_AGE, 2 * self.ttl) else []

    def age(self) -> float:
        """Return the age of the values in seconds; infinite before the first."""
        return float("inf") if self._computed_at is None else self.clock() - self._computed_at

    def _compute(self) -> None:
        try:
            self._values = list(self.compute())
            self._computed_at = self.clock()
        except Exception as error:  # noqa: BLE001  a scrape shows what can be computed
            self.failures += 1
            log.warning("figures.failed", group=self.name, error=type(error).__name__)
        finally:
            connections.close_all()  # Django closes those of a request, not of a thread


class Figures(Collector):
    """A collector of all groups; a scrape waits for them until DEADLINE."""

    def __init__(self, groups: Iterable[Group], deadline: float = DEADLINE) -> None:
        self._groups = tuple(groups)
        self._deadline = deadline

    def collect(self) -> Iterator[Metric]:
        """Yield the figures of all groups, and how old they are."""
        if not settings.OBSERVED_FIGURES:
            return
        threads = [group.refresh() for group in self._groups]
        ends = time.monotonic() + self._deadline
        for thread in threads:
            if thread is not None:
                thread.join(max(0.0, ends - time.monotonic()))
        for group in self._groups:
            yield from group.values()
        yield from self._about_groups()

    def _about_groups(self) -> Iterator[Metric]:
        age = GaugeMetricFamily(
            "service_figures_age_seconds", "Age of figures computed at a scrape", labels=["group"]
        )
        failures = CounterMetricFamily(
            "service_figures_failures", "Failures to compute them", labels=["group"]
        )
        for group in self._groups:
            age.add_metric([group.name], group.age())
            failures.add_metric([group.name], group.failures)
        yield from (age, failures)
