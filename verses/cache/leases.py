"""Leases: at most one holder at a time over all threads, processes and hosts.

A lease is a key of Redis where Redis is configured, else a row of the database; if Redis fails,
the row is used. It is short and its holder renews it, so a killed holder blocks others for at most
LEASE_SECONDS.
"""

import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache

import redis
import structlog
from django.conf import settings
from django.db import DatabaseError, connections
from redis.lock import Lock

from verses import metrics
from verses.models import Lease

log = structlog.get_logger(__name__)

# As long as a killed holder blocks others; a call that takes longer is kept alive by renewals.
LEASE_SECONDS = 2.0
# Three renewals may fail or come late before the lease is lost.
_RENEW_SECONDS = 0.5
# Less than the lease, so that a Redis that hangs is noticed before the lease expires.
_REDIS_TIMEOUT = 1.0


@contextmanager
def lease(name: str) -> Iterator[bool]:
    """Hold the lease `name` inside the block; yields False if another holder has it."""
    with _lease(name) as is_ours:
        metrics.LEASES.labels("taken" if is_ours else "busy").inc()
        yield is_ours


@contextmanager
def _lease(name: str) -> Iterator[bool]:
    if not settings.REDIS_URL:
        with _row_lease(name) as is_ours:
            yield is_ours
        return
    client = _connect_redis(settings.REDIS_URL)
    # Not thread-local: another thread renews it.
    lock = Lock(client, f"verses:lease:{name}", LEASE_SECONDS, blocking=False, thread_local=False)
    try:
        is_ours = lock.acquire()
    except redis.RedisError as error:
        metrics.LEASES.labels("redis_failed").inc()
        log.warning("lease.redis_failed", error=type(error).__name__)
        with _row_lease(name) as is_ours:
            yield is_ours
        return
    if not is_ours:
        yield False
        return
    try:
        with _kept_alive(lock.reacquire):
            yield True
    finally:
        _release(lock)


def _release(lock: Lock) -> None:
    try:
        lock.release()
    except redis.RedisError as error:
        # It had expired, or Redis is down. The fetched chapter is stored all the same.
        log.warning("lease.lost", error=type(error).__name__)


@contextmanager
def _row_lease(name: str) -> Iterator[bool]:
    holder = uuid.uuid4().hex
    if not Lease.objects.acquire(name, holder, LEASE_SECONDS):
        yield False
        return
    try:
        with _kept_alive(lambda: Lease.objects.extend(name, holder, LEASE_SECONDS)):
            yield True
    finally:
        Lease.objects.release(name, holder)


@contextmanager
def _kept_alive(renew: Callable[[], object]) -> Iterator[None]:
    """Call `renew` every _RENEW_SECONDS in a thread while the block runs."""
    done = threading.Event()
    thread = threading.Thread(target=_renew_loop, args=(renew, done), daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _renew_loop(renew: Callable[[], object], done: threading.Event) -> None:
    has_connection = False
    try:
        while not done.wait(_RENEW_SECONDS):
            has_connection = True
            renew()
    except (DatabaseError, redis.RedisError) as error:
        # The lease expires, so another process may call upstream too. This call goes on.
        log.warning("lease.not_extended", error=type(error).__name__)
    finally:
        # Most calls end before the first renewal; then this thread has opened no connection.
        if has_connection:
            connections.close_all()


@cache
def _connect_redis(url: str) -> "redis.Redis":
    return redis.Redis.from_url(
        url, socket_timeout=_REDIS_TIMEOUT, socket_connect_timeout=_REDIS_TIMEOUT
    )
