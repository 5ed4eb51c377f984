"""CSV that a spreadsheet shows as it is: a text that would be run as a formula is quoted.

A cell that begins with `=`, `+`, `-`, `@`, a tab or a carriage return gets an apostrophe in front,
which spreadsheets take for "this is text" (OWASP, CSV injection). A plain number keeps its sign:
-57.58 and +595981123456 are written as they are. No other cell is changed.
"""

from collections.abc import Iterable
from pathlib import Path
from uuid import uuid4

import polars as pl

_MAY_RUN = r"^[=+\-@\t\r]"
_NUMBER = r"^[+-]?\d+([.,]\d+)?$"


def escape_formulas(frame: pl.DataFrame) -> pl.DataFrame:
    """Return `frame` with the texts that a spreadsheet would run made plain text."""
    text = pl.col(pl.String)
    risky = text.str.contains(_MAY_RUN) & ~text.str.contains(_NUMBER)
    return frame.with_columns(pl.when(risky).then("'" + text).otherwise(text).name.keep())


def write_csv(frames: Iterable[pl.DataFrame], path: Path) -> None:
    """Write `frames`, one below the other, as UTF-8 CSV with harmless cells.

    The file appears when it is whole, so nothing is left of one that could not be finished; a
    device or pipe is written to as it is.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and not path.is_file():
        _write(frames, path)
        return
    draft = path.with_name(f".{path.name}.{uuid4().hex}.draft")
    try:
        _write(frames, draft)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _write(frames: Iterable[pl.DataFrame], path: Path) -> None:
    with path.open("wb") as file:
        for number, frame in enumerate(frames):
            escape_formulas(frame).write_csv(file, include_header=not number)
