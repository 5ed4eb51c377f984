"""`/metrics`: what the processes have counted, summed, and figures computed at the scrape."""

from django.http import HttpRequest, HttpResponse
from django_prometheus.exports import ExportToDjangoView
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

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


@safe_methods_only
def metrics(request: HttpRequest) -> HttpResponse:
    """Return all metrics in the text format of Prometheus."""
    computed = CollectorRegistry()
    computed.register(figures)
    text = ExportToDjangoView(request).content + generate_latest(computed)
    return HttpResponse(text, content_type=CONTENT_TYPE_LATEST)
