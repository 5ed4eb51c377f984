"""Smaller answers for clients that can read them: brotli where it is installed, else gzip."""

import gzip
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec

from django.http import HttpResponse
from django.utils.cache import patch_vary_headers

MIN_BYTES = 1024
"""Below this, headers and one network packet leave nothing to gain."""
_GZIP_LEVEL = 5
_BROTLI_QUALITY = 4  # as small as gzip at its best, in a fraction of the time


def _encoders() -> dict[str, Callable[[bytes], bytes]]:
    """Return name -> encoder, the best first."""
    encoders: dict[str, Callable[[bytes], bytes]] = {}
    if find_spec("brotli") is not None:
        brotli = import_module("brotli")
        encoders["br"] = lambda body: bytes(brotli.compress(body, quality=_BROTLI_QUALITY))
    encoders["gzip"] = lambda body: gzip.compress(body, _GZIP_LEVEL, mtime=0)
    return encoders


ENCODERS = _encoders()


def compress(response: HttpResponse, accepted: str) -> None:
    """Compress a rendered answer in place if it is large and `accepted` (a header) allows."""
    patch_vary_headers(response, ["Accept-Encoding"])
    if len(response.content) < MIN_BYTES or response.has_header("Content-Encoding"):
        return
    encoding = best_encoding(accepted)
    if encoding is not None:
        response.content = ENCODERS[encoding](response.content)
        response["Content-Encoding"] = encoding
        response["Content-Length"] = str(len(response.content))


def best_encoding(accepted: str) -> str | None:
    """Return the best encoding that an Accept-Encoding header allows (RFC 9110, 12.5.3)."""
    weights = dict(_weight(part) for part in accepted.lower().split(",") if part.strip())
    anything = weights.get("*", 0.0)
    wanted = {name: weights.get(name, anything) for name in ENCODERS}
    best = max(wanted, key=lambda name: wanted[name])
    return best if wanted[best] > 0 else None


def _weight(part: str) -> tuple[str, float]:
    name, _semicolon, parameter = part.partition(";")
    _q, _equals, weight = parameter.partition("=")
    try:
        return name.strip(), float(weight) if weight else 1.0
    except ValueError:
        return name.strip(), 0.0
