"""Customers from records given by value, as in a request, read by the same rules as a file."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from churn.exceptions import SchemaInvalid
from churn.ml.customers.loading import Customers, load_customers
from churn.ml.io.dialect import MAX_COLUMNS
from churn.ml.io.roles import HeadSample, listed
from churn.ml.io.source import DataSource, assign_roles
from churn.ml.records.zones import ZoneFinder
from churn.ml.schema import RECORD_FEATURES, REQUIRED_COLUMNS, Column, Feature, Shape


def customers_from_records(
    records: Sequence[Mapping[str, Any]],
    expected: Sequence[Feature],
    *,
    customer_id: str | None = None,
    zones: Path | ZoneFinder | None = None,
) -> Customers:
    """Make customers of a few records or table rows; the line of a reject is its place, from 1.

    `expected` are the features of the model; `customer_id` names the key that identifies a
    customer, inferred if absent. Days are counted back from the latest start among `records`.

    Raises
    ------
    SchemaInvalid : a column that the model needs is in no record, or there are too many.
    DataUnfit : not one record can be used.
    """
    written = [{_text(name): _text(value) for name, value in one.items()} for one in records]
    names = list(dict.fromkeys(str(name) for record in written for name in record))
    _refuse_unusable(names)
    rows = [[record.get(name) for name in names] for record in written]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")
    sample = HeadSample(tuple(names), [[cell or "" for cell in row] for row in rows])
    source = DataSource(path=Path(), format="memory", columns=tuple(names), frame=frame)
    identified = {Column.ID.value: customer_id} if customer_id else {}
    found = assign_roles(source, sample, identified)
    if found.shape is Shape.TABLE and expected and set(expected) <= set(RECORD_FEATURES):
        absent = [column.value for column in REQUIRED_COLUMNS if column not in names]
        raise SchemaInvalid(
            "The model was trained on service records; add {columns} to each record.",
            columns=listed(absent),
        )
    return load_customers(found, zones=zones, expected=expected)


def _refuse_unusable(names: Sequence[str]) -> None:
    if not names:
        raise SchemaInvalid("There is no record, or the records are empty; send one or more.")
    if len(names) > MAX_COLUMNS:
        raise SchemaInvalid(
            "The records have {count:,} different fields; at most {most:,} can be read: leave out"
            " those the model does not need.",
            count=len(names),
            most=MAX_COLUMNS,
        )


def _text(value: Any) -> str | None:
    """Write a value as a file would: true and false as Parquet's are, half a character as `?`."""
    if value is None:
        return None
    if isinstance(value, bool | dict | list):
        return json.dumps(value, default=str)
    return str(value).encode("utf-8", "replace").decode()
