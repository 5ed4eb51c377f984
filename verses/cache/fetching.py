"""Getting a chapter from upstream: one call, whoever and however many ask for it."""

import random
import time
from datetime import datetime

import structlog
from django.utils import timezone

from verses import upstream
from verses.cache import breaker
from verses.cache.chapter import HeldChapter, Key, read_table
from verses.cache.leases import lease
from verses.models import Chapter, Origin
from verses.upstream import CallFailed

log = structlog.get_logger(__name__)

FETCH_TIMEOUT = 9.0
"""Seconds after which nobody waits for a call any more; a little more than a call can take."""
_POLL_SECONDS = 0.05
RETRY_SECONDS = (0.1, 0.4)


def obtain(key: Key) -> HeldChapter:
    """Return a chapter nobody holds yet, by calling upstream or waiting for who does.

    Raises breaker.NotNow if upstream must not be called, or did not answer as it should.
    """
    began, deadline = timezone.now(), time.monotonic() + FETCH_TIMEOUT
    while time.monotonic() < deadline:
        if (held := _news(key, began)) is not None:
            return held
        with lease(_lease_name(key)) as is_mine:
            if is_mine:
                return _news(key, began) or _call(key)
        time.sleep(_POLL_SECONDS)
    raise breaker.NotNow("waiting", 5)


def refresh(key: Key, *, always: bool = False) -> HeldChapter | None:
    """Replace a chapter unless another process is at it, in which case return None.

    One that has become fresh meanwhile is taken as it is, unless `always`.
    """
    with lease(_lease_name(key)) as is_mine:
        if not is_mine:
            return None
        return (None if always else _current(key)) or _call(key)


def _lease_name(key: Key) -> str:
    return "-".join(map(str, key))


def _current(key: Key) -> HeldChapter | None:
    held = read_table(key)
    return held if held is not None and held.freshness == "fresh" else None


def _news(key: Key, began: datetime) -> HeldChapter | None:
    """Return what another process has fetched; raise NotNow if its call has failed."""
    held = _current(key)
    if held is None:
        breaker.refuse_after_failure(began)
    return held


def _call(key: Key) -> HeldChapter:
    try:
        verses = _fetch(key)
    except CallFailed as failure:
        breaker.failed(failure)
        log.warning("upstream.failed", kind=failure.kind, detail=failure.detail, chapter=key)
        raise breaker.NotNow(failure.kind, failure.block_seconds or 5) from failure
    breaker.succeeded()
    if not verses:
        breaker.missed()
    row = Chapter.objects.store(key, verses, timezone.now())
    log.info("chapter.fetched", translation=key[0], book=key[1], chapter=key[2])
    return HeldChapter(key, verses, Origin(row.origin), row.fetched_at, is_news=True)


def _fetch(key: Key) -> dict[int, str]:
    """Call upstream, a second time at most after a fault that came quickly and may pass."""
    breaker.permit()
    try:
        return upstream.fetch_chapter(*key)
    except CallFailed as failure:
        if not failure.may_retry or not _may_retry():
            raise
    return upstream.fetch_chapter(*key)


def _may_retry() -> bool:
    time.sleep(random.uniform(*RETRY_SECONDS))  # noqa: S311  jitter, not a secret
    try:
        breaker.permit()
    except breaker.NotNow:
        return False
    return True
