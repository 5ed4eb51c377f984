"""Customers from the records of a request, parsed by the same rules as a file."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from churn.exceptions import SchemaInvalid
from churn.ml.customers.loading import Customers, load_customers
from churn.ml.i18n.messages import gettext_noop as _
from churn.ml.io.dialect import MAX_COLUMNS
from churn.ml.io.names import format_names
from churn.ml.io.roles import HeadSample
from churn.ml.io.source import DataSource, assign_roles
from churn.ml.options import ReadOptions
from churn.ml.records import ZoneFinder
from churn.ml.schema import RECORD_FEATURES, REQUIRED_COLUMNS, Column, Feature, Kind, Shape
from churn.ml.tables import file_column


def customers_from_payload(
    records: Sequence[Mapping[str, Any]],
    expected: Sequence[Feature],
    *,
    customer_id: str | None = None,
    zones: Path | ZoneFinder | None = None,
    as_of: date | None = None,
) -> Customers:
    """Return the customers of records or table rows; the line of a reject is its number, from 1.

    `expected` are the features of the model; `customer_id` names the key that identifies a
    customer, inferred if absent. Days are counted back from `as_of`, by default from the newest
    date among `records`.

    Raises
    ------
    SchemaInvalid : a column that the model needs is in no record, or there are no or too many
        columns.
    DataUnfit : no record is valid.
    """
    numbers = {file_column(one.name) for one in expected if one.kind is Kind.NUMERIC}
    numbers |= {Column.POINTS.value, Column.AGE.value}
    texts = [
        {_to_text(name): _to_text(value, in_number=name in numbers) for name, value in r.items()}
        for r in records
    ]
    names = list(dict.fromkeys(str(name) for record in texts for name in record))
    _require_usable_columns(names)
    rows = [[record.get(name) for name in names] for record in texts]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")
    sample = HeadSample(tuple(names), [[cell or "" for cell in row] for row in rows])
    source = DataSource(path=Path(), format="memory", columns=tuple(names), frame=frame)
    options = ReadOptions(customer_id=customer_id or "", as_of=as_of)
    needed = [
        *(file_column(feature.name) for feature in expected),
        *([customer_id] if customer_id else []),
    ]
    source = assign_roles(source, sample, options, expected=needed)
    # Too few columns of a service record make a table, whose missing columns would mislead.
    if source.shape is Shape.TABLE and expected and set(expected) <= set(RECORD_FEATURES):
        missing = [column.value for column in REQUIRED_COLUMNS if column not in names]
        raise SchemaInvalid(
            _("The model was trained on service records; add {columns} to each record."),
            columns=format_names(missing),
        )
    return load_customers(source, zones=zones, expected=expected)


def _require_usable_columns(names: Sequence[str]) -> None:
    if not names:
        raise SchemaInvalid(_("There are no records, or all of them are empty; send at least one."))
    if len(names) > MAX_COLUMNS:
        raise SchemaInvalid(
            _(
                "The records have {count:,} distinct fields; the limit is {most:,}. Remove"
                " fields that the model does not need."
            ),
            count=len(names),
            most=MAX_COLUMNS,
        )


def _to_text(value: Any, *, in_number: bool = False) -> str | None:
    """Format a value as a cell of a file: booleans as in Parquet, lone surrogates as `?`."""
    if value is None:
        return None
    if in_number and isinstance(value, float) and "e" not in repr(value):
        # 8.341 is a number here, and must not be read as a text with a separator of thousands.
        return _without_point(repr(value))
    if isinstance(value, bool | dict | list):
        return json.dumps(value, default=str)
    return str(value).encode("utf-8", "replace").decode()


def _without_point(digits: str) -> str:
    """Return a number of the same value without a decimal point: 8.341 as 8341e-3."""
    whole, _, fraction = digits.partition(".")
    return f"{whole}{fraction}e-{len(fraction)}" if fraction else digits
