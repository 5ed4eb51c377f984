"""Middleware for request ids, request logs and request metrics."""

import re
import time
import uuid
from collections.abc import Callable

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from config.observability import metrics

log = structlog.get_logger(__name__)

GetResponse = Callable[[HttpRequest], HttpResponse]

_VALID_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


class RequestIdMiddleware:
    """Use the X-Request-ID header of the client if it is valid, else a new id."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        header = request.headers.get("X-Request-ID", "")
        request_id = header if _VALID_ID.fullmatch(header) else uuid.uuid4().hex
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            response = self.get_response(request)
        response["X-Request-ID"] = request_id
        return response


class ObservedRequestMiddleware:
    """Count, time and log each request by route; a raw path may contain identifiers."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        with metrics.INFLIGHT.track_inprogress():
            response = self.get_response(request)
        seconds = time.perf_counter() - started
        endpoint, method = route_of(request), metrics.method_label(request.method)
        metrics.observe(endpoint, method, response.status_code, seconds)
        log.info(
            "request.finished",
            endpoint=endpoint,
            method=method,
            status=response.status_code,
            milliseconds=round(seconds * 1000, 2),
        )
        return response


def route_of(request: HttpRequest) -> str:
    """Return the matched URL pattern, or one label for all paths without a match."""
    if match := request.resolver_match:
        return f"/{match.route}"
    return "static" if request.path.startswith(settings.STATIC_URL) else "unmatched"
