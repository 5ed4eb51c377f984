import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core.management.base import CommandError

from config.management.commands.serve import MIN_UPTIME, Service

ROOT = Path(__file__).resolve().parents[3]
START_SECONDS = 60


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Return the variables of a product of its own, with a migrated database and a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    names = {
        "DJANGO_SECRET_KEY": "a key that only this test uses",
        "DJANGO_SETTINGS_MODULE": "config.settings.base",
        "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3",
        "MEDIA_ROOT": str(tmp_path / "media"),
        "BIBLE_API_URL": "",
        "PORT": str(port),
    }
    environment = os.environ | names
    migrate = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(migrate, cwd=ROOT, env=environment, check=True)  # noqa: S603  our own command
    return environment


@pytest.fixture
def log_file(tmp_path: Path) -> Path:
    return tmp_path / "serve.log"


@pytest.fixture
def serve(
    environment: dict[str, str], log_file: Path
) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        command = [sys.executable, "manage.py", "serve"]
        with log_file.open("wb") as log:
            started.append(
                subprocess.Popen(command, cwd=ROOT, env=environment, stderr=log)  # noqa: S603
            )
        return started[-1]

    yield start
    for process in started:
        if process.poll() is None:
            process.terminate()
        process.wait(timeout=60)


def wait_until_healthy(port: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5).close()
        except OSError:
            continue
        return
    pytest.fail("the server did not answer in time")


def children_of(pid: int) -> list[int]:
    listed = subprocess.run(["ps", "-eo", "pid,ppid"], capture_output=True, text=True, check=True)  # noqa: S607
    rows = [line.split() for line in listed.stdout.splitlines()[1:]]
    direct = [int(child) for child, parent in rows if int(parent) == pid]
    return direct + [grandchild for child in direct for grandchild in children_of(child)]


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_ctrl_c_stops_every_process(
    environment: dict[str, str], serve: Callable[[], subprocess.Popen[bytes]]
) -> None:
    process = serve()
    wait_until_healthy(environment["PORT"])
    family = children_of(process.pid)

    process.send_signal(signal.SIGINT)

    assert process.wait(timeout=40) == 0
    assert len(family) > 2
    assert [pid for pid in family if is_alive(pid)] == []


def test_a_closed_terminal_stops_the_service(
    environment: dict[str, str], serve: Callable[[], subprocess.Popen[bytes]]
) -> None:
    process = serve()
    wait_until_healthy(environment["PORT"])

    process.send_signal(signal.SIGHUP)

    assert process.wait(timeout=40) == 0


@pytest.mark.skipif(sys.platform != "linux", reason="Linux only")
def test_children_stop_when_the_supervisor_is_killed(
    environment: dict[str, str], serve: Callable[[], subprocess.Popen[bytes]]
) -> None:
    process = serve()
    wait_until_healthy(environment["PORT"])
    family = children_of(process.pid)

    process.kill()

    deadline = time.monotonic() + START_SECONDS
    while any(is_alive(pid) for pid in family):
        assert time.monotonic() < deadline


def test_a_port_in_use_is_an_error_before_any_start(
    environment: dict[str, str], serve: Callable[[], subprocess.Popen[bytes]], log_file: Path
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", int(environment["PORT"])))
        taken.listen()

        status = serve().wait(timeout=90)

    assert status == 1
    assert f"port {environment['PORT']}: Address already in use. " in log_file.read_text()
    assert len(log_file.read_text().splitlines()) == 1


def test_a_process_that_exits_at_once_is_not_restarted() -> None:
    service = Service("The web server", [sys.executable, "-c", ""])
    service.start()
    service.process.wait()

    with pytest.raises(CommandError, match="The web server exited right after its start"):
        service.restart_if_dead()


def test_metrics_are_summed_over_all_workers(
    environment: dict[str, str], serve: Callable[[], subprocess.Popen[bytes]]
) -> None:
    serve()
    wait_until_healthy(environment["PORT"])
    before = health_requests_counted(environment["PORT"])

    for _ in range(20):
        fetch(environment["PORT"], "/health")

    counted = {health_requests_counted(environment["PORT"]) for _ in range(10)}
    assert counted == {before + 20}


def fetch(port: str, path: str) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
        text: str = answer.read().decode()
    return text


def health_requests_counted(port: str) -> float:
    series = 'api_requests_total{endpoint="/health",method="GET"} '
    lines = fetch(port, "/metrics").splitlines()
    return sum(float(line.removeprefix(series)) for line in lines if line.startswith(series))


def test_a_killed_worker_is_restarted(
    environment: dict[str, str], serve: Callable[[], subprocess.Popen[bytes]]
) -> None:
    process = serve()
    wait_until_healthy(environment["PORT"])
    time.sleep(MIN_UPTIME)  # one that ends sooner is not started again
    worker = next(pid for pid in children_of(process.pid) if "qcluster" in command_of(pid))

    os.kill(worker, signal.SIGKILL)

    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and not replaced(process.pid, worker):
        assert process.poll() is None
    assert replaced(process.pid, worker)


def command_of(pid: int) -> str:
    command = ["ps", "-o", "args=", "-p", str(pid)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout  # noqa: S603


def replaced(supervisor: int, worker: int) -> bool:
    running = [pid for pid in children_of(supervisor) if "qcluster" in command_of(pid)]
    return bool(running) and worker not in running
