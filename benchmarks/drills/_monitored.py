"""The service on a database of its own, with a real Prometheus that reads web server and worker.

Needs Prometheus on the PATH (Debian's package `prometheus`) and a PostgreSQL server in which
databases may be created: DRILL_POSTGRES_URL, by default the one of this machine.
"""

import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import requests

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "benchmarks" / "verses"))

from upstream_server import ScriptedUpstream  # noqa: E402  needs the path above

POSTGRES_URL = os.environ.get("DRILL_POSTGRES_URL", "postgres://postgres@127.0.0.1:5432/postgres")
_START_SECONDS = 120.0
TARGETS = 2
# What a production site takes from its scrape interval; a drill lives for a minute.
_INTERVAL = "1s"
_PENDING = "2s"


@dataclass
class Monitored:
    """A running service with its Prometheus."""

    url: str
    prometheus: str
    environment: dict[str, str]
    upstream: ScriptedUpstream
    processes: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    def manage(self, *arguments: str) -> None:
        """Run a management command on the database of the drill."""
        _run([sys.executable, "manage.py", *arguments], self.environment)

    def query(self, expression: str) -> list[float]:
        """Return the values of a query now; raises RuntimeError if Prometheus refuses it."""
        answer = self._ask("query", query=expression)
        return [float(sample["value"][1]) for sample in answer["result"]]

    def firing(self) -> set[str]:
        """Return the names of the alerts that fire."""
        alerts = self._ask("alerts")["alerts"]
        return {one["labels"]["alertname"] for one in alerts if one["state"] == "firing"}

    def kill(self, name: str) -> None:
        """Kill a process with its children, as a host that fails does."""
        os.killpg(self.processes[name].pid, signal.SIGKILL)
        self.processes[name].wait()

    def _ask(self, what: str, **parameters: str) -> Any:
        answer = requests.get(f"{self.prometheus}/api/v1/{what}", parameters, timeout=10).json()
        if answer["status"] != "success":
            raise RuntimeError(f"{answer['errorType']}: {answer['error']}")
        return answer["data"]


@contextmanager
def running(folder: Path) -> Iterator[Monitored]:
    """Run upstream, web server, worker and Prometheus; stop them all at the end."""
    ports = {name: _free_port() for name in ("web", "worker", "prometheus")}
    with ExitStack() as stack:
        database_url = stack.enter_context(_database())
        upstream = ScriptedUpstream()
        stack.callback(upstream.close)
        environment = _environment(folder, database_url, upstream.url, ports)
        service = Monitored(
            url=f"http://127.0.0.1:{ports['web']}",
            prometheus=f"http://127.0.0.1:{ports['prometheus']}",
            environment=environment,
            upstream=upstream,
        )
        service.manage("migrate", "--verbosity", "0")
        service.manage("load_editions")
        python = sys.executable
        for name, command in (
            ("web", [python, "-m", "gunicorn", "--config", "config/gunicorn.py"]),
            ("worker", [python, "-m", "config.worker"]),
            ("prometheus", _prometheus(folder, ports)),
        ):
            service.processes[name] = stack.enter_context(_process(command, environment, folder))
        wait_until(lambda: _is_up(f"{service.url}/health"), "the web server starts")
        wait_until(lambda: service.query("sum(up)") == [TARGETS], "Prometheus reads both targets")
        yield service


def wait_until(condition: Callable[[], object], what: str, seconds: float = _START_SECONDS) -> None:
    """Wait for a condition; raises RuntimeError with `what` if it is not met in time."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        try:
            if condition():
                return
        except (OSError, requests.RequestException):
            pass  # not started yet
        time.sleep(0.5)
    raise RuntimeError(f"not within {seconds:.0f} s: {what}")


def _environment(
    folder: Path, database_url: str, upstream_url: str, ports: dict[str, int]
) -> dict[str, str]:
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings.base",
        "DJANGO_SECRET_KEY": secrets.token_urlsafe(50),
        "DATABASE_URL": database_url,
        "MEDIA_ROOT": str(folder / "media"),
        "BIBLE_API_URL": upstream_url,
        "HOST": "127.0.0.1",
        "PORT": str(ports["web"]),
        "WORKER_METRICS_PORT": str(ports["worker"]),
        "WEB_CONCURRENCY": "2",
        "REDIS_URL": "",
    }


def _prometheus(folder: Path, ports: dict[str, int]) -> list[str]:
    """Write the configuration of compose with the drill's targets and times; return the command."""
    source = ROOT / "docker" / "prometheus"
    text = (source / "prometheus.yml").read_text()
    text = re.sub(r"_interval: \S+", f"_interval: {_INTERVAL}", text)
    for name in ("web", "worker"):
        text = re.sub(rf'"{name}:\d+"', f'"127.0.0.1:{ports[name]}"', text)
    (folder / "rules").mkdir()
    (folder / "prometheus.yml").write_text(text)
    for path in (source / "rules").glob("*.rules.yml"):
        rules = re.sub(r"\bfor: \S+", f"for: {_PENDING}", path.read_text())
        (folder / "rules" / path.name).write_text(rules)
    return [
        "prometheus",
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{ports['prometheus']}",
        "--log.level=error",
    ]


@contextmanager
def _process(
    command: list[str], environment: dict[str, str], folder: Path
) -> Iterator["subprocess.Popen[bytes]"]:
    with (folder / "processes.log").open("ab") as log:
        process = subprocess.Popen(  # noqa: S603  our own commands
            command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@contextmanager
def _database() -> Iterator[str]:
    name = f"drill_{secrets.token_hex(6)}"
    with psycopg.connect(POSTGRES_URL, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
        try:
            yield urlsplit(POSTGRES_URL)._replace(path=f"/{name}").geturl()
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


def _run(command: list[str], environment: dict[str, str]) -> None:
    subprocess.run(  # noqa: S603  our own commands
        command, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL
    )


def _is_up(url: str) -> bool:
    return requests.get(url, timeout=2).ok


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
