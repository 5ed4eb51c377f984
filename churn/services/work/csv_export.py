"""Writes CSV files that are safe to open in a spreadsheet.

A text cell that starts with `=`, `+`, `-`, `@`, a tab or a carriage return could run as a formula
(OWASP, CSV injection), so it gets an apostrophe in front, which marks it as text. Plain numbers
such as -57.58 and +595981123456 stay as they are, as does every other cell.
"""

from collections.abc import Iterable
from pathlib import Path
from uuid import uuid4

import polars as pl

_FORMULA_START = r"^[=+\-@\t\r]"
_PLAIN_NUMBER = r"^[+-]?\d+([.,]\d+)?$"


def escape_formulas(frame: pl.DataFrame) -> pl.DataFrame:
    """Return `frame` with an apostrophe before each text that a spreadsheet would run."""
    text = pl.col(pl.String)
    risky = text.str.contains(_FORMULA_START) & ~text.str.contains(_PLAIN_NUMBER)
    return frame.with_columns(pl.when(risky).then("'" + text).otherwise(text).name.keep())


def write_csv(frames: Iterable[pl.DataFrame], path: Path, *, for_excel: bool = False) -> None:
    """Write the rows of all `frames` as one UTF-8 CSV file with escaped formulas.

    `for_excel` adds a byte order mark and uses semicolons and decimal commas, as spreadsheets in
    Spanish and Portuguese expect.

    A regular file appears once it is complete; an interrupted one leaves nothing. A device or pipe
    is written directly.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and not path.is_file():
        _write(frames, path, for_excel=for_excel)
        return
    # In the same folder, since a rename is atomic only within a file system.
    draft = path.with_name(f".{path.name}.{uuid4().hex}.draft")
    try:
        _write(frames, draft, for_excel=for_excel)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _write(frames: Iterable[pl.DataFrame], path: Path, *, for_excel: bool) -> None:
    with path.open("wb") as file:
        for number, frame in enumerate(frames):
            escape_formulas(frame).write_csv(
                file,
                include_header=not number,
                include_bom=for_excel and not number,
                separator=";" if for_excel else ",",
                decimal_comma=for_excel,
            )
