"""The address that stands for a client, and its rate limit (VERSES_THROTTLE)."""

import ipaddress
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import structlog
from django.conf import settings
from django.http import HttpRequest

from verses import metrics
from verses.throttling.shared_windows import open_limiter

log = structlog.get_logger(__name__)

# Prefix length of one customer's network; its owner could use any address in it.
_IPV6_PREFIX = 64


def seconds_to_wait(client: str) -> float:
    """Count a request of a client; return 0 if it is allowed, else the seconds to wait.

    Never raises: if the file cannot be used, requests are allowed without a limit.
    """
    rate = settings.VERSES_THROTTLE
    if rate is None:
        return 0.0
    try:
        path = _limiter_path(settings.VERSES_COUNTS_DIR, rate.count, rate.seconds)
        return open_limiter(path).hit(client, rate.count, rate.seconds)
    except OSError as error:
        log.exception("throttle.failed_open", error=type(error).__name__)
        return 0.0


@lru_cache
def _limiter_path(folder: Path, count: int, seconds: float) -> Path:
    return folder / f"clients-{count}-{seconds}.limits"


# Key of an ASGI scope whose request was counted before it came to a view.
ADMITTED = "verses.admitted"


def seconds_to_wait_of(request: HttpRequest) -> float:
    """Count a request unless the server has done so; return 0, or the seconds to wait."""
    if request.META.get("asgi.scope", {}).get(ADMITTED):
        return 0.0
    seconds = seconds_to_wait(client_of(request.headers, request.META.get("REMOTE_ADDR")))
    if seconds:
        metrics.THROTTLED.inc()
    return seconds


def client_of(headers: Mapping[str, str], remote_address: str | None) -> str:
    """Return the IPv4 address or the IPv6 /64 network of a client.

    Behind N trusted proxies it is the Nth address from the end of X-Forwarded-For, as in DRF's
    NUM_PROXIES. What a client itself writes into the header comes before that.
    """
    proxies = settings.TRUSTED_PROXIES
    addresses = headers.get("X-Forwarded-For", "").split(",")
    if proxies and addresses != [""]:
        return normalize(addresses[-min(proxies, len(addresses))].strip())
    return normalize(remote_address or "")


@lru_cache(4096)
def normalize(address: str) -> str:
    """Return an IPv4 address, or the /64 network of an IPv6 one; anything else as it is."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(known, ipaddress.IPv4Address):
        return str(known)
    # A dual-stack socket reports IPv4 clients as ::ffff:a.b.c.d, all within one /64.
    if known.ipv4_mapped is not None:
        return str(known.ipv4_mapped)
    return str(ipaddress.ip_network((known, _IPV6_PREFIX), strict=False))
