"""A data set that imitates the private one, its dirt included; same seed, same bytes."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import polars as pl

from churn.exceptions import DataUnfit
from churn.ml.synthetic import text as sample_text
from churn.ml.synthetic.customers import (
    BRANCHES,
    TYPES,
    BoolArray,
    FloatArray,
    Ints,
    SyntheticCustomers,
    draw_customers,
)

RECORDS_FILE = "dataset_churn_challenge.csv"
ZONES_FILE = "dataset_churn_zona_challenge.csv"

_CLOCK = "America/Asuncion"
_FIRST_DAY = datetime(2022, 1, 1, tzinfo=UTC)
_DAYS = 730
_MINUTE, _DAY = 60, 86_400
# Changes of the clock in Asunción within those days, as UTC: forward at 04:00, back at 03:00.
_CLOCK_CHANGES = tuple(
    int((datetime(*when, tzinfo=UTC) - _FIRST_DAY).total_seconds())
    for when in ((2022, 3, 27, 3), (2022, 10, 2, 4), (2023, 3, 26, 3), (2023, 10, 1, 4))
)
_REJECTED_SHARE = 0.0025
_ROWS_AT_ONCE = 500_000  # written as lines
# Shares of records that keep to their customer's usual type, happen at another branch, have their
# JSON keys turned or their JSON broken, end before they start, start at any hour, or, past
# midnight, end on the previous day.
_USUAL_TYPE_SHARE, _OTHER_BRANCH_SHARE = 0.85, 0.12
_KEYS_TURNED, _MALFORMED = 0.1, 0.003
_SKEWED, _ANY_HOUR, _WRONG_DATE_SHARE = 0.003, 0.04, 0.6
_CORRUPTIONS = (
    ("edad", "treinta y seis"),
    ("puntos_de_loyalty", "s/n puntos"),
    ("inicio_atencion_utc", "2023-02-30 25:61:00"),
    ("fin_atencion", "pendiente"),
    ("cliente_id", None),
    ("churn", "tal vez"),
)
_TOO_MANY, _TOO_FEW = len(_CORRUPTIONS) + 1, len(_CORRUPTIONS) + 2


@dataclass(frozen=True)
class _Cells:
    frame: pl.DataFrame  # String cells, one row per record
    spoilt: Ints  # 0 sound, 1.. one of _CORRUPTIONS, or a ragged line


def make_sample(rows: int, seed: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return `rows` records (String cells as a CSV would hold them) and the zones.

    Raises
    ------
    DataUnfit : `rows` is below 1.
    """
    return _cells(rows, seed).frame, sample_text.zones()


def write_sample(folder: Path, rows: int, seed: int) -> tuple[Path, Path]:
    """Write RECORDS_FILE and ZONES_FILE into `folder`, and return their paths.

    A few records in a thousand cannot be used: a word for a number, an impossible date, no
    customer, or a field too many or too few.
    """
    folder.mkdir(parents=True, exist_ok=True)
    cells = _cells(rows, seed)
    records, zones = folder / RECORDS_FILE, folder / ZONES_FILE
    with records.open("wb") as file:
        for start in range(0, rows, _ROWS_AT_ONCE):
            part = slice(start, start + _ROWS_AT_ONCE)
            lines = _lines(cells.frame[part], cells.spoilt[part])
            lines.write_csv(file, include_header=not start, quote_style="never")
    sample_text.zones().write_csv(zones)
    return records, zones


def _cells(rows: int, seed: int) -> _Cells:
    if rows < 1:
        raise DataUnfit("A sample of {rows} rows was asked for; ask for 1 or more.", rows=rows)
    rng = np.random.default_rng(seed)
    customers = draw_customers(rows, rng)
    owner = np.repeat(np.arange(len(customers.ids)), customers.records)
    flagged = _one_record_each(owner, customers.records, rng)
    shuffle = rng.permutation(rows)
    owner, anchor = owner[shuffle], flagged[shuffle]
    frame = _texts(customers, owner, rng).with_columns(
        _times(customers, owner, rng),
        churn=pl.Series(np.where(anchor & customers.churned[owner], "True", "False")),
    )
    spoilt = _corruption_codes(anchor, rng)
    return _Cells(_corrupt(frame.select(_COLUMNS), spoilt), spoilt)


