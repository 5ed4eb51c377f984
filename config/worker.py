"""The task worker, as a process of its own: `python -m config.worker`.

It runs django-q's cluster and, if WORKER_METRICS_PORT is set, serves the metrics of its processes.
"""

import os
import sys
from threading import Thread

from django.core.exceptions import ImproperlyConfigured

from config.observability.directory import VARIABLE, use_metrics_directory


def main() -> None:
    """Run the cluster until SIGTERM or SIGINT."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.base")
    remove_metrics = use_metrics_directory()
    try:
        _run()
    except ImproperlyConfigured as error:
        sys.exit(f"Configuration: {error}")
    finally:
        remove_metrics()


def _run() -> None:
    # Imported here: the metrics of the apps need the directory.
    import django  # noqa: PLC0415

    django.setup()

    from django.conf import settings  # noqa: PLC0415
    from django_q.cluster import Cluster  # noqa: PLC0415

    from config.observability.logs import log_crashes  # noqa: PLC0415

    log_crashes()
    cluster = Cluster()
    cluster.start()
    # After the cluster has forked its processes, which must not inherit thread and socket.
    if settings.WORKER_METRICS_PORT:
        Thread(target=_serve_metrics, name="metrics", daemon=True).start()
    cluster.sentinel.join()
    if cluster.sentinel.exitcode == 0:
        _forget_host()


def _forget_host() -> None:
    """Delete the heartbeat: a host that was stopped on purpose is not one that died."""
    import structlog  # noqa: PLC0415
    from django.db import DatabaseError  # noqa: PLC0415

    from churn.services.worker import forget_host  # noqa: PLC0415

    try:
        forget_host()
    except DatabaseError as error:
        structlog.get_logger(__name__).warning("worker.not_forgotten", error=type(error).__name__)


def _serve_metrics() -> None:
    import structlog  # noqa: PLC0415
    from django.conf import settings  # noqa: PLC0415
    from prometheus_client import CollectorRegistry, start_http_server  # noqa: PLC0415
    from prometheus_client.multiprocess import MultiProcessCollector  # noqa: PLC0415

    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=os.environ[VARIABLE])  # type: ignore[no-untyped-call]
    try:
        start_http_server(settings.WORKER_METRICS_PORT, settings.HOST, registry)
    except OSError as error:  # jobs matter more than their metrics
        structlog.get_logger(__name__).error("metrics.not_served", error=error.strerror)


if __name__ == "__main__":
    main()
