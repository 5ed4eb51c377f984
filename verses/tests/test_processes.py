"""What holds only over real processes: the scripts under benchmarks, in small."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "benchmarks" / "verses"


def run(script: str, *arguments: str, database: str) -> str:
    """Run a script on a database of its own; return what it printed, whatever came of it."""
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


def test_no_request_is_lost_or_counted_twice_while_workers_are_killed(tmp_path: Path) -> None:
    told = run(
        *("counting.py", "--requests", "10000", "--kills", "40"),
        database=f"sqlite:///{tmp_path / 'db.sqlite3'}",
    )

    assert "lost 0, counted twice 0" in told


def test_one_call_serves_fifty_readers_and_a_killed_leader_is_replaced(tmp_path: Path) -> None:
    told = run("cold_verse.py", "--rounds", "1", database=f"sqlite:///{tmp_path / 'db.sqlite3'}")

    assert "50 readers  1 calls" in told
    assert "1 further call" in told


def test_readers_are_served_while_upstream_hangs(tmp_path: Path) -> None:
    told = run("faults.py", "--only", "hanging", database=f"sqlite:///{tmp_path / 'db.sqlite3'}")

    assert "WRONG" not in told