_COLUMNS = (
    "cliente_id",
    "segmento_cliente",
    "tipo_asistencia",
    "descripcion_atencion",
    "coordenadas_sucursal",
    "inicio_atencion_utc",
    "fin_atencion",
    "puntos_de_loyalty",
    "edad",
    "churn",
)


def _one_record_each(owner: Ints, records: Ints, rng: np.random.Generator) -> BoolArray:
    first = np.cumsum(records) - records
    chosen = first + np.floor(rng.random(len(records)) * records).astype(np.int64)
    flags = np.zeros(len(owner), dtype=np.bool_)
    flags[chosen] = True
    return flags


def _texts(customers: SyntheticCustomers, owner: Ints, rng: np.random.Generator) -> pl.DataFrame:
    rows = len(owner)
    codes = [f"{letter}{digit}" for letter in "ABCD" for digit in range(1, 9)]
    points = customers.points[owner] * (1 - 0.05 * rng.random(rows))
    described = sample_text.descriptions(rng).gather(rng.integers(0, 4_096, rows))
    return pl.DataFrame(
        {
            "cliente_id": pl.Series(customers.ids[owner]).cast(pl.String),
            "segmento_cliente": _with_gaps(
                pl.Series(codes).gather(customers.segment[owner]), 0.003, rng
            ),
            "tipo_asistencia": _types(customers, owner, rng),
            "descripcion_atencion": described,
            "coordenadas_sucursal": _coordinates(customers, owner, rng),
            "puntos_de_loyalty": _with_gaps(
                pl.Series(np.round(points, 2)).cast(pl.String), 0.008, rng
            ),
            "edad": _with_gaps(pl.Series(customers.age[owner]).cast(pl.String), 0.006, rng),
        }
    )


def _with_gaps(cells: pl.Series, share: float, rng: np.random.Generator) -> pl.Series:
    gaps = pl.Series(rng.random(len(cells)) < share)
    return cells.set(gaps, None)


def _types(customers: SyntheticCustomers, owner: Ints, rng: np.random.Generator) -> pl.Series:
    rows = len(owner)
    usual = rng.random(rows) < _USUAL_TYPE_SHARE
    kinds = np.where(usual, customers.main_type[owner], rng.integers(0, len(TYPES), rows))
    unknown = rng.random(rows) < np.where(customers.type_unknown[owner], 0.93, 0.012)
    return pl.Series(TYPES).gather(kinds).set(pl.Series(unknown), None)


def _coordinates(customers: SyntheticCustomers, owner: Ints, rng: np.random.Generator) -> pl.Series:
    rows = len(owner)
    away = rng.random(rows) < _OTHER_BRANCH_SHARE
    branch = np.where(away, rng.integers(0, BRANCHES, rows), customers.branch[owner])
    turned = BRANCHES * (rng.random(rows) < _KEYS_TURNED)
    cells = _with_gaps(sample_text.coordinates().gather(branch + turned), 0.004, rng)
    broken = np.flatnonzero(rng.random(rows) < _MALFORMED)
    wrong = pl.Series(sample_text.MALFORMED_COORDINATES)
    return cells.scatter(broken, wrong.gather(rng.integers(0, len(wrong), len(broken))))


def _times(customers: SyntheticCustomers, owner: Ints, rng: np.random.Generator) -> list[pl.Series]:
    starts = _starts(customers, owner, rng)
    seconds = customers.minutes[owner] * 60 * np.exp(0.15 * rng.standard_normal(len(owner)))
    skewed = rng.random(len(owner)) < _SKEWED
    late = np.where(skewed, -rng.integers(5, 5 * _MINUTE, len(owner)), np.round(seconds))
    begun, ended = _instants(starts), _instants(starts + late.astype(np.int64))
    written = _written_ends(begun, ended, rng)
    style = "%Y-%m-%d %H:%M:%S"
    return [
        begun.dt.strftime(style).alias("inicio_atencion_utc"),
        _with_gaps(written.dt.strftime(style), 0.003, rng).alias("fin_atencion"),
    ]


