"""Behaviour of several real processes: the scripts under benchmarks with few rounds."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "benchmarks" / "verses"


def run(script: str, *arguments: str, database: str) -> str:
    """Run a script that must succeed; return its output."""
    environment = {
        **os.environ,
        "DATABASE_URL": database,
        "DJANGO_SETTINGS_MODULE": "config.settings.base",
        "REDIS_URL": "",
    }
    done = subprocess.run(  # noqa: S603  our own script
        [sys.executable, str(SCRIPTS / script), *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_killed_workers_lose_and_repeat_no_count(tmp_path: Path) -> None:
    output = run(
        *("counting.py", "--requests", "10000", "--kills", "40"),
        database=f"sqlite:///{tmp_path / 'db.sqlite3'}",
    )

    assert "lost 0, counted twice 0" in output


def test_one_call_serves_fifty_readers(tmp_path: Path) -> None:
    output = run(
        *("cold_verse.py", "--rounds", "1", "--processes", "2", "--ignore-times"),
        database=f"sqlite:///{tmp_path / 'db.sqlite3'}",
    )

    assert "50 readers  1 calls" in output
    assert "3 calls at once" in output
    assert "1 further call" in output


def test_readers_are_served_while_upstream_hangs(tmp_path: Path) -> None:
    output = run(
        *("faults.py", "--only", "hanging", "--processes", "2", "--ignore-times"),
        database=f"sqlite:///{tmp_path / 'db.sqlite3'}",
    )

    assert "WRONG" not in output
