"""`/metrics`: what the processes have counted, summed, and figures computed at the scrape."""

import os

from django.http import HttpRequest, HttpResponse
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

import churn.services.figures
import verses.services.figures
from config.errors import safe_methods_only
from config.observability import service
from config.observability.figures import Figures, Group

# Walking through all stored files takes a while, and their size changes slowly.
_MEDIA_TTL = 300.0

figures = Figures(
    [
        Group("build", service.collect_build),
        Group("disks", service.collect_disks),
        Group("checks", service.collect_checks),
        Group("connections", service.collect_connections),
        Group("verses", verses.services.figures.collect),
        Group("churn", churn.services.figures.collect),
        Group("media", churn.services.figures.collect_media, ttl=_MEDIA_TTL),
    ]
)


def counted() -> CollectorRegistry:
    """Return a registry of what the processes of this server have counted."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry


@safe_methods_only
def metrics(request: HttpRequest) -> HttpResponse:
    """Return all metrics in the text format of Prometheus."""
    computed = CollectorRegistry()
    computed.register(figures)
    text = generate_latest(counted()) + generate_latest(computed)
    return HttpResponse(text, content_type=CONTENT_TYPE_LATEST)
