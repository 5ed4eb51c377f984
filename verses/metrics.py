"""Prometheus metrics of the verse service that are counted where the events happen.

Figures that come from the tables are computed at a scrape (`verses.services.figures`). Known labels
start at 0: a series that appears with its first error is invisible to `rate()`.
"""

from collections.abc import Iterable
from itertools import product

from prometheus_client import Counter, Gauge, Histogram

# As CallFailed.code, and the two outcomes of a call that did not fail.
UPSTREAM_FAILURES = (
    "timeout",
    "connection",
    "throttled",
    "banned",
    "status",
    "redirect",
    "size",
    "body",
)
UPSTREAM_OUTCOMES = ("ok", "not_found", *UPSTREAM_FAILURES)
SOURCES = ("cache", "upstream", "embedded")
FRESHNESS = ("fresh", "stale", "offline")
LAYERS = ("memory", "table", "edition", "upstream")

ANSWERS = Counter(
    "verses_answers_total", "Passages answered, by source and age", ["source", "freshness"]
)
LOOKUPS = Counter("verses_lookups_total", "Chapters looked up, by layer", ["layer", "result"])
UPSTREAM_SECONDS = Histogram(
    "verses_upstream_call_seconds",
    "Time of one HTTP call to upstream",
    ["outcome"],
    buckets=(0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10),
)
UPSTREAM_RESULTS = Counter(
    "verses_upstream_outcomes_total", "Chapters fetched from upstream, by outcome", ["kind"]
)
LEASES = Counter("verses_leases_total", "Attempts to take the lease of a chapter", ["result"])
LEASE_WAIT = Histogram(
    "verses_lease_wait_seconds",
    "Time that a fetch waited for another process to fetch the same chapter",
    buckets=(0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10),
)
LAST_FLUSH = Gauge(
    "verses_counts_last_flush_timestamp_seconds",
    "When this host's request counts last reached the tables",
    multiprocess_mode="max",
)
NOT_COUNTED = Counter("verses_not_counted_total", "Requests answered but not counted")
THROTTLED = Counter("verses_throttled_total", "Requests beyond the limit of their client")
BACKGROUND_FAILURES = Counter(
    "verses_background_failures_total", "Failed iterations of the background work"
)


def _start_at_zero(metric: Counter | Histogram, values: Iterable[tuple[str, ...]]) -> None:
    for labels in values:
        metric.labels(*labels)


_start_at_zero(ANSWERS, product(SOURCES, FRESHNESS))
_start_at_zero(LOOKUPS, product(LAYERS, ("hit", "miss")))
_start_at_zero(UPSTREAM_SECONDS, ((outcome,) for outcome in UPSTREAM_OUTCOMES))
_start_at_zero(UPSTREAM_RESULTS, ((outcome,) for outcome in UPSTREAM_OUTCOMES))
_start_at_zero(LEASES, (("taken",), ("busy",), ("redis_failed",)))
