"""The servers of `speed.py`, each started on a free port with as many workers as asked for."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import requests
from upstream_server import ScriptedUpstream

ROOT = Path(__file__).resolve().parents[2]
RIVALS = Path(__file__).parent / "rivals"
_START_SECONDS = 120
_TICKS = os.sysconf("SC_CLK_TCK")
_UVICORN = "uvicorn_worker.UvicornWorker"


@dataclass(frozen=True)
class Server:
    """A running server; figures are of the process that was started and all below it (Linux)."""

    name: str
    url: str
    workers: int
    pid: int
    excludes: str = ""
    """Processes whose command line holds this are not part of what is measured."""

    def processes(self) -> list[int]:
        """Return the process and all its descendants."""
        found, open_pids = [], [self.pid]
        while open_pids:
            pid = open_pids.pop()
            try:
                below = children(pid)
                command = Path(f"/proc/{pid}/cmdline").read_text()
            except OSError:
                continue
            if not self.excludes or self.excludes not in command:
                found.append(pid)
            open_pids += below
        return found

    def cpu_seconds(self) -> float:
        """Return the user and system time of all processes."""
        total = 0
        for pid in self.processes():
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += int(fields[11]) + int(fields[12])
        return total / _TICKS

    def memory_megabytes(self) -> float:
        """Return the proportional set size: pages shared by processes count once."""
        total = 0
        for pid in self.processes():
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
            total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
        return total / 1024


def children(pid: int) -> list[int]:
    """Return the processes that a process has started, in order (Linux)."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@dataclass(frozen=True)
class Launch:
    """How a server is started."""

    name: str
    command: tuple[str, ...]
    port: int
    workers: int
    environment: dict[str, str] = field(default_factory=dict)
    excludes: str = ""


@contextmanager
def service(folder: Path, workers: int) -> Iterator[Server]:
    """Serve the product as `make run` does, with three translations and an instant upstream."""
    upstream = ScriptedUpstream()
    port = _free_port()
    environment = {
        "DJANGO_SECRET_KEY": secrets.token_urlsafe(50),
        "DATABASE_URL": f"sqlite:///{folder / 'service.sqlite3'}",
        "BIBLE_API_URL": upstream.url,
        "BIBLE_API_BUDGET": "2000/30s",
        "VERSES_THROTTLE": "999999/1s",
        "MEDIA_ROOT": str(folder / "media"),
        "PORT": str(port),
        "WEB_CONCURRENCY": str(workers),
    }
    for command in (
        ("migrate", "--verbosity", "0"),
        ("load_editions",),
        ("collectstatic", "--no-input", "--verbosity", "0"),
    ):
        subprocess.run(  # noqa: S603  fixed commands
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            env={**os.environ, **environment},
            check=True,
            stdout=subprocess.DEVNULL,
        )
    command = (sys.executable, "manage.py", "serve")
    launch = Launch("service", command, port, workers, environment, excludes="config.worker")
    with _running(launch, folder) as server:
        yield server
    upstream.close()


@contextmanager
def bare_django(folder: Path, workers: int) -> Iterator[Server]:
    """Serve a constant Django view with gunicorn's sync workers."""
    with _running(_gunicorn("bare django", "bare_django", workers, "sync"), folder) as server:
        yield server


@contextmanager
def hello(folder: Path, workers: int) -> Iterator[Server]:
    """Serve the smallest ASGI application with the product's worker class."""
    with _running(_gunicorn("hello world", "hello", workers, _UVICORN), folder) as server:
        yield server


@contextmanager
def first_version(folder: Path, workers: int) -> Iterator[Server]:
    """Serve the stand-in of the first version."""
    environment = {"FIRST_VERSION_FOLDER": str(folder)}
    subprocess.run(  # noqa: S603  fixed command
        [sys.executable, str(RIVALS / "first_version.py")],
        env={**os.environ, **environment},
        check=True,
    )
    launch = _gunicorn("first version", "first_version", workers, _UVICORN)
    with _running(replace(launch, environment=environment), folder) as server:
        yield server


@contextmanager
def nginx(folder: Path, workers: int) -> Iterator[Server]:
    """Serve a static file with nginx."""
    port = _free_port()
    (folder / "verse").write_text('{"text": "' + 500 * "x" + '"}')
    configuration = folder / "nginx.conf"
    configuration.write_text(
        f"daemon off; worker_processes {workers}; pid {folder}/nginx.pid; error_log stderr;\n"
        "events { worker_connections 4096; }\n"
        f"http {{ access_log off; client_body_temp_path {folder}/b; proxy_temp_path {folder}/p;\n"
        f"fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;\n"
        f"server {{ listen 127.0.0.1:{port}; root {folder};\n"
        "error_page 405 =200 $uri; } }\n"
    )
    launch = Launch("nginx file", ("nginx", "-c", str(configuration)), port, workers)
    with _running(launch, folder) as server:
        yield server


def _gunicorn(name: str, module: str, workers: int, worker_class: str) -> Launch:
    port = _free_port()
    command = (
        *(sys.executable, "-m", "gunicorn", f"{module}:application", "--chdir", str(RIVALS)),
        *("--bind", f"127.0.0.1:{port}", "--workers", str(workers)),
        *("--worker-class", worker_class, "--log-level", "warning"),
    )
    return Launch(name, command, port, workers)


@contextmanager
def _running(launch: Launch, folder: Path) -> Iterator[Server]:
    url, log = f"http://127.0.0.1:{launch.port}", folder / f"{launch.name}.log"
    with log.open("w") as output:
        process = subprocess.Popen(  # noqa: S603  fixed commands
            launch.command,
            cwd=ROOT,
            env={**os.environ, **launch.environment},
            stdout=output,
            stderr=output,
        )
    try:
        _wait_for(url, process, log)
        yield Server(launch.name, url, launch.workers, process.pid, launch.excludes)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            requests.post(f"{url}/verse", json={"reference": "John 3:16"}, timeout=10)
        except requests.RequestException:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(log.read_text()[-2000:])


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
