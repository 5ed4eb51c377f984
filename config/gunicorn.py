"""The web server: a few processes of several threads, whose metrics are summed through files."""

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

# Of this server alone: another one of the same checkout would sum up our series, or remove them.
METRICS_DIR = Path(tempfile.mkdtemp(prefix="metrics-"))
os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(METRICS_DIR)

from prometheus_client import multiprocess  # noqa: E402  looks for that variable when imported

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
control_socket_disable = True  # signals suffice, and the socket would be shared by all checkouts


def on_exit(server: Arbiter) -> None:
    shutil.rmtree(METRICS_DIR, ignore_errors=True)


def child_exit(server: Arbiter, worker: Worker) -> None:
    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]
