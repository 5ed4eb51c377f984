"""The service on a database of its own, behind a proxy that can silence or drop its connections.

Needs a PostgreSQL server in which databases may be created: DRILL_POSTGRES_URL, by default the one
of this machine.
"""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

import psycopg
import requests

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from config.tests.postgresql.proxy import Proxy, running  # noqa: E402  needs the path above

ADMIN_URL = os.environ.get("DRILL_POSTGRES_URL", "postgres://postgres@127.0.0.1:5432/postgres")
WARM = "/verse?reference=John+3:16"
_START_SECONDS = 120


@dataclass
class Service:
    """A running service; `database_url` goes past the proxy."""

    url: str
    proxy: Proxy
    database_url: str
    log: Path
    environment: dict[str, str]

    def get(self, path: str, timeout: float = 60.0) -> requests.Response:
        """Send one request on a connection of its own."""
        return requests.get(self.url + path, timeout=timeout)

    def manage(self, *arguments: str) -> None:
        """Run a management command on the database, past the proxy."""
        environment = {**self.environment, "DATABASE_URL": self.database_url}
        command = (sys.executable, "manage.py", *arguments)
        subprocess.run(command, cwd=ROOT, env=environment, check=True)  # noqa: S603  our own

    def query(self, sql: str) -> object:
        """Return the first value of a query, asked past the proxy."""
        with psycopg.connect(self.database_url) as connection:
            row = connection.execute(sql.encode()).fetchone()
        return None if row is None else row[0]


@dataclass
class Answers:
    """Statuses and seconds of the requests for one path."""

    path: str
    statuses: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    @property
    def slowest(self) -> float:
        return max(self.seconds, default=0.0)

    @property
    def all_ok(self) -> bool:
        return bool(self.statuses) and set(self.statuses) == {200}

    def line(self) -> str:
        """Return a row of the results."""
        counts = {status: self.statuses.count(status) for status in sorted(set(self.statuses))}
        milliseconds = [1000 * value for value in self.seconds] or [0.0]
        return (
            f"{self.path:28} {len(self.statuses):6} requests  {counts}  "
            f"median {median(milliseconds):.1f} ms  slowest {max(milliseconds):.0f} ms"
        )


def measure(service: Service, paths: Sequence[str], seconds: float) -> dict[str, Answers]:
    """Request each path again and again for some seconds, one client per path."""
    ends = time.monotonic() + seconds

    def client(path: str) -> Answers:
        answers = Answers(path)
        while time.monotonic() < ends:
            started = time.perf_counter()
            try:
                status = service.get(path).status_code
            except requests.RequestException:
                status = 0
            answers.seconds.append(time.perf_counter() - started)
            answers.statuses.append(status)
            time.sleep(0.02)
        return answers

    with ThreadPoolExecutor(len(paths)) as pool:
        return {answers.path: answers for answers in pool.map(client, paths)}


def report(title: str, found: dict[str, Answers], conditions: dict[str, bool]) -> bool:
    """Print the figures and which conditions hold; return whether all do."""
    print(f"\n{title}")
    for answers in found.values():
        print("  " + answers.line())
    for condition, holds in conditions.items():
        print(f"  {'holds' if holds else 'FAILS'}: {condition}")
    return all(conditions.values())


@contextmanager
def running_service(processes: Sequence[str] = ("web",), workers: int = 2) -> Iterator[Service]:
    """Start `web`, and a task `worker` if named, on a new database behind a proxy."""
    parts = urlsplit(ADMIN_URL)
    name = f"drill_{secrets.token_hex(4)}"
    with (
        _database(name),
        running(parts.hostname or "127.0.0.1", parts.port or 5432) as proxy,
        tempfile.TemporaryDirectory(prefix="drill-") as folder,
    ):
        user = parts.netloc.rpartition("@")[0] or "postgres"
        port = _free_port()
        service = Service(
            url=f"http://127.0.0.1:{port}",
            proxy=proxy,
            database_url=parts._replace(path=f"/{name}").geturl(),
            log=Path(folder, "service.log"),
            environment={
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "config.settings.base",
                "DJANGO_SECRET_KEY": secrets.token_urlsafe(50),
                "DATABASE_URL": f"postgres://{user}@127.0.0.1:{proxy.port}/{name}",
                "REDIS_URL": "",
                "BIBLE_API_URL": "",
                "VERSES_THROTTLE": "0",
                "LOG_FORMAT": "json",
                "MEDIA_ROOT": f"{folder}/media",
                "PORT": str(port),
                "WEB_CONCURRENCY": str(workers),
            },
        )
        service.manage("migrate", "--verbosity", "0")
        service.manage("collectstatic", "--no-input", "--verbosity", "0")
        with _running_processes(service, processes):
            yield service


@contextmanager
def _running_processes(service: Service, processes: Sequence[str]) -> Iterator[None]:
    commands = {
        "web": ("-m", "gunicorn", "--config", "config/gunicorn.py"),
        "worker": ("-m", "config.worker"),
    }
    started = []
    with service.log.open("wb") as log:
        for name in processes:
            command = (sys.executable, *commands[name])
            started.append(
                subprocess.Popen(  # noqa: S603  our own commands
                    command, cwd=ROOT, env=service.environment, stdout=log, stderr=log
                )
            )
    try:
        wait_until(lambda: _is_healthy(service), "the web server starts")
        yield
    finally:
        service.proxy.restore()
        for process in started:
            process.send_signal(signal.SIGTERM)
        for process in started:
            process.wait(60)
        if "DRILL_LOG" in os.environ:
            shutil.copy(service.log, os.environ["DRILL_LOG"])


def wait_until(condition: Callable[[], bool], what: str, seconds: float = _START_SECONDS) -> float:
    """Return the seconds until a condition is true; raises RuntimeError if it did not in time."""
    started = time.monotonic()
    while not condition():
        if time.monotonic() - started > seconds:
            raise RuntimeError(f"not within {seconds:g} s: {what}")
        time.sleep(0.1)
    return time.monotonic() - started


def _is_healthy(service: Service) -> bool:
    try:
        return bool(service.get("/health", timeout=2).ok)
    except requests.RequestException:
        return False


@contextmanager
def _database(name: str) -> Iterator[None]:
    with psycopg.connect(ADMIN_URL, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"'.encode())
        try:
            yield
        finally:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
