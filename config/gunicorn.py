"""Gunicorn configuration: several processes, and metrics summed over them.

Each process runs an event loop with the front (`config.front`), which has Django in threads.
"""

import gc
import sys

from django.core.exceptions import ImproperlyConfigured
from gunicorn.arbiter import Arbiter
from gunicorn.workers.base import Worker

try:
    from config.settings import base as settings
except ImproperlyConfigured as error:
    sys.exit(f"Configuration: {error}")

from config.observability.directory import use_metrics_directory

remove_metrics = use_metrics_directory()

from prometheus_client import multiprocess  # noqa: E402  reads that variable on import

from config.front.worker import GRACEFUL_SECONDS, KEEP_ALIVE_SECONDS  # noqa: E402

bind = f"{settings.HOST}:{settings.PORT}"
workers = settings.WEB_CONCURRENCY
wsgi_app = "config.asgi:application"
worker_class = "config.front.worker.FrontWorker"
preload_app = True  # imports take seconds, and forked processes share their memory
timeout = 120
graceful_timeout = GRACEFUL_SECONDS
keepalive = KEEP_ALIVE_SECONDS
logconfig_dict = settings.LOGGING
control_socket_disable = True  # signals suffice, and all checkouts would share the socket

SWITCH_SECONDS = 0.0005


def when_ready(server: Arbiter) -> None:
    """Keep the collector from copying the pages that forked processes share."""
    gc.collect()
    gc.freeze()


def on_exit(server: Arbiter) -> None:
    remove_metrics()


def child_exit(server: Arbiter, worker: Worker) -> None:
    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def post_worker_init(worker: Worker) -> None:
    """Shorten the turns of threads: the event loop waits for one each time it was in the kernel."""
    sys.setswitchinterval(SWITCH_SECONDS)
