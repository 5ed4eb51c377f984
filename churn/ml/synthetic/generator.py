"""A synthetic data set that imitates the private one, with its errors; same seed, same bytes."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import polars as pl

from churn.exceptions import DataUnfit
from churn.ml.arrays import BoolArray, IndexArray
from churn.ml.i18n.messages import gettext_noop as _
from churn.ml.records import CLOCK
from churn.ml.schema import Column
from churn.ml.synthetic import text
from churn.ml.synthetic.customers import (
    BRANCHES,
    TYPES,
    SyntheticCustomers,
    draw_customers,
)

RECORDS_FILE = "dataset_churn_challenge.csv"
ZONES_FILE = "dataset_churn_zona_challenge.csv"

_FIRST_DAY = datetime(2022, 1, 1, tzinfo=UTC)
_DAYS = 730
_MEAN_DAYS = 30.0  # from joining to a contact
_MINUTE, _DAY = 60, 86_400
# Daylight saving changes of CLOCK in those days, in seconds: forward at 04:00 UTC, back at 03:00.
_CLOCK_CHANGES = tuple(
    int((datetime(*when, tzinfo=UTC) - _FIRST_DAY).total_seconds())
    for when in ((2022, 3, 27, 3), (2022, 10, 2, 4), (2023, 3, 26, 3), (2023, 10, 1, 4))
)
_REJECTED_SHARE = 0.0025
_ROWS_PER_WRITE = 500_000
# Shares of records that have their customer's usual type, happen at another branch, have JSON keys
# reversed or malformed JSON, end before they start, start at any hour, or, of those past midnight,
# have the date of the day before.
_USUAL_TYPE_SHARE, _OTHER_BRANCH_SHARE = 0.85, 0.12
_REVERSED_KEYS_SHARE, _MALFORMED_SHARE = 0.1, 0.003
_SKEWED_SHARE, _ANY_HOUR_SHARE, _WRONG_DATE_SHARE = 0.003, 0.04, 0.6
_CORRUPTIONS = (
    (Column.AGE, "treinta y seis"),
    (Column.POINTS, "s/n puntos"),
    (Column.START, "2023-02-30 25:61:00"),
    (Column.END, "pendiente"),
    (Column.ID, None),
    (Column.CHURN, "tal vez"),
)
_QUOTED_COLUMNS = (Column.TEXT, Column.PLACE)
_TOO_MANY, _TOO_FEW = len(_CORRUPTIONS) + 1, len(_CORRUPTIONS) + 2


@dataclass(frozen=True)
class _Cells:
    frame: pl.DataFrame  # String cells, one row per record
    corruption: IndexArray  # 0 none, from 1 one of _CORRUPTIONS, then _TOO_MANY and _TOO_FEW


def make_sample(rows: int, seed: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return `rows` records, with String cells as in the file, and the zones.

    Raises
    ------
    DataUnfit : `rows` is below 1.
    """
    return _draw_cells(rows, seed).frame, text.draw_zones()


def write_sample(folder: Path, rows: int, seed: int) -> tuple[Path, Path]:
    """Write RECORDS_FILE and ZONES_FILE into `folder`, and return their paths.

    A few records in a thousand are invalid: a word for a number, an impossible date, no customer,
    or a field too many or too few.

    Raises
    ------
    DataUnfit : `rows` is below 1.
    """
    folder.mkdir(parents=True, exist_ok=True)
    cells = _draw_cells(rows, seed)
    records, zones = folder / RECORDS_FILE, folder / ZONES_FILE
    with records.open("wb") as file:
        for start in range(0, rows, _ROWS_PER_WRITE):
            batch = slice(start, start + _ROWS_PER_WRITE)
            lines = _format_lines(cells.frame[batch], cells.corruption[batch])
            lines.write_csv(file, include_header=not start, quote_style="never")
    text.draw_zones().write_csv(zones)
    return records, zones


def _draw_cells(rows: int, seed: int) -> _Cells:
    if rows < 1:
        raise DataUnfit(_("A sample cannot have {rows} rows; the minimum is 1."), rows=rows)
    rng = np.random.default_rng(seed)
    customers = draw_customers(rows, rng)
    owner = np.repeat(np.arange(len(customers.ids)), customers.records)
    is_anchor = _choose_anchors(owner, customers.records, rng)
    shuffle = rng.permutation(rows)
    owner, is_anchor = owner[shuffle], is_anchor[shuffle]
    frame = _text_columns(customers, owner, rng).with_columns(
        _time_columns(customers, owner, rng),
        churn=pl.Series(np.where(is_anchor & customers.churned[owner], "True", "False")),
    )
    corruption = _corruption_codes(is_anchor, rng)
    return _Cells(_corrupt(frame.select(list(Column)), corruption), corruption)


