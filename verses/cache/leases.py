"""One holder at a time, over all threads, processes and hosts, and never for longer than it lives.

The lease is a row of the database, or a key of Redis where Redis is configured; should Redis fail,
the row stands in. A holder that is killed stops extending, so another takes over within seconds.
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

from verses.models import Lease

log = structlog.get_logger(__name__)

LEASE_SECONDS = 2.0
_EXTEND_EVERY = 0.5
_REDIS_SECONDS = 1.0


@contextmanager
def lease(name: str) -> Iterator[bool]:
    """Hold the lease `name` while the block runs; yields False if another holds it."""
    if not settings.REDIS_URL:
        with _row_lease(name) as is_mine:
            yield is_mine
        return
    lock = Lock(
        _redis(settings.REDIS_URL),
        f"verses:lease:{name}",
        LEASE_SECONDS,
        blocking=False,
        thread_local=False,  # another thread extends it
    )
    try:
        is_mine = lock.acquire()
    except redis.RedisError as error:
        log.warning("lease.redis_failed", error=type(error).__name__)
        with _row_lease(name) as is_mine:
            yield is_mine
        return
    if not is_mine:
        yield False
        return
    try:
        with _extended(lock.reacquire):
            yield True
    finally:
        _let_go(lock)


def _let_go(lock: Lock) -> None:
    try:
        lock.release()
    except redis.RedisError as error:
        log.warning("lease.lost", error=type(error).__name__)


@contextmanager
def _row_lease(name: str) -> Iterator[bool]:
    holder = uuid.uuid4().hex
    if not Lease.objects.acquire(name, holder, LEASE_SECONDS):
        yield False
        return
    try:
        with _extended(lambda: Lease.objects.extend(name, holder, LEASE_SECONDS)):
            yield True
    finally:
        Lease.objects.release(name, holder)


@contextmanager
def _extended(extend: Callable[[], object]) -> Iterator[None]:
    """Extend the lease now and then while the block runs."""
    done = threading.Event()
    keeper = threading.Thread(target=_keep, args=(extend, done), daemon=True)
    keeper.start()
    try:
        yield
    finally:
        done.set()
        keeper.join()


def _keep(extend: Callable[[], object], done: threading.Event) -> None:
    has_worked = False
    try:
        while not done.wait(_EXTEND_EVERY):
            has_worked = True
            extend()
    except (DatabaseError, redis.RedisError) as error:
        # The lease ends then, and another may call as well; the call itself goes on.
        log.warning("lease.not_extended", error=type(error).__name__)
    finally:
        if has_worked:
            connections.close_all()


@cache
def _redis(url: str) -> "redis.Redis":
    return redis.Redis.from_url(
        url, socket_timeout=_REDIS_SECONDS, socket_connect_timeout=_REDIS_SECONDS
    )
