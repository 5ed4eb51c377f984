"""Rejected rows as they are in the file, so that they can be corrected and uploaded again."""

import csv
from collections.abc import Iterator, Sequence
from itertools import islice

import polars as pl

from churn.ml.io.rejects import LINE
from churn.ml.io.source import DataSource


def add_original_rows(rejects: pl.DataFrame, source: DataSource) -> pl.DataFrame:
    """Return the columns of the file as text, then those of `rejects`, in the order of lines.

    A column of rejects whose name the file has gets an underscore. `rejects` has LINE.
    """
    rejects = rejects.sort(LINE)
    taken = set(source.columns)
    named = rejects.rename({name: f"{name}_" for name in rejects.columns if name in taken})
    rows = dict(_original_rows(source, set(rejects[LINE].to_list())))
    empty = [""] * len(source.columns)
    cells = [rows.get(line, empty) for line in rejects[LINE]]
    schema = dict.fromkeys(source.columns, pl.String)
    return pl.concat([pl.DataFrame(cells, schema=schema, orient="row"), named], how="horizontal")


def _original_rows(source: DataSource, lines: set[int]) -> Iterator[tuple[int, list[str]]]:
    """Yield the line and the cells of each row that begins on one of `lines`."""
    if not lines:
        return
    if source.format == "parquet":
        numbered = pl.scan_parquet(source.path, glob=False).select(source.columns)
        rows = numbered.with_row_index(LINE, offset=1).filter(pl.col(LINE).is_in(list(lines)))
        for line, *cells in rows.collect().iter_rows():
            yield line, ["" if cell is None else str(cell) for cell in cells]
        return
    encoding = source.text_encoding
    with source.path.open("rb") as raw:
        raw.seek(encoding.bom_length)
        text = (part.decode(encoding.encoding, "replace") for part in raw)
        if encoding.encoding == "utf-8" and encoding.newline == "\n":
            yield from _csv_rows(text, source, lines)
            return
    with source.path.open(encoding=encoding.encoding, errors="replace", newline="") as decoded:
        yield from _csv_rows(decoded, source, lines)


def _csv_rows(
    text: Iterator[str], source: DataSource, lines: set[int]
) -> Iterator[tuple[int, list[str]]]:
    # The lines above the header may have quotes that are never closed.
    reader = csv.reader(islice(text, source.header_lines, None), delimiter=source.delimiter)
    first = source.header_lines + 1
    for row in reader:
        if first in lines:
            yield first, _fit(row, len(source.columns), source.delimiter)
        first = source.header_lines + reader.line_num + 1


def _fit(row: Sequence[str], width: int, delimiter: str) -> list[str]:
    """Return exactly `width` cells; further fields stay in the last one."""
    cells = [*row[:width], *[""] * (width - len(row))]
    if len(row) > width:
        cells[-1] = delimiter.join(row[width - 1 :])
    return cells