def _choose_anchors(owner: IndexArray, records: IndexArray, rng: np.random.Generator) -> BoolArray:
    """Mark one record per customer, the one with the churn flag; shape (rows,)."""
    first = np.cumsum(records) - records
    chosen = first + np.floor(rng.random(len(records)) * records).astype(np.int64)
    flags = np.zeros(len(owner), dtype=np.bool_)
    flags[chosen] = True
    return flags


def _text_columns(
    customers: SyntheticCustomers, owner: IndexArray, rng: np.random.Generator
) -> pl.DataFrame:
    rows = len(owner)
    codes = [f"{letter}{digit}" for letter in "ABCD" for digit in range(1, 9)]
    points = customers.points[owner] * (1 - 0.05 * rng.random(rows))
    descriptions = text.draw_descriptions(rng).gather(rng.integers(0, 4_096, rows))
    return pl.DataFrame(
        {
            Column.ID: pl.Series(customers.ids[owner]).cast(pl.String),
            Column.SEGMENT: _with_missing(
                pl.Series(codes).gather(customers.segment[owner]), 0.003, rng
            ),
            Column.TYPE: _draw_types(customers, owner, rng),
            Column.TEXT: descriptions,
            Column.PLACE: _draw_coordinates(customers, owner, rng),
            Column.POINTS: _with_missing(
                pl.Series(np.round(points, 2)).cast(pl.String), 0.008, rng
            ),
            Column.AGE: _with_missing(pl.Series(customers.age[owner]).cast(pl.String), 0.006, rng),
        }
    )


def _with_missing(cells: pl.Series, share: float, rng: np.random.Generator) -> pl.Series:
    return cells.set(pl.Series(rng.random(len(cells)) < share), None)


def _draw_types(
    customers: SyntheticCustomers, owner: IndexArray, rng: np.random.Generator
) -> pl.Series:
    rows = len(owner)
    is_usual = rng.random(rows) < _USUAL_TYPE_SHARE
    types = np.where(is_usual, customers.main_type[owner], rng.integers(0, len(TYPES), rows))
    is_unknown = rng.random(rows) < np.where(customers.type_unknown[owner], 0.93, 0.012)
    return pl.Series(TYPES).gather(types).set(pl.Series(is_unknown), None)


def _draw_coordinates(
    customers: SyntheticCustomers, owner: IndexArray, rng: np.random.Generator
) -> pl.Series:
    rows = len(owner)
    is_elsewhere = rng.random(rows) < _OTHER_BRANCH_SHARE
    branch = np.where(is_elsewhere, rng.integers(0, BRANCHES, rows), customers.branch[owner])
    reversed_keys = BRANCHES * (rng.random(rows) < _REVERSED_KEYS_SHARE)
    cells = _with_missing(text.format_coordinates().gather(branch + reversed_keys), 0.004, rng)
    malformed = np.flatnonzero(rng.random(rows) < _MALFORMED_SHARE)
    texts = pl.Series(text.MALFORMED_COORDINATES)
    return cells.scatter(malformed, texts.gather(rng.integers(0, len(texts), len(malformed))))


def _time_columns(
    customers: SyntheticCustomers, owner: IndexArray, rng: np.random.Generator
) -> list[pl.Series]:
    start_seconds = _draw_starts(customers, owner, rng)
    seconds = customers.minutes[owner] * 60 * np.exp(0.15 * rng.standard_normal(len(owner)))
    is_skewed = rng.random(len(owner)) < _SKEWED_SHARE
    skew = -rng.integers(5, 5 * _MINUTE, len(owner))
    durations = np.where(is_skewed, skew, np.round(seconds))
    start, end = (
        _to_instants(start_seconds),
        _to_instants(start_seconds + durations.astype(np.int64)),
    )
    wall_clock_end = _wall_clock_ends(start, end, rng)
    fmt = "%Y-%m-%d %H:%M:%S"
    return [
        start.dt.strftime(fmt).alias(Column.START),
        _with_missing(wall_clock_end.dt.strftime(fmt), 0.003, rng).alias(Column.END),
    ]


