"""What the commands share: progress for people or for logs, and failures in one line."""

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

log = structlog.get_logger(__name__)

_STEP = 0.1  # of the whole, between log lines
_SHOWN_LINES = 5
_BAR = "{desc:<28}{percentage:3.0f}% |{bar}| {elapsed}"


class ChurnCommand(BaseCommand):
    """A command that ends with 0, with 1 and one line on stderr, or with 2 for wrong usage."""

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

    def say(self, line: str) -> None:
        self.stdout.write(line)

    def say_rejects(self, rejects: Iterable[Mapping[str, Any]]) -> None:
        """Say for each kind of rejected rows how many there are, why, and where the first lie."""
        for kind in rejects:
            where = f"{kind['column']}: " if kind["column"] else ""
            lines = ", ".join(f"{line:,}" for line in kind["lines"][:_SHOWN_LINES])
            more = ", …" if kind["count"] > _SHOWN_LINES else ""
            text = f"{where}{kind['text']['en']} (line {lines}{more})"
            self.say(f"  {kind['count']:,} rejected: {text}")


def wrong_usage(message: str) -> CommandError:
    return CommandError(message, returncode=2)


def share(text: str) -> float:
    """Parse a number above 0 and at most 1."""
    value = float(text)
    if not 0 < value <= 1:
        raise ValueError(text)
    return value


def count(text: str) -> int:
    """Parse a whole number, 0 or more."""
    if (value := int(text)) < 0:
        raise ValueError(text)
    return value


def seed(text: str) -> int:
    """Parse a whole number that every library takes for a seed, up to 2,147,483,647."""
    return _at_most(2**31 - 1, text)


def trials(text: str) -> int:
    """Parse a number of trials, up to 1,000."""
    return _at_most(1_000, text)


def _at_most(most: int, text: str) -> int:
    if (value := count(text)) > most:
        raise ValueError(text)
    return value


def add_engine(parser: ArgumentParser) -> None:
    parser.add_argument("--engine", choices=["local", "dask"], default="local")
    parser.add_argument("--scheduler", default="", metavar="tcp://..", help="of a Dask cluster")


@contextmanager
def progress() -> Iterator[ProgressCallback]:
    """Yield a listener that draws a bar on a terminal and writes log lines without one."""
    if not sys.stderr.isatty():
        yield _logged()
        return
    level = logging.getLogger().level
    size = shutil.get_terminal_size()  # tqdm draws nothing on a terminal that says it has no rows
    logging.getLogger().setLevel(logging.WARNING)  # lines would tear the bar
    try:
        with tqdm(total=100, bar_format=_BAR, ncols=size.columns, nrows=size.lines) as bar:
            yield _drawn(bar)
    finally:
        logging.getLogger().setLevel(level)


def _drawn(bar: "tqdm[Any]") -> ProgressCallback:
    def draw(stage: str, fraction: float) -> None:
        bar.set_description_str(stage, refresh=False)
        bar.update(round(100 * fraction, 1) - bar.n)

    return draw


def _logged() -> ProgressCallback:
    last: list[Any] = ["", 0.0]

    def write(stage: str, fraction: float) -> None:
        if stage != last[0] or fraction - last[1] >= _STEP:
            last[:] = [stage, fraction]
            log.info("progress", stage=stage, fraction=round(fraction, 3))

    return write


def timer() -> Callable[[], str]:
    """Return a function that says the time since now and the most memory held."""
    started = time.perf_counter()

    def read() -> str:
        seconds = time.perf_counter() - started
        unit = 1 if sys.platform == "darwin" else 1024  # bytes there, kilobytes here
        megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20
        return f"{seconds:.1f} s, peak memory {megabytes:.0f} MB"

    return read


def existing_file(text: str) -> Path:
    """Return the path of a file.

    Raises
    ------
    CommandError : it is not there, or is a folder.
    """
    path = Path(text)
    if not path.is_file():
        raise CommandError(f"{path}: there is no such file")
    return path


def new_file(path: Path, *in_use: Path | None) -> Path:
    """Return where a file may be written, which is none of those `in_use`.

    Raises
    ------
    CommandError : it may not, or there is a folder; looked at before the work that it is for.
    """
    if path.is_dir():
        raise CommandError(f"{path}: is a folder; name a file in it")
    if path.resolve() in {other.resolve() for other in in_use if other is not None}:
        raise wrong_usage(f"{path}: is named twice; it would be overwritten")
    _refuse_read_only(path)
    return path


def new_folder(path: Path) -> Path:
    """Return where a folder may be made or filled; errors as of `new_file`."""
    if path.exists() and not path.is_dir():
        raise CommandError(f"{path}: is a file; name a folder")
    _refuse_read_only(path)
    return path


def _refuse_read_only(path: Path) -> None:
    nearest = next(place for place in (path, *path.absolute().parents) if place.exists())
    if not (nearest.is_dir() or nearest == path) or not os.access(nearest, os.W_OK):
        raise CommandError(f"{path}: cannot be written, because of {nearest}")


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__
