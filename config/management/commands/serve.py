import os
import signal
import subprocess
import sys
import time
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

COMMANDS = {
    "The web server": [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py"],
    "The task worker": [sys.executable, "manage.py", "qcluster"],
}
PATIENCE_SECONDS = 15


class Command(BaseCommand):
    help = "Run the web server and the task worker until Ctrl-C, or until one of them ends."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stopping = False
        signal.signal(signal.SIGTERM, self.stop)
        signal.signal(signal.SIGINT, self.stop)
        # A session of its own keeps the terminal's Ctrl-C from a process's children.
        running = {
            name: subprocess.Popen(command, cwd=settings.BASE_DIR, start_new_session=True)  # noqa: S603  fixed above
            for name, command in COMMANDS.items()
        }
        while not self.stopping and all(process.poll() is None for process in running.values()):
            time.sleep(0.2)
        ended = [name for name, process in running.items() if process.poll() is not None]
        for process in running.values():
            end(process)
        if not self.stopping:
            raise CommandError(f"{ended[0]} ended by itself; its last lines say why.")

    def stop(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True


def end(process: subprocess.Popen[bytes]) -> None:
    """Ask a process to finish; kill what is left of its group when it takes too long.

    Only the process itself is asked: the task queue's children would die of the same signal,
    and their parent would wait for them.
    """
    process.terminate()
    try:
        process.wait(PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
