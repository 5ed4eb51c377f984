"""The supervisor with real servers where only they can show a fault, else with idle processes."""

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from time import monotonic

import pytest

from config.supervisor import MIN_UPTIME, Service, ServiceExited

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[3]
MAX_START_SECONDS = 180  # on a busy machine
IDLE = [sys.executable, "-c", "print('started', flush=True); import signal; signal.pause()"]
SUPERVISE_IDLE_PROCESS = f"""
from config.supervisor import Service, supervise
supervise([Service("Idle", {IDLE!r})])
"""


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return variables for a service with its own migrated database and a free port."""
    folder = tmp_path_factory.mktemp("serve")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    variables = {
        "DJANGO_SECRET_KEY": "a key that only this test uses",
        "DJANGO_SETTINGS_MODULE": "config.settings.base",
        "DATABASE_URL": f"sqlite:///{folder}/db.sqlite3",
        "MEDIA_ROOT": str(folder / "media"),
        "BIBLE_API_URL": "",
        "PORT": str(port),
    }
    environment = os.environ | variables
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


@pytest.fixture
def idle_supervisor(environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Start a supervisor of one idle process, and wait until that process runs."""
    process = subprocess.Popen(  # noqa: S603  our own code
        [sys.executable, "-c", SUPERVISE_IDLE_PROCESS],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
    )
    with process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process
        process.kill()


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = monotonic() + MAX_START_SECONDS
    while not condition():
        if monotonic() > deadline:
            pytest.fail("the condition was not met in time")
        Event().wait(0.05)


def is_healthy(port: str) -> bool:
    try:
        return fetch(port, "/health") == "ok"
    except OSError:
        return False


def fetch(port: str, path: str) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as response:
        text: str = response.read().decode()
    return text


def descendants_of(pid: int) -> list[int]:
    listed = subprocess.run(["ps", "-eo", "pid,ppid"], capture_output=True, text=True, check=True)  # noqa: S607
    rows = [line.split() for line in listed.stdout.splitlines()[1:]]
    children = [int(child) for child, parent in rows if int(parent) == pid]
    return children + [grandchild for child in children for grandchild in descendants_of(child)]


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def health_requests_counted(port: str) -> float:
    series = 'api_requests_total{endpoint="/health",method="GET"} '
    lines = fetch(port, "/metrics").splitlines()
    return sum(float(line.removeprefix(series)) for line in lines if line.startswith(series))


def test_metrics_are_summed_and_ctrl_c_stops_every_process(
    environment: dict[str, str], serve: Callable[[], subprocess.Popen[bytes]]
) -> None:
    port = environment["PORT"]
    process = serve()
    wait_until(lambda: is_healthy(port))
    before = health_requests_counted(port)
    for _ in range(20):
        fetch(port, "/health")

    counted = {health_requests_counted(port) for _ in range(10)}
    descendants = descendants_of(process.pid)
    process.send_signal(signal.SIGINT)

    assert counted == {before + 20}
    assert process.wait(timeout=40) == 0
    assert len(descendants) > 2
    assert [pid for pid in descendants if is_alive(pid)] == []


@pytest.mark.skipif(sys.platform != "linux", reason="Linux only")
def test_children_stop_when_the_supervisor_is_killed(
    environment: dict[str, str], serve: Callable[[], subprocess.Popen[bytes]]
) -> None:
    process = serve()
    wait_until(lambda: is_healthy(environment["PORT"]))
    descendants = descendants_of(process.pid)

    process.kill()

    wait_until(lambda: not any(is_alive(pid) for pid in descendants))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_the_supervisor_and_its_process(
    idle_supervisor: subprocess.Popen[bytes], number: signal.Signals
) -> None:
    (child,) = descendants_of(idle_supervisor.pid)

    idle_supervisor.send_signal(number)

    assert idle_supervisor.wait(timeout=40) == 0
    assert not is_alive(child)


def test_a_port_in_use_is_an_error_before_any_start(
    environment: dict[str, str], serve: Callable[[], subprocess.Popen[bytes]], log_file: Path
) -> None:
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # earlier connections linger
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

    with pytest.raises(ServiceExited, match="The web server exited right after its start"):
        service.restart_if_dead()


def test_a_process_killed_later_is_restarted() -> None:
    service = Service("The task worker", IDLE)
    service.start()
    service.started -= MIN_UPTIME
    killed = service.process
    killed.kill()
    killed.wait()

    service.restart_if_dead()

    assert service.process.pid != killed.pid
    assert service.process.poll() is None
    service.stop()
