"""A real worker killed -9 in the middle of a scoring, and another that finishes it."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest
from django.db import connection
from django.utils import timezone

from churn.models import Scoring, Status, TrainingRun
from churn.services import scorings
from churn.services.inputs import ScoringUpload
from churn.tests.conftest import COLUMNS, customer_rows, write_rows

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
CUSTOMERS = 15_000
PATIENCE = 90  # seconds


def wait_until(condition: Callable[[], bool]) -> None:
    limit = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < limit, "it did not happen in time"
        Event().wait(0.05)


@contextmanager
def shared_database(folder: Path) -> Iterator[str]:
    """Copy the test database where another process can open it; yield its URL."""
    database = connection.settings_dict
    if connection.vendor == "postgresql":
        yield "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**database)
        return
    name, memory = database["NAME"], connection.connection
    file = sqlite3.connect(folder / "shared.sqlite3")
    memory.backup(file)
    file.close()
    database["NAME"], connection.connection = str(folder / "shared.sqlite3"), None
    try:
        yield f"sqlite:///{database['NAME']}"
    finally:
        connection.close()
        database["NAME"], connection.connection = name, memory


@pytest.fixture
def start_worker(media_root: Path) -> Iterator[Callable[[str], "subprocess.Popen[bytes]"]]:
    workers: list[subprocess.Popen[bytes]] = []

    def start(database_url: str) -> "subprocess.Popen[bytes]":
        environment = os.environ | {
            "DATABASE_URL": database_url,
            "MEDIA_ROOT": str(media_root),
            "DJANGO_SETTINGS_MODULE": "config.settings.base",
        }
        command = [sys.executable, "-m", "config.worker"]
        worker = subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True)  # noqa: S603
        workers.append(worker)
        return worker

    yield start
    for worker in workers:
        with suppress(ProcessLookupError):
            os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()


@pytest.fixture
def long_scoring(transactional_db: None, champion: TrainingRun, tmp_path: Path) -> Scoring:
    """Make a scoring that takes a worker some seconds, queued a while ago."""
    path = write_rows(tmp_path / "many.csv", customer_rows(9_000), COLUMNS[:-1])
    header, *lines = path.read_text().splitlines()
    many = [line.replace("C", f"C{copy}-") for copy in range(5) for line in lines][:CUSTOMERS]
    path.write_text("\n".join([header, *many]))
    with path.open("rb") as file:
        queued = scorings.create_scoring(ScoringUpload(file=file, file_name="many.csv"))
    queued.queued_at = timezone.now() - timedelta(minutes=1)
    queued.save()
    return queued


@pytest.mark.parametrize("killed", ["the process at work", "all of the workers' processes"])
def test_scoring_of_a_killed_worker_is_finished_by_another(
    killed: str,
    long_scoring: Scoring,
    start_worker: Callable[[str], "subprocess.Popen[bytes]"],
    tmp_path: Path,
) -> None:
    with shared_database(tmp_path) as address:
        first = start_worker(address)
        wait_until(long_scoring.predictions.exists)
        long_scoring.refresh_from_db()
        assert long_scoring.status == Status.RUNNING
        if killed == "the process at work":
            os.kill(int(long_scoring.owner.split(":")[1]), signal.SIGKILL)
        else:
            os.killpg(first.pid, signal.SIGKILL)
            start_worker(address)

        wait_until(lambda: Scoring.objects.get().is_finished)

        done = Scoring.objects.get()
        assert (done.status, done.attempts) == (Status.SUCCEEDED, 2)
        assert done.customers == done.predictions.count() == CUSTOMERS
