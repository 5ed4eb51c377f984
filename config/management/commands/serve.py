import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from threading import Event
from types import FrameType
from typing import Any

import structlog
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.observability.directory import use_metrics_directory

log = structlog.get_logger(__name__)

# Seconds. Gunicorn lets running requests finish for ten, a stopping task worker needs two.
STOP_TIMEOUT = 15
# Seconds. A process that exits sooner has a permanent fault, for example in its configuration.
MIN_UPTIME = 10
POLL_SECONDS = 0.2
PR_SET_PDEATHSIG = 1  # from Linux's <sys/prctl.h>


@dataclass
class Service:
    """A child process that must always run."""

    name: str
    command: list[str]
    started: float = field(init=False)
    process: subprocess.Popen[bytes] = field(init=False)

    def start(self) -> None:
        # In a new session, Ctrl-C in the terminal does not reach the process or its children.
        self.process = subprocess.Popen(  # noqa: S603  fixed commands, see Command
            self.command,
            cwd=settings.BASE_DIR,
            start_new_session=True,
            preexec_fn=die_with_parent,  # noqa: PLW1509  this process has one thread
        )
        self.started = time.monotonic()

    def restart_if_dead(self) -> None:
        """Restart the process if it exited; raise CommandError if that was within MIN_UPTIME."""
        if self.process.poll() is None:
            return
        self.kill_group()
        if time.monotonic() - self.started < MIN_UPTIME:
            raise CommandError(f"{self.name} exited right after its start. See its last log lines.")
        log.error("process.restarted", process=self.name, status=self.process.returncode)
        self.start()

    def stop(self) -> None:
        """Send SIGTERM to the process; after STOP_TIMEOUT, kill its process group.

        SIGTERM goes to the process alone: the children of the task queue would exit on the
        signal, and their parent would wait for them until the timeout (decision 2).
        """
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(STOP_TIMEOUT)
        self.kill_group()
        self.process.wait()

    def kill_group(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)


class Command(BaseCommand):
    help = "Run the web server and the task worker until Ctrl-C; restart them if they are killed."

    def handle(self, *args: Any, **options: Any) -> None:
        check_address()
        python = sys.executable
        # The processes inherit the directory, so the web server shows the metrics of both.
        remove_metrics = use_metrics_directory()
        services = [
            Service("The web server", [python, "-m", "gunicorn", "--config", "config/gunicorn.py"]),
            Service("The task worker", [python, "-m", "config.worker"]),
        ]
        self.stdout.write(f"Starting http://{settings.HOST}:{settings.PORT}; Ctrl-C stops it.")
        self.stdout.flush()
        try:
            supervise(services)
        finally:
            remove_metrics()


def supervise(services: list[Service]) -> None:
    """Run `services` until SIGINT, SIGTERM or SIGHUP (closed terminal); then stop them."""
    stop_requested = Event()

    def request_stop(number: int, frame: FrameType | None) -> None:
        stop_requested.set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, request_stop)
    for service in services:
        service.start()
    try:
        while not stop_requested.wait(POLL_SECONDS):
            for service in services:
                service.restart_if_dead()
    finally:
        for service in services:
            service.stop()


def check_address() -> None:
    """Raise CommandError if the address is taken; gunicorn would retry for five seconds."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as gunicorn does
        try:
            probe.bind((settings.HOST, settings.PORT))
        except OSError as error:
            raise CommandError(
                f"Cannot listen on {settings.HOST}, port {settings.PORT}: {error.strerror}. "
                "Choose another port: PORT=9000 make run"
            ) from error


def die_with_parent() -> None:
    """Make the kernel send SIGTERM when the parent process dies (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
