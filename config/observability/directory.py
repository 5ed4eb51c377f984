"""The directory in which the processes of a server share their metrics (prometheus-client)."""

import os
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"


def use_metrics_directory() -> Callable[[], None]:
    """Share metrics in a directory of this server; return what removes it at the end.

    A directory that the parent process has made is used, and is left to the parent. Call this
    before prometheus_client is imported, which reads the variable then.
    """
    if VARIABLE in os.environ:
        _remove_gauges_of_dead_processes(Path(os.environ[VARIABLE]))
        return _do_nothing
    # A directory per server: a second one of this checkout would add its series or delete ours.
    path = tempfile.mkdtemp(prefix="metrics-")
    os.environ[VARIABLE] = path
    return partial(shutil.rmtree, path, ignore_errors=True)


def _do_nothing() -> None:
    """Leave the directory to the process that made it."""


def _remove_gauges_of_dead_processes(path: Path) -> None:
    """Remove what a killed server could not: its gauges would count as those of living ones."""
    for file in path.glob("gauge_live*.db"):
        pid = file.stem.rpartition("_")[2]
        if not Path("/proc", pid).exists():
            with suppress(FileNotFoundError):
                file.unlink()
