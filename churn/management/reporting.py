"""Base of the churn commands: progress, argument types, and one-line errors."""

import logging
import os
import resource
import shutil
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import structlog
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from tqdm import tqdm

from churn.exceptions import ChurnError
from churn.ml.progress import ProgressCallback
from churn.services.localization import localize

log = structlog.get_logger(__name__)

_LOG_STEP = 0.1  # fraction of the work between log lines
_MAX_LINES_SHOWN = 5
_BAR = "{desc:<28}{percentage:3.0f}% |{bar}| {elapsed}"


class ChurnCommand(BaseCommand):
    """A command that exits with 0, with 1 and one line on stderr, or with 2 for wrong usage."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        where = options.get("records") or options.get("input") or options.get("output") or ""
        prefix = f"{where}: " if where else ""
        try:
            return super().execute(*args, **options)
        except (ChurnError, OSError) as error:
            raise CommandError(prefix + _one_line(error)) from error
        except DatabaseError as error:
            hint = "is the database there and migrated? (manage.py migrate)"
            raise CommandError(f"{_one_line(error)}; {hint}") from error
        except KeyboardInterrupt as error:
            raise CommandError(f"{prefix}stopped by the user") from error

    def write_line(self, line: str) -> None:
        self.stdout.write(line)

    def write_rejects(self, rejects: Iterable[Mapping[str, Any]]) -> None:
        """Write, for each column and reason, the number of rejected rows and their first lines."""
        for group in localize(rejects, "en"):
            where = f"{group['column']}: " if group["column"] else ""
            lines = ", ".join(f"{line:,}" for line in group["lines"][:_MAX_LINES_SHOWN])
            more = ", …" if group["count"] > _MAX_LINES_SHOWN else ""
            text = f"{where}{group['text']} (line {lines}{more})"
            self.write_line(f"  {group['count']:,} rejected: {text}")


def wrong_usage(message: str) -> CommandError:
    return CommandError(message, returncode=2)


def fraction(text: str) -> float:
    """Parse a number above 0 and at most 1."""
    value = float(text)
    if not 0 < value <= 1:
        raise ValueError(text)
    return value


def non_negative_int(text: str) -> int:
    """Parse an integer, 0 or more."""
    if (value := int(text)) < 0:
        raise ValueError(text)
    return value


def seed(text: str) -> int:
    """Parse a seed that every library accepts: a signed 32-bit integer, 0 or more."""
    return _at_most(2**31 - 1, text)


def trials(text: str) -> int:
    """Parse a number of trials, up to 1,000."""
    return _at_most(1_000, text)


def _at_most(maximum: int, text: str) -> int:
    if (value := non_negative_int(text)) > maximum:
        raise ValueError(text)
    return value


def add_engine(parser: ArgumentParser) -> None:
    parser.add_argument("--engine", choices=["local", "dask"], default="local")
    parser.add_argument("--scheduler", default="", metavar="tcp://..", help="of a Dask cluster")


@contextmanager
def progress() -> Iterator[ProgressCallback]:
    """Yield a callback that draws a bar on a terminal, and writes log lines without one."""
    if not sys.stderr.isatty():
        yield _log_progress()
        return
    level = logging.getLogger().level
    size = shutil.get_terminal_size()  # tqdm draws nothing if the terminal reports no rows
    logging.getLogger().setLevel(logging.WARNING)  # log lines would break the bar
    try:
        with tqdm(total=100, bar_format=_BAR, ncols=size.columns, nrows=size.lines) as bar:
            yield _draw_progress(bar)
    finally:
        logging.getLogger().setLevel(level)


def _draw_progress(bar: "tqdm[Any]") -> ProgressCallback:
    def draw(stage: str, fraction: float) -> None:
        bar.set_description_str(stage, refresh=False)
        bar.update(round(100 * fraction, 1) - bar.n)

    return draw


def _log_progress() -> ProgressCallback:
    last_stage, last_fraction = "", 0.0

    def write(stage: str, fraction: float) -> None:
        nonlocal last_stage, last_fraction
        if stage != last_stage or fraction - last_fraction >= _LOG_STEP:
            last_stage, last_fraction = stage, fraction
            log.info("progress", stage=stage, fraction=round(fraction, 3))

    return write


def timer() -> Callable[[], str]:
    """Return a function that describes the elapsed time and the peak memory of the process."""
    started = time.perf_counter()

    def read() -> str:
        seconds = time.perf_counter() - started
        unit = 1 if sys.platform == "darwin" else 1024  # bytes on macOS, kilobytes on Linux
        megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20
        return f"{seconds:.1f} s, peak memory {megabytes:.0f} MB"

    return read


def existing_file(text: str) -> Path:
    """Return the path of a file.

    Raises
    ------
    CommandError : there is no such file, or it is a folder.
    """
    path = Path(text)
    if not path.is_file():
        raise CommandError(f"{path}: there is no such file")
    return path


def new_file(path: Path, *in_use: Path | None) -> Path:
    """Return `path` if a file may be written there, before any work is done for it.

    Raises
    ------
    CommandError : it is a folder, one of the files `in_use`, or cannot be written.
    """
    if path.is_dir():
        raise CommandError(f"{path}: is a folder; name a file in it")
    if path.resolve() in {other.resolve() for other in in_use if other is not None}:
        raise wrong_usage(f"{path}: is named twice; it would be overwritten")
    _require_writable(path)
    return path


def new_folder(path: Path) -> Path:
    """Return `path` if a folder can be created or filled there; errors as in `new_file`."""
    if path.exists() and not path.is_dir():
        raise CommandError(f"{path}: is a file; name a folder")
    _require_writable(path)
    return path


def _require_writable(path: Path) -> None:
    nearest = next(place for place in (path, *path.absolute().parents) if place.exists())
    if not (nearest.is_dir() or nearest == path) or not os.access(nearest, os.W_OK):
        raise CommandError(f"{path}: cannot be written, because of {nearest}")


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__
