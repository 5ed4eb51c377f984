"""Gunicorn configuration: several processes with threads, and metrics summed over processes."""

import os
import shutil
import sys
import tempfile
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from gunicorn.arbiter import Arbiter
from gunicorn.workers.base import Worker

try:
    from config.settings import base as settings
except ImproperlyConfigured as error:
    sys.exit(f"Configuration: {error}")

# A directory per server: a second server of this checkout would add its series or delete ours.
METRICS_DIR = Path(tempfile.mkdtemp(prefix="metrics-"))
os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(METRICS_DIR)

from prometheus_client import multiprocess  # noqa: E402  reads that variable on import

bind = f"{settings.HOST}:{settings.PORT}"
workers = settings.WEB_CONCURRENCY
wsgi_app = "config.wsgi:application"
worker_class = "gthread"
threads = 8
timeout = 120
graceful_timeout = 10
max_requests = 100_000
max_requests_jitter = 10_000
logconfig_dict = settings.LOGGING
control_socket_disable = True  # signals suffice, and all checkouts would share the socket


def on_exit(server: Arbiter) -> None:
    shutil.rmtree(METRICS_DIR, ignore_errors=True)


def child_exit(server: Arbiter, worker: Worker) -> None:
    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]
