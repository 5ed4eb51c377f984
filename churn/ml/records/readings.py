"""How numbers and dates of service records are read, decided per column.

A sample decides; the whole file is read once more only for columns whose sample has two readings.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from churn.ml.io.cells import stripped_cell
from churn.ml.io.dates import (
    OrderEvidence,
    count_orders,
    has_order,
    in_order,
    infer_date_formats,
    is_month_first,
    parse_datetime,
)
from churn.ml.io.numbers import (
    COMMA,
    POINT,
    NumberDecision,
    NumberEvidence,
    count_evidence,
    decide_decimal,
)
from churn.ml.io.source import DataSource
from churn.ml.io.streams import parse, parse_first
from churn.ml.schema import RECORD_FEATURES, Column, Feature, Reading

_SAMPLE_ROWS = 20_000
_EVIDENCE_ROWS = 2_000  # of the sample, to decide between two readings
_NUMBERS = (Column.POINTS, Column.AGE)
_DATES = (Column.START, Column.END)
# The feature with which a model stores the reading of a column.
_STORED_WITH = {
    "points": Column.POINTS,
    "age": Column.AGE,
    "days_since_first": Column.START,
    "minutes_max": Column.END,
}


@dataclass(frozen=True, slots=True)
class RecordReadings:
    """Reading of each column of numbers or dates, and findings: (code, column)."""

    readings: Mapping[Column, Reading]
    remarks: tuple[tuple[str, str], ...] = field(default=())

    def decimal(self, column: Column) -> str:
        return self.readings[column].decimal or POINT

    def formats(self, column: Column) -> tuple[str, ...]:
        return self.readings[column].formats

    @property
    def features(self) -> tuple[Feature, ...]:
        """RECORD_FEATURES, with the readings that a model stores."""
        return tuple(
            replace(one, reading=self.readings[_STORED_WITH[one.name]])
            if one.name in _STORED_WITH
            else one
            for one in RECORD_FEATURES
        )


def decide_readings(source: DataSource, expected: Sequence[Feature] = ()) -> RecordReadings:
    """Decide how the columns are read; `expected` are the features of a model, if there is one.

    Raises
    ------
    FileUnreadable : the file is damaged.
    """
    stored = {
        _STORED_WITH[one.name]: one.reading
        for one in expected
        if one.name in _STORED_WITH and one.reading is not None
    }
    sample = parse_first(source, lambda scan: scan.select(_cells(source)).head(_SAMPLE_ROWS))
    if sample is None:
        sample = pl.DataFrame(schema=dict.fromkeys((*_NUMBERS, *_DATES), pl.String))
    readings: dict[Column, Reading] = {}
    remarks: list[tuple[str, str]] = []
    for column in _NUMBERS:
        cells = _thin(sample[column])
        readings[column], codes = _decide_number(source, column, cells, stored.get(column))
        remarks += ((code, column.value) for code in codes)
    for column in _DATES:
        reading, codes = _decide_dates(source, column, _thin(sample[column]), stored.get(column))
        readings[column] = reading
        remarks += ((code, column.value) for code in codes)
    return RecordReadings(readings, tuple(remarks))


def _decide_number(
    source: DataSource, column: Column, cells: pl.Series, stored: Reading | None
) -> tuple[Reading, tuple[str, ...]]:
    if source.mapping[column] in source.number_columns:
        return Reading(POINT), ()
    hint = COMMA if source.decimal == COMMA else ""
    evidence, kept = count_evidence(cells), stored.decimal if stored else ""
    decision = decide_decimal(evidence, hint)
    remarks: tuple[str, ...] = ()
    if not decision.is_certain and not kept:
        whole = (count_evidence(texts) for texts in _whole_column(source, column))
        decision = decide_decimal(sum(whole, NumberEvidence()), hint)
    if kept:
        is_other = decision.is_certain and decision.decimal not in {"", kept}
        if is_other and evidence.parsed(decision.decimal) > evidence.parsed(kept):
            remarks = ("format_differs",)
        else:
            decision = NumberDecision(kept, is_certain=True)
    if not decision.is_certain:
        name = "comma" if decision.decimal == COMMA else "point"
        remarks += (f"number_ambiguous_{name}",)
    return Reading(decision.decimal), remarks


def _decide_dates(
    source: DataSource, column: Column, cells: pl.Series, stored: Reading | None
) -> tuple[Reading, tuple[str, ...]]:
    kept = stored.formats if stored else ()
    texts = cells.drop_nulls().rename("text").to_frame()
    unread = texts.filter(parse_datetime(pl.col("text"), kept).is_null())["text"]
    order = is_month_first(kept) if has_order(kept) else None
    formats = (*kept, *infer_date_formats(unread, month_first=order))
    if not has_order(formats):
        return Reading(formats=formats), ("format_differs",) if formats != kept != () else ()
    evidence = count_orders(cells, formats)
    if order is None and evidence.only_day == evidence.only_month:
        orders = (count_orders(texts, formats) for texts in _whole_column(source, column))
        evidence = sum(orders, OrderEvidence())
    is_unclear = evidence.only_day == evidence.only_month
    if order is None or not (is_unclear or evidence.parsed(month_first=order)):
        order = evidence.only_month > evidence.only_day
        is_unclear &= evidence.two_ways > 0
    else:
        is_unclear = False
    formats = in_order(formats, month_first=order)
    name = "month" if order else "day"
    is_other = bool(kept) and not {*formats} <= {*kept}
    remarks = ["format_differs"] if is_other else []
    remarks.append(f"date_ambiguous_{name}" if is_unclear else f"date_{name}_first")
    return Reading(formats=formats), tuple(remarks)


def _whole_column(source: DataSource, column: Column) -> Iterator[pl.Series]:
    cell = stripped_cell(source.mapping[column]).alias(column)
    for _, frame in parse(source, lambda scan: scan.select(cell)):
        yield frame[column]


def _cells(source: DataSource) -> list[pl.Expr]:
    columns = (*_NUMBERS, *_DATES)
    return [stripped_cell(source.mapping[column]).alias(column) for column in columns]


def _thin(cells: pl.Series) -> pl.Series:
    filled = cells.drop_nulls()
    return filled.gather_every(max(1, len(filled) // _EVIDENCE_ROWS))
