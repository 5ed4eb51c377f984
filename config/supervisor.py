"""Runs the web server and the task worker: `manage.py serve` becomes this process.

It imports neither Django nor our settings: a process that only waits would keep 65 MB for them.
"""

import contextlib
import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from types import FrameType

from config.observability.directory import use_metrics_directory

BASE_DIR = Path(__file__).resolve().parent.parent
# Seconds. Gunicorn lets running requests finish for ten, a stopping task worker needs two.
STOP_TIMEOUT = 15
# Seconds. A process that exits sooner has a permanent fault, for example in its configuration.
MIN_UPTIME = 10
POLL_SECONDS = 0.2
PR_SET_PDEATHSIG = 1  # from Linux's <sys/prctl.h>


class ServiceExited(Exception):
    """A process exited too soon to be started again."""


@dataclass
class Service:
    """A child process that must always run."""

    name: str
    command: list[str]
    started: float = field(init=False)
    process: subprocess.Popen[bytes] = field(init=False)

    def start(self) -> None:
        # In a new session, Ctrl-C in the terminal does not reach the process or its children.
        self.process = subprocess.Popen(  # noqa: S603  fixed commands, see main
            self.command,
            cwd=BASE_DIR,
            start_new_session=True,
            preexec_fn=die_with_parent,  # noqa: PLW1509  this process has one thread
        )
        self.started = time.monotonic()

    def restart_if_dead(self) -> None:
        """Restart the process if it exited; raise ServiceExited if that was within MIN_UPTIME."""
        if self.process.poll() is None:
            return
        self.kill_group()
        if time.monotonic() - self.started < MIN_UPTIME:
            raise ServiceExited(f"{self.name} exited right after its start.")
        log_restart(self.name, self.process.returncode)
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


def main() -> int:
    """Run both until a signal; return the exit status."""
    python = sys.executable
    # The processes inherit the directory, so the web server shows the metrics of both.
    remove_metrics = use_metrics_directory()
    services = [
        Service("The web server", [python, "-m", "gunicorn", "--config", "config/gunicorn.py"]),
        Service("The task worker", [python, "-m", "config.worker"]),
    ]
    try:
        supervise(services)
    except ServiceExited as error:
        sys.stderr.write(f"{error} See its last log lines.\n")
        return 1
    finally:
        remove_metrics()
    return 0


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


def log_restart(process: str, status: int | None) -> None:
    """Write the line that structlog would write."""
    line = {
        "process": process,
        "status": status,
        "event": "process.restarted",
        "level": "error",
        "logger": "config.supervisor",
        "timestamp": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
    }
    sys.stderr.write(f"{json.dumps(line)}\n")


def die_with_parent() -> None:
    """Make the kernel send SIGTERM when the parent process dies (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main())
