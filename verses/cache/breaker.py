"""May upstream be called now? Its budget, and a circuit breaker with one probe.

Both live in the database, so all processes and hosts act as one caller.
"""

import math
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from verses.models import CallSlot, UpstreamFailure, UpstreamState
from verses.upstream import CallFailed

log = structlog.get_logger(__name__)

FAILURES_TO_OPEN = 3
FIRST_BLOCK_SECONDS = 15.0
WAKE_SECONDS = 1.0
MAX_BLOCK_SECONDS = 300.0
PROBE_SECONDS = 12.0
"""A probe that has not come back by then is taken for dead, and another may be sent."""
MAX_MISSES = (8, 30.0)
"""Upstream bans an address that gets more than ten 404 in 30 seconds."""
_REFUSAL_KEPT_SECONDS = 5.0


class NotNow(Exception):
    """Upstream must not be called; `seconds` until it is worth trying again."""

    def __init__(self, reason: str, seconds: float) -> None:
        super().__init__(reason)
        self.reason = reason
        self.seconds = max(1, math.ceil(seconds))


@dataclass(frozen=True, slots=True)
class _Refusal:
    """The latest refusal, remembered so that a blocked upstream costs no query per request."""

    reason: str = ""
    ends: float = 0.0
    trusted_until: float = 0.0


_latest = [_Refusal()]  # replaced whole, so that threads need no lock


def is_refused() -> NotNow | None:
    """Return why no call is possible, as far as this process knows without asking."""
    if not settings.BIBLE_API_URL:
        return NotNow("never called, by configuration", 3600)
    refusal, now = _latest[0], time.monotonic()
    return NotNow(refusal.reason, refusal.ends - now) if now < refusal.trusted_until else None


def forget_refusal() -> None:
    _latest[0] = _Refusal()


def permit() -> None:
    """Take one call from the budget; raises NotNow if upstream must be left alone."""
    if (refused := is_refused()) is not None:
        raise refused
    state = state_now()
    now = timezone.now()
    if state.blocked_until is not None and now < state.blocked_until:
        raise _refuse(state.reason, state.blocked_until, now)
    _take_budget(now)
    if state.blocked_until is not None and not _claim_probe(state.blocked_until, now):
        raise _refuse("probing", now + timedelta(seconds=1), now)


def state_now() -> UpstreamState:
    """Return the shared state, making its row at the first call."""
    state, _created = UpstreamState.objects.get_or_create(pk=1)
    return state


def _take_budget(now: datetime) -> None:
    budget = settings.BIBLE_API_BUDGET
    if budget is None:
        return
    free_at = CallSlot.objects.take(CallSlot.CALL, budget.count, budget.seconds)
    if free_at is not None:
        raise _refuse("budget", free_at, now)


def _claim_probe(blocked_until: datetime, now: datetime) -> bool:
    free = Q(probing_until__isnull=True) | Q(probing_until__lte=now)
    waiting = UpstreamState.objects.filter(free, blocked_until=blocked_until)
    return bool(waiting.update(probing_until=now + timedelta(seconds=PROBE_SECONDS)))


def _refuse(reason: str, until: datetime, now: datetime) -> NotNow:
    seconds = (until - now).total_seconds()
    ends = time.monotonic() + seconds
    # Trusted briefly, because another process may close the breaker, or an operator.
    trusted_until = min(ends, time.monotonic() + _REFUSAL_KEPT_SECONDS)
    _latest[0] = _Refusal(reason, ends, trusted_until)
    return NotNow(reason, seconds)


def succeeded() -> None:
    """Note an answer that could be believed: the breaker closes."""
    was_open = UpstreamState.objects.filter(pk=1, blocked_until__isnull=False)
    if was_open.exists():
        log.info("upstream.recovered")
    UpstreamState.objects.filter(pk=1).update(
        failures=0, reason="", blocked_until=None, probing_until=None, succeeded_at=timezone.now()
    )
    forget_refusal()


def missed() -> None:
    """Note a 404: near the number that would have us banned, upstream is left alone."""
    free_at = CallSlot.objects.take(CallSlot.MISS, *MAX_MISSES)
    if free_at is not None:
        _block("misses", free_at)


@transaction.atomic
def failed(failure: CallFailed) -> None:
    """Note a failure; upstream's own wish, or several failures in a row, stop all calls."""
    now = timezone.now()
    state_now()
    state = UpstreamState.objects.select_for_update().get(pk=1)
    state.failures += 1
    state.failed_at = now
    UpstreamFailure.objects.note(failure.kind, failure.detail)
    if failure.block_seconds or state.failures >= FAILURES_TO_OPEN:
        seconds = max(failure.block_seconds * _growth(state, failure), _block_seconds(state))
        state.reason = failure.kind
        state.blocked_until = now + timedelta(seconds=seconds)
        state.probing_until = None
        log.warning("upstream.blocked", reason=failure.kind, seconds=round(seconds))
    state.save()


def _growth(state: UpstreamState, failure: CallFailed) -> int:
    """Return by how much a pause grows: a 429 upon a 429 doubles it."""
    return 2 ** min(state.failures - 1, 4) if failure.kind == "throttled" else 1


def _block_seconds(state: UpstreamState) -> float:
    doublings = min(max(state.failures - FAILURES_TO_OPEN, 0), 10)
    return float(min(FIRST_BLOCK_SECONDS * 2**doublings, MAX_BLOCK_SECONDS))


def _block(reason: str, until: datetime) -> None:
    state_now()
    UpstreamState.objects.filter(pk=1).update(
        reason=reason, blocked_until=until, probing_until=None
    )
    log.warning("upstream.blocked", reason=reason)


def refuse_after_failure(began: datetime) -> None:
    """Raise NotNow if any call failed since `began`, or just before, in whatever process.

    A failed call speaks for those who waited for it and for those who come in its wake.
    """
    now, lately = timezone.now(), began - timedelta(seconds=WAKE_SECONDS)
    # A failure in the future was noted by a clock that has been set back since.
    if UpstreamState.objects.filter(pk=1, failed_at__gte=lately, failed_at__lte=now).exists():
        raise _refuse("failed", now + timedelta(seconds=WAKE_SECONDS), now)


def close() -> None:
    """Let calls through again; for an operator who knows that upstream is back."""
    UpstreamState.objects.filter(pk=1).update(
        failures=0, reason="", blocked_until=None, probing_until=None
    )
    forget_refusal()
    log.info("upstream.closed_by_operator")
