"""HTTP calls to upstream, bounded in time and size."""

import time
from http import HTTPStatus
from urllib.parse import urljoin, urlsplit

import requests
import structlog
from django.conf import settings
from prometheus_client import Counter

from verses import metrics
from verses.upstream import responses
from verses.upstream.catalogue import KnownTranslation
from verses.upstream.exceptions import CallFailed

CALLS = Counter("api_upstream_calls_total", "Calls to the upstream Bible API", ["status"])

# Seconds to connect, and to wait for each read; MAX_CALL_SECONDS bounds the sum of reads.
TIMEOUTS = (2.0, 5.0)
# A slow body may arrive in many quick reads, none of which times out.
MAX_CALL_SECONDS = 8.0
# The longest chapter, Psalm 119, has about 30 kB as JSON.
MAX_BODY_BYTES = 2**20
# Upstream bans an address for an hour and answers 403 meanwhile.
BAN_SECONDS = 3600.0
# Pause after a 429: upstream counts calls within 30 seconds.
BACK_OFF_SECONDS = 30.0
# A Retry-After of upstream is obeyed up to the length of a ban, not for days.
_MAX_BACK_OFF_SECONDS = 3600.0
_MAX_REDIRECTS = 2
_HEADERS = {"Accept": "application/json", "User-Agent": "verses/1.0"}


def fetch_chapter(translation: str, book: str, number: int) -> dict[int, str]:
    """Return verse number -> text of a chapter; empty if upstream has no such chapter.

    Raises CallFailed if upstream cannot be reached or its response is not valid.
    """
    status, body = _get(f"/data/{translation}/{book}/{number}")
    if status == HTTPStatus.NOT_FOUND:
        responses.check_not_found(body)
        return {}
    return responses.parse_chapter(body, translation, book, number)


def fetch_translations() -> list[KnownTranslation]:
    """Return the translations that upstream lists; raises CallFailed like `fetch_chapter`."""
    _status, body = _get("/data")
    return responses.parse_translations(body)


def _get(path: str) -> tuple[int, bytes]:
    """Return status and body of a call, and observe its time by outcome."""
    started, outcome = time.perf_counter(), "connection"
    try:
        status, body = _call(path)
        outcome = "not_found" if status == HTTPStatus.NOT_FOUND else "ok"
    except CallFailed as failure:
        outcome = failure.code
        raise
    finally:
        metrics.UPSTREAM_SECONDS.labels(outcome).observe(time.perf_counter() - started)
    return status, body


def _call(path: str) -> tuple[int, bytes]:
    status = "failed"
    try:
        with requests.Session() as session:
            response, body = _send(session, f"{settings.BIBLE_API_URL}{path}")
        status = str(response.status_code)
    except requests.Timeout as error:
        status = "timeout"
        raise CallFailed("timeout", "no answer in time") from error
    except requests.RequestException as error:
        status = "connection"
        raise CallFailed("connection", type(error).__name__, may_retry=True) from error
    finally:
        CALLS.labels(status).inc()
    _check_status(response)
    return response.status_code, body


def _send(session: requests.Session, url: str) -> tuple[requests.Response, bytes]:
    """Follow redirects within the origin only; abort a body that is too large or too slow."""
    deadline = time.monotonic() + MAX_CALL_SECONDS
    for _attempt in range(_MAX_REDIRECTS + 1):
        response = session.get(
            url, headers=_headers(), timeout=TIMEOUTS, allow_redirects=False, stream=True
        )
        if not response.is_redirect:
            with response:
                return response, _read_body(response, deadline)
        target = urljoin(url, response.headers["Location"])
        response.close()
        if urlsplit(target)[:2] != urlsplit(url)[:2]:
            raise CallFailed("redirect", "upstream points to another host")
        url = target
    raise CallFailed("redirect", "too many redirects")


def _headers() -> dict[str, str]:
    """Return the headers of a call, with the id of the request that it is made for."""
    request_id = structlog.contextvars.get_contextvars().get("request_id")
    return dict(_HEADERS) if request_id is None else {**_HEADERS, "X-Request-ID": request_id}


def _read_body(response: requests.Response, deadline: float) -> bytes:
    body = bytearray()
    for chunk in response.iter_content(2**16):
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise CallFailed("size", f"a body of more than {MAX_BODY_BYTES} bytes")
        if time.monotonic() > deadline:
            raise CallFailed("timeout", "the body came too slowly")
    return bytes(body)


def _check_status(response: requests.Response) -> None:
    status = response.status_code
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        raise CallFailed("throttled", "429", block_seconds=_parse_retry_after(response))
    if status == HTTPStatus.FORBIDDEN:
        raise CallFailed("banned", "403", block_seconds=BAN_SECONDS)
    if status not in {HTTPStatus.OK, HTTPStatus.NOT_FOUND}:
        raise CallFailed(
            "status", str(status), may_retry=status >= HTTPStatus.INTERNAL_SERVER_ERROR
        )


def _parse_retry_after(response: requests.Response) -> float:
    """Return the seconds of Retry-After within bounds; upstream sent no such header so far."""
    given = response.headers.get("Retry-After", "")
    if not given.isascii() or not given.isdigit():
        return BACK_OFF_SECONDS
    return min(max(float(given), BACK_OFF_SECONDS), _MAX_BACK_OFF_SECONDS)
