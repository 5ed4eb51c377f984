"""Fetching a chapter from upstream: one call over all threads, processes and hosts."""

import random
import time
from datetime import datetime

import structlog
from django.utils import timezone

from verses import metrics, upstream
from verses.cache import breaker
from verses.cache.chapter import CachedChapter, get_fresh
from verses.cache.leases import lease
from verses.models import Chapter, ChapterKey, Origin
from verses.upstream import CallFailed

log = structlog.get_logger(__name__)

# Seconds after which a request stops waiting; a call takes at most eight.
FETCH_TIMEOUT = 9.0
# Range of the random pause before a retry, so that processes do not retry in step.
RETRY_SECONDS = (0.1, 0.4)
# Costs at most 180 small queries until FETCH_TIMEOUT.
_POLL_SECONDS = 0.05
_RETRY_AFTER_SECONDS = 5


def fetch_once(key: ChapterKey) -> CachedChapter:
    """Return a chapter that is not cached, by calling upstream or waiting for another caller.

    Raises CallRefused if upstream must not be called, or the call failed.
    """
    started_at, deadline = timezone.now(), time.monotonic() + FETCH_TIMEOUT
    while time.monotonic() < deadline:
        if (cached := _result_of_other_process(key, started_at)) is not None:
            _observe_wait(deadline)
            return cached
        with lease(_lease_name(key)) as is_ours:
            if is_ours:
                _observe_wait(deadline)
                # The previous holder may have stored the chapter since the look above.
                return _result_of_other_process(key, started_at) or _call_upstream(key)
        time.sleep(_POLL_SECONDS)
    _observe_wait(deadline)
    raise breaker.CallRefused("waiting", _RETRY_AFTER_SECONDS)


def _observe_wait(deadline: float) -> None:
    metrics.LEASE_WAIT.observe(max(0.0, time.monotonic() - deadline + FETCH_TIMEOUT))


def refresh(key: ChapterKey, *, always: bool = False) -> CachedChapter | None:
    """Fetch a chapter unless it has become fresh meanwhile (or `always`).

    Returns None if another process is fetching it.
    """
    with lease(_lease_name(key)) as is_ours:
        if not is_ours:
            return None
        return (None if always else get_fresh(key)) or _call_upstream(key)


def _lease_name(key: ChapterKey) -> str:
    return "-".join(map(str, key))


def _result_of_other_process(key: ChapterKey, started_at: datetime) -> CachedChapter | None:
    """Return what another process has fetched; raises CallRefused if its call failed."""
    cached = get_fresh(key)
    if cached is None:
        breaker.refuse_after_failure(started_at)
    return cached


def _call_upstream(key: ChapterKey) -> CachedChapter:
    try:
        verses = _fetch_with_retry(key)
    except CallFailed as failure:
        _count_outcome(failure.code, is_hit=False)
        breaker.record_failure(failure)
        log.warning("upstream.failed", code=failure.code, detail=failure.detail, chapter=key)
        seconds = failure.block_seconds or _RETRY_AFTER_SECONDS
        raise breaker.CallRefused(failure.code, seconds) from failure
    _count_outcome("ok" if verses else "not_found", is_hit=bool(verses))
    breaker.record_success()
    if not verses:
        breaker.record_not_found()
    row = Chapter.objects.store(key, verses, timezone.now())
    log.info("chapter.fetched", translation=key.translation, book=key.book, chapter=key.chapter)
    return CachedChapter(key, verses, Origin(row.origin), row.fetched_at, just_fetched=True)


def _count_outcome(kind: str, *, is_hit: bool) -> None:
    metrics.UPSTREAM_RESULTS.labels(kind).inc()
    metrics.LOOKUPS.labels("upstream", "hit" if is_hit else "miss").inc()


def _fetch_with_retry(key: ChapterKey) -> dict[int, str]:
    """Call upstream, and once more if it failed quickly with a transient error."""
    breaker.acquire_call()
    try:
        return upstream.fetch_chapter(*key)
    except CallFailed as failure:
        if not failure.may_retry:
            raise
        time.sleep(random.uniform(*RETRY_SECONDS))  # noqa: S311  jitter, not a secret
        try:
            breaker.acquire_call()
        except breaker.CallRefused:
            # The failure of the first call says more than an exhausted budget.
            raise failure from None
    return upstream.fetch_chapter(*key)
