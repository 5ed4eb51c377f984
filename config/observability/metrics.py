"""Prometheus metrics of HTTP requests; prometheus-client sums them over gunicorn workers."""

from collections.abc import Iterable
from http import HTTPStatus

from prometheus_client import Counter, Gauge, Histogram

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

REQUESTS = Counter("api_requests_total", "Requests answered", ["endpoint", "method"])
ERRORS = Counter(
    "api_request_errors_total",
    "Answers 4xx or 5xx",
    ["endpoint", "method", "status_code"],
)
LATENCY = Histogram(
    "api_request_latency_seconds",
    "Time to answer",
    ["endpoint", "method"],
    buckets=(0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60),
)
INFLIGHT = Gauge("api_inflight_requests", "Requests being answered", multiprocess_mode="livesum")


def method_label(method: str | None) -> str:
    """Return the method, or "OTHER" for unknown ones: clients must not create label values."""
    return method if method in _METHODS else "OTHER"


def start_errors_at_zero(endpoints: Iterable[str]) -> None:
    """Create the series of requests and server errors: `rate()` misses one that starts above 0."""
    for endpoint in endpoints:
        for method in ("GET", "POST"):
            REQUESTS.labels(endpoint, method)
            for status in (HTTPStatus.INTERNAL_SERVER_ERROR, HTTPStatus.SERVICE_UNAVAILABLE):
                ERRORS.labels(endpoint, method, status.value)


def observe(endpoint: str, method: str, status: int, seconds: float) -> None:
    REQUESTS.labels(endpoint, method).inc()
    LATENCY.labels(endpoint, method).observe(seconds)
    if status >= 400:  # noqa: PLR2004  the first HTTP error status
        ERRORS.labels(endpoint, method, status).inc()
