"""Aggregation of parsed service records to one row per customer."""

from collections.abc import Sequence

import polars as pl

from churn.ml.io.as_of import AsOf
from churn.ml.io.cells import to_unit
from churn.ml.schema import CUSTOMER_ID, LAST_START, RECORD_FEATURES, SERVICE_TYPES, TARGET

_FIRST_START = "first_start"
_DAY_SECONDS = 86_400.0
_MINUTE_SECONDS = 60.0
# A mode is the maximum of count * base + rank, so the base exceeds the number of segments.
_TIE_BREAK_BASE = 64


def aggregate(records: pl.DataFrame, zones: Sequence[str], as_of: AsOf | None) -> pl.DataFrame:
    """Return CUSTOMER_ID, TARGET if `records` have it, RECORD_FEATURES and LAST_START.

    `records` has the columns of parsing.RECORD_SCHEMA, one row per record; the result is sorted by
    CUSTOMER_ID, one row per customer. `zones` are the names for the codes of column `zone`, the
    unknown zone last. Days are counted back from `as_of`; starts on later days are unknown.

    Segment, type and zone are modes; ties go to the more valuable segment, to the type or zone
    first in the alphabet, unknown last. A customer is a churner if one of the records says so.
    """
    start = pl.col("start")
    known = pl.when(start < as_of.end).then(start) if as_of else start
    rows = records.lazy().with_columns(start=known)
    customers = rows.group_by(CUSTOMER_ID).agg(_sums(records.columns)).collect(engine="streaming")
    customers = _join_modes(customers, "segment", _modal_segment(rows))
    customers = _join_modes(customers, "zone", _modal_zone(rows, len(zones)))
    features = customers.lazy().with_columns(_features(zones, as_of))
    target = [TARGET] if TARGET in records.columns else []
    names = [feature.name for feature in RECORD_FEATURES]
    selected = features.select(CUSTOMER_ID, *target, *names, LAST_START)
    return selected.sort(CUSTOMER_ID).collect(engine="streaming")


def _sums(columns: Sequence[str]) -> list[pl.Expr]:
    # Sums are of integers only, so the order of records cannot change a digit of the result.
    seconds, service_type = pl.col("seconds"), pl.col("service_type")
    sums = [
        pl.len().alias("records"),
        seconds.sum().alias("seconds_sum"),
        seconds.count().alias("seconds_known"),
        seconds.max().alias("seconds_max"),
        *((service_type == code).sum().alias(name) for code, name in enumerate(SERVICE_TYPES)),
        pl.col("points").max(),
        pl.col("age").max(),
        pl.col("start").min().alias(_FIRST_START),
        pl.col("start").max().alias(LAST_START),
        *(pl.col(column).min().alias(f"{column}_min") for column in ("segment", "zone")),
        *(pl.col(column).max().alias(f"{column}_max") for column in ("segment", "zone")),
    ]
    return [*sums, pl.col(TARGET).any()] if TARGET in columns else sums


def _join_modes(customers: pl.DataFrame, column: str, modes: pl.LazyFrame) -> pl.DataFrame:
    low, high = pl.col(f"{column}_min"), pl.col(f"{column}_max")
    # Counting values is the slowest step; it is left out if no customer has two different ones.
    if customers.select((low == high).all()).item():
        return customers.with_columns(low.cast(pl.Int64).alias(column))
    joined = customers.lazy().join(modes, on=CUSTOMER_ID, how="left")
    return joined.collect(engine="streaming")


def _modal_segment(rows: pl.LazyFrame) -> pl.LazyFrame:
    count = pl.len().cast(pl.Int64) * _TIE_BREAK_BASE
    known = rows.filter(pl.col("segment").is_not_null())
    ranked = known.group_by(CUSTOMER_ID, "segment").agg(count.alias("rank"))
    mode = (pl.col("rank") + pl.col("segment")).max() % _TIE_BREAK_BASE
    return ranked.group_by(CUSTOMER_ID).agg(mode.alias("segment"))


def _modal_zone(rows: pl.LazyFrame, zones: int) -> pl.LazyFrame:
    count = pl.len().cast(pl.Int64) * zones
    ranked = rows.group_by(CUSTOMER_ID, "zone").agg(count.alias("rank"))
    mode = zones - 1 - (pl.col("rank") + zones - 1 - pl.col("zone").cast(pl.Int64)).max() % zones
    return ranked.group_by(CUSTOMER_ID).agg(mode.alias("zone"))


def _modal_type() -> pl.Expr:
    types = len(SERVICE_TYPES)
    ranks = [
        pl.col(name).cast(pl.Int64) * types + types - 1 - code
        for code, name in enumerate(SERVICE_TYPES)
    ]
    return _decode(types - 1 - pl.max_horizontal(ranks) % types, SERVICE_TYPES)


def _features(zones: Sequence[str], as_of: AsOf | None) -> list[pl.Expr]:
    known = pl.col("seconds_known")
    mean = pl.when(known > 0).then(pl.col("seconds_sum") / known)
    return [
        pl.col("records", "segment", "points", "age").cast(pl.Float64),
        _modal_type().alias("service_type"),
        _decode(pl.col("zone"), zones).alias("zone"),
        to_unit(mean, _MINUTE_SECONDS).alias("minutes_mean"),
        to_unit(pl.col("seconds_max"), _MINUTE_SECONDS).alias("minutes_max"),
        *((pl.col(name) / pl.col("records")).alias(f"share_{name}") for name in SERVICE_TYPES),
        _days_before(as_of, LAST_START).alias("days_since_last"),
        _days_before(as_of, _FIRST_START).alias("days_since_first"),
    ]


def _days_before(as_of: AsOf | None, column: str) -> pl.Expr:
    elapsed = pl.lit(as_of and as_of.start, pl.Datetime("ms")) - pl.col(column)
    return to_unit(elapsed.dt.total_seconds().clip(lower_bound=0), _DAY_SECONDS)


def _decode(code: pl.Expr, names: Sequence[str]) -> pl.Expr:
    return code.replace_strict(list(range(len(names))), list(names), return_dtype=pl.String)