def _starts(customers: SyntheticCustomers, owner: Ints, rng: np.random.Generator) -> Ints:
    """Seconds since _FIRST_DAY: contacts crowd within weeks of joining, in office hours."""
    rows = len(owner)
    joined = customers.newness[owner] * (_DAYS - 20)
    since = _truncated_exponential(30.0, _DAYS - 1 - joined, rng)
    hour = np.where(
        rng.random(rows) < _ANY_HOUR, rng.uniform(0, 24, rows), rng.normal(18, 3.2, rows)
    )
    starts = np.floor(joined + since) * _DAY + np.round(hour.clip(0, 27.9) * 3_600)
    at_change = np.flatnonzero(rng.random(rows) < max(0.0005, min(1.0, 8 / rows)))
    changes = np.array(_CLOCK_CHANGES)[rng.integers(0, len(_CLOCK_CHANGES), len(at_change))]
    starts[at_change] = changes - rng.integers(0, 20 * _MINUTE, len(at_change))
    return starts.astype(np.int64)


def _truncated_exponential(mean: float, limit: FloatArray, rng: np.random.Generator) -> FloatArray:
    reach = 1 - np.exp(-limit / mean)
    return -mean * np.log1p(-rng.random(len(limit)) * reach)


def _instants(seconds: Ints) -> pl.Series:
    moments = pl.Series(seconds + int(_FIRST_DAY.timestamp())) * 1_000
    return moments.cast(pl.Datetime("ms", "UTC"))


def _written_ends(begun: pl.Series, ended: pl.Series, rng: np.random.Generator) -> pl.Series:
    """Write ends as the branch's clock shows them: sometimes slow, or with yesterday's date."""
    frame = pl.DataFrame({"begun": begun, "ended": ended}).select(
        start=pl.col("begun").dt.convert_time_zone(_CLOCK).dt.replace_time_zone(None),
        end=pl.col("ended").dt.convert_time_zone(_CLOCK).dt.replace_time_zone(None),
        slow=pl.col("ended").dt.convert_time_zone(_CLOCK).dt.dst_offset()
        != pl.col("begun").dt.convert_time_zone(_CLOCK).dt.dst_offset(),
        forgetful=pl.Series(rng.random(len(begun)) < _WRONG_DATE_SHARE),
    )
    hour_lost = pl.col("slow") & (pl.col("end") > pl.col("start") + pl.duration(hours=1))
    past_midnight = pl.col("end").dt.date() > pl.col("start").dt.date()
    end = pl.when(hour_lost).then(pl.col("end").dt.offset_by("-1h")).otherwise("end")
    yesterday = pl.col("end").dt.offset_by("-1d")
    return frame.select(
        end=pl.when(past_midnight & pl.col("forgetful") & ~pl.col("slow"))
        .then(yesterday)
        .otherwise(end)
    ).to_series()


def _corruption_codes(anchor: BoolArray, rng: np.random.Generator) -> Ints:
    """Ways in which rows are spoilt; never a customer's anchor row, so none is lost."""
    candidates = np.flatnonzero(~anchor)
    count = min(len(candidates), round(_REJECTED_SHARE * len(anchor)))
    ways = np.zeros(len(anchor), dtype=np.int64)
    ways[rng.permutation(candidates)[:count]] = 1 + np.arange(count) % _TOO_FEW
    return ways


def _corrupt(frame: pl.DataFrame, ways: Ints) -> pl.DataFrame:
    way = pl.lit(pl.Series(ways))
    return frame.with_columns(
        pl.when(way == number).then(pl.lit(text)).otherwise(pl.col(column)).alias(column)
        for number, (column, text) in enumerate(_CORRUPTIONS, start=1)
    )


def _lines(frame: pl.DataFrame, spoilt: Ints) -> pl.DataFrame:
    """One column named like the header line, holding whole lines, ragged ones among them."""
    quoted = pl.col("descripcion_atencion", "coordenadas_sucursal").str.replace_all('"', '""')
    safe = frame.with_columns(quoted)
    fields = [_field(column) for column in safe.columns]
    way = pl.lit(pl.Series(spoilt))
    whole = pl.concat_str(fields, separator=",")
    line = (
        pl.when(way == _TOO_MANY)
        .then(pl.concat_str([whole, pl.lit("sobra")], separator=","))
        .when(way == _TOO_FEW)
        .then(pl.concat_str(fields[:-1], separator=","))
        .otherwise(whole)
    )
    return safe.select(line.alias(",".join(safe.columns)))


def _field(column: str) -> pl.Expr:
    cell = pl.col(column).fill_null("")
    if column not in {"descripcion_atencion", "coordenadas_sucursal"}:
        return cell
    unsafe = cell.str.contains(r'[,"\n]')
    return pl.when(unsafe).then(pl.concat_str(pl.lit('"'), cell, pl.lit('"'))).otherwise(cell)
