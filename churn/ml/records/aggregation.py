"""Typed service records to one row per customer, whatever the order of the records."""

from collections.abc import Sequence
from datetime import datetime

import polars as pl

from churn.ml.io.cells import to_unit
from churn.ml.schema import CUSTOMER_ID, RECORD_FEATURES, SERVICE_TYPES, TARGET

LAST_START = "last_start"

_FIRST_START = "first_start"
_DAY = 86_400.0
_MINUTE = 60.0
_TIE_BREAK_BASE = 64  # above the number of segments


def aggregate(records: pl.DataFrame, zones: Sequence[str], latest: datetime | None) -> pl.DataFrame:
    """Group to CUSTOMER_ID, TARGET if `records` have it, RECORD_FEATURES and LAST_START.

    `records` holds the columns of records.TYPED; `zones` names the codes of its column `zone`, the
    unknown zone last; `latest` is the latest start in the whole file, from which days are counted.

    Segment, type and zone are the most frequent ones; a tie goes to the more valuable segment,
    to the type or zone first in the alphabet, unknown last. Sums are of integers, so the order of
    records cannot change a digit.
    """
    rows = records.lazy()
    customers = rows.group_by(CUSTOMER_ID).agg(_sums(records.columns)).collect(engine="streaming")
    customers = _with_mode(customers, "segment", _modal_segment(rows))
    customers = _with_mode(customers, "zone", _modal_zone(rows, len(zones)))
    features = customers.lazy().with_columns(_features(zones, latest))
    target = [TARGET] if TARGET in records.columns else []
    names = [feature.name for feature in RECORD_FEATURES]
    chosen = features.select(CUSTOMER_ID, *target, *names, LAST_START)
    return chosen.sort(CUSTOMER_ID).collect(engine="streaming")


def _sums(columns: Sequence[str]) -> list[pl.Expr]:
    seconds, kind = pl.col("seconds"), pl.col("service_type")
    sums = [
        pl.len().alias("records"),
        seconds.sum().alias("seconds_sum"),
        seconds.count().alias("seconds_known"),
        seconds.max().alias("seconds_max"),
        *((kind == code).sum().alias(name) for code, name in enumerate(SERVICE_TYPES)),
        pl.col("points").max(),
        pl.col("age").max(),
        pl.col("start").min().alias(_FIRST_START),
        pl.col("start").max().alias(LAST_START),
        *(pl.col(column).min().alias(_extremes(column)[0]) for column in ("segment", "zone")),
        *(pl.col(column).max().alias(_extremes(column)[1]) for column in ("segment", "zone")),
    ]
    return [*sums, pl.col(TARGET).any()] if TARGET in columns else sums


def _with_mode(customers: pl.DataFrame, column: str, modes: pl.LazyFrame) -> pl.DataFrame:
    """Join the modes, which nobody needs to count if no customer has two values."""
    low, high = _extremes(column)
    if customers.select((pl.col(low) == pl.col(high)).all()).item():
        return customers.with_columns(pl.col(low).cast(pl.Int64).alias(column))
    joined = customers.lazy().join(modes, on=CUSTOMER_ID, how="left")
    return joined.collect(engine="streaming")


def _extremes(column: str) -> tuple[str, str]:
    return f"{column}_low", f"{column}_high"


def _modal_segment(rows: pl.LazyFrame) -> pl.LazyFrame:
    count = pl.len().cast(pl.Int64) * _TIE_BREAK_BASE
    known = rows.filter(pl.col("segment").is_not_null())
    ranked = known.group_by(CUSTOMER_ID, "segment").agg(count.alias("rank"))
    most = (pl.col("rank") + pl.col("segment")).max() % _TIE_BREAK_BASE
    return ranked.group_by(CUSTOMER_ID).agg(most.alias("segment"))


def _modal_zone(rows: pl.LazyFrame, zones: int) -> pl.LazyFrame:
    count = pl.len().cast(pl.Int64) * zones
    ranked = rows.group_by(CUSTOMER_ID, "zone").agg(count.alias("rank"))
    most = zones - 1 - (pl.col("rank") + zones - 1 - pl.col("zone").cast(pl.Int64)).max() % zones
    return ranked.group_by(CUSTOMER_ID).agg(most.alias("zone"))


def _features(zones: Sequence[str], latest: datetime | None) -> list[pl.Expr]:
    days = [
        to_unit((pl.lit(latest, pl.Datetime("ms")) - pl.col(start)).dt.total_seconds(), _DAY).alias(
            name
        )
        for start, name in ((LAST_START, "days_since_last"), (_FIRST_START, "days_since_first"))
    ]
    shares = [(pl.col(name) / pl.col("records")).alias(f"share_{name}") for name in SERVICE_TYPES]
    mean = pl.when(pl.col("seconds_known") > 0).then(
        pl.col("seconds_sum") / pl.col("seconds_known")
    )
    return [
        pl.col("records", "segment", "points", "age").cast(pl.Float64),
        _modal_type().alias("service_type"),
        _named(pl.col("zone"), zones).alias("zone"),
        to_unit(mean, _MINUTE).alias("minutes_mean"),
        to_unit(pl.col("seconds_max"), _MINUTE).alias("minutes_max"),
        *shares,
        *days,
    ]


def _modal_type() -> pl.Expr:
    kinds = len(SERVICE_TYPES)
    ranks = [
        pl.col(name).cast(pl.Int64) * kinds + kinds - 1 - code
        for code, name in enumerate(SERVICE_TYPES)
    ]
    return _named(kinds - 1 - pl.max_horizontal(ranks) % kinds, SERVICE_TYPES)


def _named(code: pl.Expr, names: Sequence[str]) -> pl.Expr:
    return code.replace_strict(list(range(len(names))), list(names), return_dtype=pl.String)
