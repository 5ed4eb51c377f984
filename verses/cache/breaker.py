"""Call budget and circuit breaker of upstream.

Their state is in the database, so that all processes and hosts act as one client of upstream.
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

# Consecutive failures; one or two happen on any network.
FAILURES_TO_OPEN = 3
# Doubled with each further failure, up to the maximum: a long outage costs a probe in 5 minutes.
FIRST_BLOCK_SECONDS = 15.0
MAX_BLOCK_SECONDS = 300.0
# A failed call answers requests that start within this time after it, in all processes.
SHARED_FAILURE_SECONDS = 1.0
# A probe without a result by then is given up, and another may be sent.
PROBE_SECONDS = 12.0
# Upstream bans an address that gets more than ten 404 in 30 seconds.
NOT_FOUND_LIMIT = (8, 30.0)
# After this a process looks at the shared state again, which others may have changed.
_MAX_REFUSAL_AGE_SECONDS = 5.0
# Without an upstream server a retry is useless; an hour keeps clients from trying again soon.
_NO_UPSTREAM_SECONDS = 3600.0


class CallRefused(Exception):
    """Upstream must not be called now; `seconds` is the time until a retry is useful."""

    def __init__(self, reason: str, seconds: float) -> None:
        super().__init__(reason)
        self.reason = reason
        self.seconds = max(1, math.ceil(seconds))


@dataclass(frozen=True, slots=True)
class _CachedRefusal:
    """The latest refusal, in times of the monotonic clock."""

    reason: str = ""
    ends: float = 0.0
    valid_until: float = 0.0


# A blocked upstream costs no query per request. The item is replaced as a whole: no lock needed.
_latest_refusal = [_CachedRefusal()]


def current_refusal() -> CallRefused | None:
    """Return why upstream must not be called, from the settings and memory, without a query."""
    if not settings.BIBLE_API_URL:
        return CallRefused("never called, by configuration", _NO_UPSTREAM_SECONDS)
    refusal, now = _latest_refusal[0], time.monotonic()
    return CallRefused(refusal.reason, refusal.ends - now) if now < refusal.valid_until else None


def is_refusing() -> bool:
    """Return whether `current_refusal` has one, without making it."""
    return not settings.BIBLE_API_URL or time.monotonic() < _latest_refusal[0].valid_until


def refuse_without_database() -> CallRefused:
    """Return the refusal while the shared state cannot be read, kept in memory for a few seconds.

    Otherwise each request would wait for the database before it is answered from an older layer.
    """
    ends = time.monotonic() + _MAX_REFUSAL_AGE_SECONDS
    _latest_refusal[0] = _CachedRefusal("database", ends, ends)
    return CallRefused("database", _MAX_REFUSAL_AGE_SECONDS)


def clear_refusal() -> None:
    """Forget the latest refusal, so that the next call looks at the shared state."""
    _latest_refusal[0] = _CachedRefusal()


def acquire_call() -> None:
    """Take one call from the budget; raises CallRefused if upstream must not be called."""
    if (refusal := current_refusal()) is not None:
        raise refusal
    state = get_state()
    now = timezone.now()
    if state.blocked_until is not None and now < state.blocked_until:
        raise _refuse(state.reason, state.blocked_until, now)
    _take_budget(now)
    if state.blocked_until is not None and not _claim_probe(state.blocked_until, now):
        raise _refuse("probing", now + timedelta(seconds=1), now)


def get_state() -> UpstreamState:
    """Return the shared state; creates its row at the first call."""
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
    """Claim the probe by a conditional UPDATE, so that only one process gets it."""
    free = Q(probing_until__isnull=True) | Q(probing_until__lte=now)
    waiting = UpstreamState.objects.filter(free, blocked_until=blocked_until)
    return bool(waiting.update(probing_until=now + timedelta(seconds=PROBE_SECONDS)))


def _refuse(reason: str, until: datetime, now: datetime) -> CallRefused:
    seconds = (until - now).total_seconds()
    ends = time.monotonic() + seconds
    # Valid only briefly, because another process or an operator may close the breaker.
    valid_until = min(ends, time.monotonic() + _MAX_REFUSAL_AGE_SECONDS)
    _latest_refusal[0] = _CachedRefusal(reason, ends, valid_until)
    return CallRefused(reason, seconds)


def record_success() -> None:
    """Record a valid response: the breaker closes."""
    was_open = UpstreamState.objects.filter(pk=1, blocked_until__isnull=False)
    if was_open.exists():
        log.info("breaker.closed")
    UpstreamState.objects.filter(pk=1).update(
        failures=0, reason="", blocked_until=None, probing_until=None, succeeded_at=timezone.now()
    )
    clear_refusal()


def record_not_found() -> None:
    """Record a 404; opens the breaker before upstream would ban this address."""
    free_at = CallSlot.objects.take(CallSlot.NOT_FOUND, *NOT_FOUND_LIMIT)
    if free_at is None:
        return
    get_state()
    UpstreamState.objects.filter(pk=1).update(
        reason="misses", blocked_until=free_at, probing_until=None
    )
    log.warning("breaker.opened", reason="misses")


@transaction.atomic
def record_failure(failure: CallFailed) -> None:
    """Record a failure; a pause that upstream wants, or failures in a row, open the breaker."""
    now = timezone.now()
    get_state()
    state = UpstreamState.objects.select_for_update().get(pk=1)
    state.failures += 1
    state.failed_at = now
    UpstreamFailure.objects.record(failure.code, failure.detail)
    if failure.block_seconds or state.failures >= FAILURES_TO_OPEN:
        seconds = _block_seconds(failure, state.failures)
        state.reason = failure.code
        state.blocked_until = now + timedelta(seconds=seconds)
        state.probing_until = None
        log.warning("breaker.opened", reason=failure.code, seconds=round(seconds))
    state.save()


def _block_seconds(failure: CallFailed, failures: int) -> float:
    """Return the longer of upstream's own pause and an exponential back-off."""
    doublings = min(max(failures - FAILURES_TO_OPEN, 0), 10)
    back_off = min(FIRST_BLOCK_SECONDS * 2**doublings, MAX_BLOCK_SECONDS)
    # A second 429 means that upstream's pause was too short, so it doubles. A ban has a fixed end.
    growth = 2 ** min(failures - 1, 4) if failure.code == "throttled" else 1
    return float(max(failure.block_seconds * growth, back_off))


def refuse_after_failure(started_at: datetime) -> None:
    """Refuse every request that waited for a failed call, or starts shortly after it.

    Raises CallRefused if a call failed within SHARED_FAILURE_SECONDS before `started_at`, or
    since, in any process. Otherwise each process would repeat the call, and wait for it.
    """
    now, since = timezone.now(), started_at - timedelta(seconds=SHARED_FAILURE_SECONDS)
    # A failure in the future was recorded before the clock was set back.
    if UpstreamState.objects.filter(pk=1, failed_at__gte=since, failed_at__lte=now).exists():
        raise _refuse("failed", now + timedelta(seconds=SHARED_FAILURE_SECONDS), now)


def reset() -> None:
    """Close the breaker, for an operator who knows that upstream is available again."""
    UpstreamState.objects.filter(pk=1).update(
        failures=0, reason="", blocked_until=None, probing_until=None
    )
    clear_refusal()
    log.info("breaker.reset_by_operator")