def _draw_starts(
    customers: SyntheticCustomers, owner: IndexArray, rng: np.random.Generator
) -> IndexArray:
    """Draw starts in seconds since _FIRST_DAY, most within weeks of joining, in office hours."""
    rows = len(owner)
    joined = customers.newness[owner] * (_DAYS - 20)
    # Inverse transform sampling of an exponential distribution, truncated at the last day.
    probability_in_range = 1 - np.exp(-(_DAYS - 1 - joined) / _MEAN_DAYS)
    since = -_MEAN_DAYS * np.log1p(-rng.random(rows) * probability_in_range)
    hour = np.where(
        rng.random(rows) < _ANY_HOUR_SHARE, rng.uniform(0, 24, rows), rng.normal(18, 3.2, rows)
    )
    starts = np.floor(joined + since) * _DAY + np.round(hour.clip(0, 27.9) * 3_600)
    at_change = np.flatnonzero(rng.random(rows) < max(0.0005, min(1.0, 8 / rows)))
    changes = np.array(_CLOCK_CHANGES)[rng.integers(0, len(_CLOCK_CHANGES), len(at_change))]
    starts[at_change] = changes - rng.integers(0, 20 * _MINUTE, len(at_change))
    return starts.astype(np.int64)


def _to_instants(seconds: IndexArray) -> pl.Series:
    milliseconds = pl.Series(seconds + int(_FIRST_DAY.timestamp())) * 1_000
    return milliseconds.cast(pl.Datetime("ms", "UTC"))


def _wall_clock_ends(start: pl.Series, end: pl.Series, rng: np.random.Generator) -> pl.Series:
    """Return ends on the wall clock of the branch, some of them an hour or a day behind.

    Past a daylight saving change, the branch's clock still shows the old time. Past midnight, the
    date is often that of the day before.
    """
    frame = pl.DataFrame({"start": start, "end": end}).with_columns(
        pl.col("start", "end").dt.convert_time_zone(CLOCK),
        has_wrong_date=pl.Series(rng.random(len(start)) < _WRONG_DATE_SHARE),
    )
    frame = frame.with_columns(
        pl.col("start", "end").dt.replace_time_zone(None),
        is_unset=pl.col("end").dt.dst_offset() != pl.col("start").dt.dst_offset(),
    )
    end_col, is_unset = pl.col("end"), pl.col("is_unset")
    hour_lost = is_unset & (end_col > pl.col("start") + pl.duration(hours=1))
    is_past_midnight = end_col.dt.date() > pl.col("start").dt.date()
    return frame.select(
        pl.when(is_past_midnight & pl.col("has_wrong_date") & ~is_unset)
        .then(end_col.dt.offset_by("-1d"))
        .when(hour_lost)
        .then(end_col.dt.offset_by("-1h"))
        .otherwise(end_col)
    ).to_series()


def _corruption_codes(is_anchor: BoolArray, rng: np.random.Generator) -> IndexArray:
    """Draw corruptions, shape (rows,); anchor records have none, so no customer is lost."""
    candidates = np.flatnonzero(~is_anchor)
    count = min(len(candidates), round(_REJECTED_SHARE * len(is_anchor)))
    codes = np.zeros(len(is_anchor), dtype=np.int64)
    codes[rng.permutation(candidates)[:count]] = 1 + np.arange(count) % _TOO_FEW
    return codes


def _corrupt(frame: pl.DataFrame, codes: IndexArray) -> pl.DataFrame:
    code = pl.lit(pl.Series(codes))
    return frame.with_columns(
        pl.when(code == number).then(pl.lit(cell)).otherwise(pl.col(column)).alias(column)
        for number, (column, cell) in enumerate(_CORRUPTIONS, start=1)
    )


def _format_lines(frame: pl.DataFrame, codes: IndexArray) -> pl.DataFrame:
    """Return one column of whole CSV lines, with the header line as its name."""
    # polars writes no ragged lines, so they are put together here.
    quoted = pl.col(_QUOTED_COLUMNS).str.replace_all('"', '""')
    escaped = frame.with_columns(quoted)
    fields = [_format_field(column) for column in escaped.columns]
    code = pl.lit(pl.Series(codes))
    whole = pl.concat_str(fields, separator=",")
    line = (
        pl.when(code == _TOO_MANY)
        .then(pl.concat_str([whole, pl.lit("sobra")], separator=","))
        .when(code == _TOO_FEW)
        .then(pl.concat_str(fields[:-1], separator=","))
        .otherwise(whole)
    )
    return escaped.select(line.alias(",".join(escaped.columns)))


def _format_field(column: str) -> pl.Expr:
    cell = pl.col(column).fill_null("")
    if column not in _QUOTED_COLUMNS:
        return cell
    needs_quotes = cell.str.contains(r'[,"\n]')
    return pl.when(needs_quotes).then(pl.concat_str(pl.lit('"'), cell, pl.lit('"'))).otherwise(cell)
