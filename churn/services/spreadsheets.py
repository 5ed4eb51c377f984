"""CSV that a spreadsheet shows as it is: a text that would be run as a formula is quoted.

A cell that begins with `=`, `+`, `-`, `@`, a tab or a carriage return gets an apostrophe in front,
which spreadsheets take for "this is text" (OWASP, CSV injection). A plain number keeps its sign:
-57.58 and +595981123456 are written as they are. No other cell is changed.
"""

from pathlib import Path

import polars as pl

_MAY_RUN = r"^[=+\-@\t\r]"
_NUMBER = r"^[+-]?\d+([.,]\d+)?$"


def harmless(frame: pl.DataFrame) -> pl.DataFrame:
    """Return `frame` with the texts that a spreadsheet would run made plain text."""
    text = pl.col(pl.String)
    risky = text.str.contains(_MAY_RUN) & ~text.str.contains(_NUMBER)
    return frame.with_columns(pl.when(risky).then("'" + text).otherwise(text).name.keep())


def write_csv(frame: pl.DataFrame, path: Path) -> None:
    """Write `frame` as UTF-8 CSV with harmless cells."""
    path.parent.mkdir(parents=True, exist_ok=True)
    harmless(frame).write_csv(path)
