import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

import structlog
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

log = structlog.get_logger(__name__)

PATIENCE_SECONDS = 15
SETTLED_SECONDS = 10
PR_SET_PDEATHSIG = 1  # of Linux's <sys/prctl.h>


@dataclass
class Service:
    """A process that is to run all the time."""

    name: str
    command: list[str]
    started: float = field(init=False)
    process: subprocess.Popen[bytes] = field(init=False)

    def start(self) -> None:
        # A session of its own keeps the terminal's Ctrl-C from a process's children.
        self.process = subprocess.Popen(  # noqa: S603  the commands are fixed below
            self.command,
            cwd=settings.BASE_DIR,
            start_new_session=True,
            preexec_fn=end_with_parent,  # noqa: PLW1509  this process has one thread
        )
        self.started = time.monotonic()

    def keep_up(self) -> None:
        """Start again what was killed; a process that ends at once would only end again."""
        if self.process.poll() is None:
            return
        self.kill_group()
        if time.monotonic() - self.started < SETTLED_SECONDS:
            raise CommandError(f"{self.name} ended by itself; its last lines say why.")
        log.error("process.restarted", process=self.name, status=self.process.returncode)
        self.start()

    def end(self) -> None:
        """Ask the process to finish; kill what is left of its group when it takes too long.

        Only the process itself is asked: the task queue's children would die of the same
        signal, and their parent would wait for them.
        """
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(PATIENCE_SECONDS)
        self.kill_group()
        self.process.wait()

    def kill_group(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)


class Command(BaseCommand):
    help = "Run the web server and the task worker until Ctrl-C, and start again what is killed."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stopping = False
        check_address()
        for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # the last: a closed terminal
            signal.signal(ending, self.stop)
        python = sys.executable
        services = [
            Service("The web server", [python, "-m", "gunicorn", "--config", "config/gunicorn.py"]),
            Service("The task worker", [python, "manage.py", "qcluster"]),
        ]
        self.stdout.write(f"Starting http://{settings.HOST}:{settings.PORT}; Ctrl-C stops it.")
        self.stdout.flush()
        for service in services:
            service.start()
        try:
            self.watch(services)
        finally:
            for service in services:
                service.end()

    def watch(self, services: list[Service]) -> None:
        while not self.stopping:
            for service in services:
                service.keep_up()
            time.sleep(0.2)

    def stop(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True


def check_address() -> None:
    """Raise CommandError if the web server could not listen; it would try for five seconds."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as gunicorn does
        try:
            probe.bind((settings.HOST, settings.PORT))
        except OSError as error:
            raise CommandError(
                f"Nothing can listen on {settings.HOST}, port {settings.PORT}: {error.strerror}. "
                "PORT=9000 make run takes another port."
            ) from error


def end_with_parent() -> None:
    """Let the kernel end this process should its parent be killed; without Linux, nothing does."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
