"""Every request gets an id, a log line and its place in the metrics."""

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

_ACCEPTABLE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


class RequestIdMiddleware:
    """Keep a client's X-Request-ID if it is harmless, make one otherwise; echo it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        request_id = given if _ACCEPTABLE_ID.fullmatch(given) else uuid.uuid4().hex
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            response = self.get_response(request)
        response["X-Request-ID"] = request_id
        return response


class ObservedRequestMiddleware:
    """Count, time and log each request under its route, never under its raw path."""

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
    """Return the matched URL pattern; one name stands for all paths that match none."""
    if match := request.resolver_match:
        return f"/{match.route}"
    return "static" if request.path.startswith(settings.STATIC_URL) else "unmatched"
