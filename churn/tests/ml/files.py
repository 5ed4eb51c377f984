"""Factories of small files and service records for the tests."""

from pathlib import Path
from typing import Any

import polars as pl

from churn.ml.io import DataSource, inspect_source
from churn.ml.options import ReadOptions
from churn.ml.schema import Column

RECORD = {
    Column.ID: "7",
    Column.SEGMENT: "A1",
    Column.TYPE: "consulta",
    Column.TEXT: "Todo bien",
    Column.PLACE: '{"latitud": -57.55, "longitud": -25.25}',
    Column.START: "2023-05-01 12:00:00",
    Column.END: "2023-05-01 08:20:00",
    Column.POINTS: "100.5",
    Column.AGE: "40",
    Column.CHURN: "False",
}
ZONES = (
    'zona,poligono\nnorte,"[(-57.6, -25.3), (-57.5, -25.3), (-57.5, -25.2), (-57.6, -25.2)]"\n'
    'sur,"[(-57.6, -25.4), (-57.5, -25.4), (-57.5, -25.29), (-57.6, -25.29)]"\n'
)


def write_file(folder: Path, content: str | bytes, name: str = "table.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def inspect_content(folder: Path, content: str | bytes, **named: Any) -> DataSource:
    return inspect_source(write_file(folder, content), ReadOptions(**named))


def write_records(folder: Path, *changes: dict[Column, str | None]) -> Path:
    """Write a records file with one row per change: RECORD with those cells replaced."""
    rows = [
        {column.value: value for column, value in (RECORD | change).items()} for change in changes
    ]
    path = folder / "records.csv"
    pl.DataFrame(rows, schema=dict.fromkeys(map(str, Column), pl.String)).write_csv(path)
    return path
