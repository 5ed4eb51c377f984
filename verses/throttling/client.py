"""The limit of requests per client."""

import ipaddress
from collections.abc import Mapping

import structlog
from django.conf import settings

from verses.throttling.shared_windows import windows

log = structlog.get_logger(__name__)

_IPV6_NETWORK = 64


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
