"""Middleware for request ids, request logs and request metrics."""

import time
from collections.abc import Callable, Iterable, Iterator

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver

from config.front.ready import KEPT, KeptResponse
from config.observability import metrics
from config.observability.requests import RequestLog, request_id_from
from verses.ready import READY_ATTRIBUTE

GetResponse = Callable[[HttpRequest], HttpResponse]


class RequestMiddleware:
    """Give each request an id; count, time and log it by route.

    The label is the route because a raw path may contain identifiers, and anyone can invent paths.
    A response that may be sent again is handed to the front (`config.front`).
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self._log = RequestLog()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        request_id = request_id_from(request.headers.get("X-Request-ID", ""))
        with (
            structlog.contextvars.bound_contextvars(request_id=request_id),
            metrics.INFLIGHT.track_inprogress(),
        ):
            response = self.get_response(request)
        response["X-Request-ID"] = request_id
        seconds = time.perf_counter() - started
        endpoint, method = route_of(request), metrics.method_label(request.method)
        metrics.observe(endpoint, method, response.status_code, seconds)
        self._log.write(
            endpoint, method, response.status_code, seconds=seconds, request_id=request_id
        )
        scope, ready = request.META.get("asgi.scope"), getattr(response, READY_ATTRIBUTE, None)
        if scope is not None and ready is not None:
            scope[KEPT] = KeptResponse(ready, endpoint, method)
        return response


def public_routes(
    patterns: Iterable[URLPattern | URLResolver] | None = None, prefix: str = "/"
) -> Iterator[str]:
    """Yield every route as `route_of` names it, except those of the admin."""
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        route = f"{prefix}{entry.pattern}"
        if isinstance(entry, URLPattern):
            yield route
        elif entry.app_name != "admin":
            yield from public_routes(entry.url_patterns, route)


def route_of(request: HttpRequest) -> str:
    """Return the matched URL pattern, or one label for all paths without a match."""
    if match := request.resolver_match:
        return f"/{match.route}"
    return "static" if request.path.startswith(settings.STATIC_URL) else "unmatched"
