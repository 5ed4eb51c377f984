"""Figures of the verse service that are computed when Prometheus asks for them."""

from collections.abc import Iterator

from django.conf import settings
from prometheus_client.core import GaugeMetricFamily, Metric

from verses import popularity
from verses.metrics import UPSTREAM_FAILURES
from verses.models import CallSlot, UpstreamState

# As UpstreamState.reason: a failure of upstream, or too many 404.
BLOCK_REASONS = (*UPSTREAM_FAILURES, "misses")


def collect() -> Iterator[Metric]:
    """Yield the state of upstream and of the request counts."""
    yield from _budget()
    yield _blocked_until()
    unflushed = GaugeMetricFamily(
        "verses_counts_unflushed", "Requests counted on this host that the tables lack"
    )
    unflushed.add_metric([], popularity.unflushed())
    yield unflushed


def _budget() -> Iterator[Metric]:
    """Yield the calls within the budget's time, and the budget; nothing without a budget."""
    budget = settings.BIBLE_API_BUDGET
    if budget is None:
        return
    used = GaugeMetricFamily("verses_upstream_budget_used", "Calls within the budget's time")
    used.add_metric([], CallSlot.objects.used(CallSlot.CALL, budget.seconds))
    limit = GaugeMetricFamily("verses_upstream_budget_limit", "Calls allowed within that time")
    limit.add_metric([], budget.count)
    yield from (used, limit)


def _blocked_until() -> Metric:
    """Return the end of the block, as a Unix time by its reason; 0 for every other reason."""
    family = GaugeMetricFamily(
        "verses_upstream_blocked_until_timestamp_seconds",
        "Until when upstream is not called",
        labels=["reason"],
    )
    state = UpstreamState.objects.filter(pk=1, blocked_until__isnull=False).first()
    ends = dict.fromkeys(BLOCK_REASONS, 0.0)
    if state is not None and state.blocked_until is not None:
        ends[state.reason] = state.blocked_until.timestamp()
    for reason, end in ends.items():
        family.add_metric([reason], end)
    return family
