"""Runs the application in gunicorn with several processes and its own database."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import requests

ROOT = Path(__file__).resolve().parents[2]
_START_SECONDS = 90


class Served:
    """Context manager: the application runs at `url`; `environment` adds to its environment."""

    def __init__(
        self, folder: Path, *, processes: int = 4, threads: int = 13, **environment: str
    ) -> None:
        port = _free_port()
        self.url = f"http://127.0.0.1:{port}"
        self._command = [
            *(sys.executable, "-m", "gunicorn", "config.wsgi:application"),
            *("--bind", f"127.0.0.1:{port}", "--workers", str(processes)),
            *("--worker-class", "gthread", "--threads", str(threads), "--graceful-timeout", "1"),
        ]
        self._log = folder / "server.log"
        metrics = folder / "metrics"
        metrics.mkdir()
        self._environment = {
            **os.environ,
            "DATABASE_URL": f"sqlite:///{folder / 'db.sqlite3'}",
            "VERSES_THROTTLE": "0",
            "LOG_LEVEL": "WARNING",
            "PROMETHEUS_MULTIPROC_DIR": str(metrics),
            "DJANGO_SETTINGS_MODULE": "served_settings",
            "PYTHONPATH": str(Path(__file__).parent),
            "SERVED_FOLDER": str(folder),
            **environment,
        }

    def __enter__(self) -> Self:
        self.manage("migrate", "--verbosity", "0")
        with self._log.open("w") as log:
            self._server = subprocess.Popen(  # noqa: S603  our own command
                self._command, cwd=ROOT, env=self._environment, stdout=log, stderr=log
            )
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            try:
                if requests.get(f"{self.url}/health", timeout=5).ok:
                    return self
            except requests.RequestException:
                time.sleep(0.1)
        self.stop()
        raise RuntimeError(self._log.read_text())

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> None:
        self._server.send_signal(signal.SIGTERM)
        try:
            self._server.wait(15)
        except subprocess.TimeoutExpired:
            self._server.kill()

    def manage(self, *arguments: str) -> str:
        """Run a management command with the same settings; return its output."""
        done = subprocess.run(  # noqa: S603  our own command
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(done.stderr)
        return done.stdout

    def warm_up(self) -> None:
        """Make every process import its modules, with an edition that needs no upstream."""
        for _request in range(10 * len(self.workers())):
            self.ask("Juan 3:16", "rv1909")

    def shell(self, code: str) -> str:
        """Run Python code in the shell of the application; return its output."""
        return self.manage("shell", "-v", "0", "-c", code)

    def workers(self) -> list[int]:
        """Return the process ids of the workers (Linux)."""
        pid = self._server.pid
        return [
            int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        ]

    def ask(self, reference: str, translation: str, timeout: float = 30) -> tuple[int, Any, float]:
        """Request a passage; return status, JSON and seconds."""
        began = time.perf_counter()
        answer = requests.post(
            f"{self.url}/verse",
            json={"reference": reference, "translation": translation},
            timeout=timeout,
        )
        return answer.status_code, answer.json(), time.perf_counter() - began


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
