"""The drills of `make drills`, shortened; skipped where the tests have no PostgreSQL server."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs a PostgreSQL server"),
]
ROOT = Path(__file__).resolve().parents[2]
# Long enough for both halves of a fault to be noticed.
SECONDS = {"locked_table.py": 6, "database_outage.py": 12}


@pytest.mark.parametrize("name", sorted(SECONDS))
def test_a_short_drill_holds(name: str) -> None:
    script = ROOT / "benchmarks" / "drills" / name
    command = [sys.executable, str(script), "--seconds", str(SECONDS[name])]
    names = {"DRILL_POSTGRES_URL": os.environ["DATABASE_URL"]}

    done = subprocess.run(  # noqa: S603  our own script
        command, cwd=ROOT, env=os.environ | names, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
