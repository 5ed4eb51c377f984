"""How long a service lasted, from a start in UTC and an end on the wall clock of Asunción.

The wall clock is the IANA zone America/Asuncion as shipped with polars: daylight saving until
2024, UTC-3 all year since October 2024 (tzdata 2024b).
"""

from datetime import timedelta
from enum import IntEnum
from typing import Literal

import polars as pl

CLOCK = "America/Asuncion"
MAX_CLOCK_SKEW = timedelta(minutes=15)  # clocks of branches differ by minutes
MAX_OVERNIGHT = timedelta(hours=12)  # a service across midnight lasts less than this

SECONDS, FLAG = "seconds", "note"


class DurationFlag(IntEnum):
    PLAIN = 0
    GAP = 1  # an hour that daylight saving skipped
    SKEW = 2  # minutes before the start: 0 seconds
    NEXT_DAY = 3  # past midnight, written with the previous day's date
    IMPOSSIBLE = 4  # hours before the start: length unknown


def service_durations(times: pl.DataFrame) -> pl.DataFrame:
    """Work out the length of services.

    `times` holds `start` (UTC) and `end` (wall clock of CLOCK), Datetime without zone. The answer
    holds SECONDS (Int64, null if unknown) and NOTE (UInt8, a Note), in the order of `times`.

    An hour that occurs twice is taken as the first one unless that ends before the start. A
    time that never occurred is read with the offset before the gap (PEP 495, fold 0). An end up
    to SKEW before its start is two clocks apart: 0 seconds. An end further before its start
    belongs to the next day if that makes a service of at most MAX_OVERNIGHT.
    """
    quick = times.select(
        _since_start(_instant(pl.col("end"), "earliest")).alias(SECONDS),
        pl.lit(DurationFlag.PLAIN, pl.UInt8).alias(FLAG),
        known=pl.col("start").is_not_null() & pl.col("end").is_not_null(),
    )
    legible = pl.col(SECONDS) >= 0
    odd = quick.select(pl.col("known") & ~legible.fill_null(value=False)).to_series().arg_true()
    resolved = _resolved(times[odd])
    columns = (SECONDS, FLAG)
    return pl.DataFrame([quick[column].scatter(odd, resolved[column]) for column in columns])


def _instant(wall: pl.Expr, ambiguous: Literal["earliest", "latest"]) -> pl.Expr:
    zoned = wall.dt.replace_time_zone(CLOCK, ambiguous=ambiguous, non_existent="null")
    return zoned.dt.convert_time_zone("UTC").dt.replace_time_zone(None)


def _since_start(instant: pl.Expr) -> pl.Expr:
    return (instant - pl.col("start")).dt.total_seconds()


def _resolved(times: pl.DataFrame) -> pl.DataFrame:
    end, tomorrow = pl.col("end"), pl.col("end").dt.offset_by("1d")
    readings = times.select(
        gap=_instant(end, "earliest").is_null(),
        first=_since_start(_to_utc_before_gap(end)),
        second=_since_start(_instant(end, "latest")),
        tomorrow=_since_start(_to_utc_before_gap(tomorrow)),
    )
    skew, night = -MAX_CLOCK_SKEW.total_seconds(), MAX_OVERNIGHT.total_seconds()
    first, second = pl.col("first"), pl.col("second")
    nearest = pl.max_horizontal(first, second)
    next_day = (pl.col("tomorrow") >= 0) & (pl.col("tomorrow") <= night)
    outcomes = (
        (first >= 0, first, pl.when("gap").then(DurationFlag.GAP).otherwise(DurationFlag.PLAIN)),
        (second >= 0, second, pl.lit(DurationFlag.PLAIN)),
        (nearest >= skew, pl.lit(0), pl.lit(DurationFlag.SKEW)),
        (next_day, pl.col("tomorrow"), pl.lit(DurationFlag.NEXT_DAY)),
        (pl.lit(value=True), pl.lit(None), pl.lit(DurationFlag.IMPOSSIBLE)),
    )
    return readings.select(
        _case_when([(test, seconds) for test, seconds, _ in outcomes])
        .cast(pl.Int64)
        .alias(SECONDS),
        _case_when([(test, note) for test, _, note in outcomes]).cast(pl.UInt8).alias(FLAG),
    )


def _to_utc_before_gap(wall: pl.Expr) -> pl.Expr:
    """Asunción's gaps last an hour: the clock not yet put forward reads one hour less."""
    return pl.coalesce(_instant(wall, "earliest"), _instant(wall.dt.offset_by("1h"), "earliest"))


def _case_when(cases: list[tuple[pl.Expr, pl.Expr]]) -> pl.Expr:
    (test, value), *rest = cases
    return pl.when(test).then(value).otherwise(_case_when(rest)) if rest else value
