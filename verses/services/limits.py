"""A limit per client that all processes of the host keep together, without a server for it.

The counts lie in a file that every process maps into memory: a hash table of clients, each with
the start of its window and the requests in it. A lock on one stretch of the file makes a count
exact; the system frees it when its holder dies. Several hosts count each for itself.
"""

import fcntl
import hashlib
import ipaddress
import mmap
import os
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import structlog
from django.conf import settings

log = structlog.get_logger(__name__)

BUCKETS = 4096
SLOTS = 8
"""Clients a bucket remembers; the one whose window began first makes room for a new one."""
_SLOT_WORDS = 3
_BUCKET_WORDS = SLOTS * _SLOT_WORDS
_HEADER_WORDS = 2
_BYTES = (_HEADER_WORDS + BUCKETS * _BUCKET_WORDS) * 8
_IPV6_NETWORK = 64


class SharedWindows:
    """Requests per client within a window that begins with the client's first request."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._lock = threading.Lock()
        try:
            with self._locked(0, _HEADER_WORDS * 8):
                self._prepare()
            self._map = mmap.mmap(self._descriptor, _BYTES)
        except OSError:
            os.close(self._descriptor)
            raise
        self._words = memoryview(self._map).cast("Q")
        self._salt = self._words[:_HEADER_WORDS].tobytes()

    def _prepare(self) -> None:
        """Reserve the space, and draw the salt that keeps addresses out of the file."""
        if os.fstat(self._descriptor).st_size != _BYTES:
            os.posix_fallocate(self._descriptor, 0, _BYTES)
            os.pwrite(self._descriptor, os.urandom(_HEADER_WORDS * 8), 0)

    def admit(self, client: str, limit: int, seconds: float) -> float:
        """Count a request; return 0 if it is within the limit, else the seconds to wait."""
        digest = hashlib.blake2b(client.encode(), digest_size=16, key=self._salt).digest()
        bucket = int.from_bytes(digest[:4]) % BUCKETS
        name = int.from_bytes(digest[4:12]) | 1
        first = _HEADER_WORDS + bucket * _BUCKET_WORDS
        with self._locked(first * 8, _BUCKET_WORDS * 8):
            return self._count(first, name, limit, seconds)

    def _count(self, first: int, name: int, limit: int, seconds: float) -> float:
        now, length = time.time_ns(), int(seconds * 1e9)
        slot = self._slot(first, name)
        began, requests = self._words[slot + 1], self._words[slot + 2]
        if self._words[slot] != name or not began <= now < began + length:
            began, requests = now, 0
            self._words[slot] = name
            self._words[slot + 1] = now
        if requests >= limit:
            return (began + length - now) / 1e9
        self._words[slot + 2] = requests + 1
        return 0.0

    def _slot(self, first: int, name: int) -> int:
        slots = range(first, first + _BUCKET_WORDS, _SLOT_WORDS)
        own = (slot for slot in slots if self._words[slot] == name)
        return next(own, None) or min(slots, key=lambda slot: self._words[slot + 1])

    @contextmanager
    def _locked(self, start: int, length: int) -> Iterator[None]:
        # The file's lock keeps other processes out, not other threads of this one.
        with self._lock:
            fcntl.lockf(self._descriptor, fcntl.LOCK_EX, length, start)
            try:
                yield
            finally:
                fcntl.lockf(self._descriptor, fcntl.LOCK_UN, length, start)


@cache
def windows(path: Path) -> SharedWindows:
    """Return the windows of a file, opened once: closing a second opening would drop our locks."""
    return SharedWindows(path)


os.register_at_fork(after_in_child=windows.cache_clear)


def seconds_to_wait(client: str) -> float:
    """Count a request of a client; return 0 if it may go on, else the seconds to wait.

    Never raises: where the disk is full or not ours, readers are served without a limit.
    """
    rate = settings.VERSES_THROTTLE
    if rate is None:
        return 0.0
    path = settings.VERSES_COUNTS_DIR / f"clients-{rate.count}-{rate.seconds}.windows"
    try:
        return windows(path).admit(client, rate.count, rate.seconds)
    except OSError as error:
        log.exception("limits.not_counted", error=type(error).__name__)
        return 0.0


def client_of(headers: Mapping[str, str], remote_address: str | None) -> str:
    """Return what stands for a client: its address, or the network that one IPv6 user has.

    Behind N trusted proxies it is the Nth address from the end of X-Forwarded-For, which the
    outermost of them saw; what a client writes there itself lies further to the front.
    """
    proxies = settings.TRUSTED_PROXIES
    addresses = headers.get("X-Forwarded-For", "").split(",")
    if proxies and addresses != [""]:
        return _network(addresses[-min(proxies, len(addresses))].strip())
    return _network(remote_address or "")


def _network(address: str) -> str:
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(known, ipaddress.IPv4Address):
        return str(known)
    if known.ipv4_mapped is not None:  # how a socket of both protocols names an IPv4 client
        return str(known.ipv4_mapped)
    return str(ipaddress.ip_network((known, _IPV6_NETWORK), strict=False))
