"""Duration of a service, from a start in UTC and an end on the wall clock of Asunción.

The wall clock follows the IANA zone America/Asuncion as shipped with polars: daylight saving time
until 2024, UTC-3 all year since October 2024 (tzdata 2024b).
"""

from collections.abc import Sequence
from datetime import timedelta
from enum import IntEnum
from typing import Literal

import polars as pl

CLOCK = "America/Asuncion"
# Clocks of the branches differ by minutes, so an end may lie shortly before its start.
MAX_CLOCK_SKEW = timedelta(minutes=15)
# Ends past midnight often have the date of the day before; no service lasts half a day.
MAX_OVERNIGHT = timedelta(hours=12)

SECONDS, FLAG = "seconds", "flag"


class DurationFlag(IntEnum):
    PLAIN = 0
    GAP = 1  # the end is in an hour that daylight saving time skipped
    SKEW = 2  # the end is minutes before the start: 0 seconds
    NEXT_DAY = 3  # the end is past midnight, with the date of the day before
    IMPOSSIBLE = 4  # the end is hours before the start: duration unknown


def service_durations(times: pl.DataFrame) -> pl.DataFrame:
    """Compute the duration of each service.

    `times` has `start` (UTC) and `end` (wall clock of CLOCK), both Datetime without zone. Returns
    SECONDS (Int64, null if unknown) and FLAG (UInt8, a DurationFlag), one row per row of `times`.

    An ambiguous hour is its first occurrence, or the second one if the first ends before the start.
    An hour that was skipped is read with the UTC offset before the gap (PEP 495, fold 0). An end up
    to MAX_CLOCK_SKEW before its start gives 0 seconds. An end further before it belongs to the next
    day if the service then lasts at most MAX_OVERNIGHT.
    """
    # Nearly all ends are plain; the costly rules are applied to the other rows only.
    plain = times.select(
        _seconds_since_start(_to_utc(pl.col("end"), "earliest")).alias(SECONDS),
        pl.lit(DurationFlag.PLAIN, pl.UInt8).alias(FLAG),
        is_known=pl.col("start").is_not_null() & pl.col("end").is_not_null(),
    )
    is_plain = (pl.col(SECONDS) >= 0).fill_null(value=False)
    special = plain.select(pl.col("is_known") & ~is_plain).to_series().arg_true()
    resolved = _resolve_special(times[special])
    columns = (SECONDS, FLAG)
    return pl.DataFrame([plain[column].scatter(special, resolved[column]) for column in columns])


def _to_utc(wall: pl.Expr, ambiguous: Literal["earliest", "latest"]) -> pl.Expr:
    zoned = wall.dt.replace_time_zone(CLOCK, ambiguous=ambiguous, non_existent="null")
    return zoned.dt.convert_time_zone("UTC").dt.replace_time_zone(None)


def _to_utc_before_gap(wall: pl.Expr) -> pl.Expr:
    # All gaps of Asunción last an hour: with the old offset, a skipped time is the instant of the
    # time an hour later with the new one.
    return pl.coalesce(_to_utc(wall, "earliest"), _to_utc(wall.dt.offset_by("1h"), "earliest"))


def _seconds_since_start(instant: pl.Expr) -> pl.Expr:
    return (instant - pl.col("start")).dt.total_seconds()


def _resolve_special(times: pl.DataFrame) -> pl.DataFrame:
    end, tomorrow = pl.col("end"), pl.col("end").dt.offset_by("1d")
    candidates = times.select(
        gap=_to_utc(end, "earliest").is_null(),
        first=_seconds_since_start(_to_utc_before_gap(end)),
        second=_seconds_since_start(_to_utc(end, "latest")),
        tomorrow=_seconds_since_start(_to_utc_before_gap(tomorrow)),
    )
    first, second = pl.col("first"), pl.col("second")
    latest = pl.max_horizontal(first, second)
    is_next_day = pl.col("tomorrow").is_between(0, MAX_OVERNIGHT.total_seconds())
    cases = (
        (first >= 0, first, pl.when("gap").then(DurationFlag.GAP).otherwise(DurationFlag.PLAIN)),
        (second >= 0, second, pl.lit(DurationFlag.PLAIN)),
        (latest >= -MAX_CLOCK_SKEW.total_seconds(), pl.lit(0), pl.lit(DurationFlag.SKEW)),
        (is_next_day, pl.col("tomorrow"), pl.lit(DurationFlag.NEXT_DAY)),
        (pl.lit(value=True), pl.lit(None), pl.lit(DurationFlag.IMPOSSIBLE)),
    )
    seconds = _case_when([(condition, seconds) for condition, seconds, _ in cases])
    flags = _case_when([(condition, flag) for condition, _, flag in cases])
    return candidates.select(
        seconds.cast(pl.Int64).alias(SECONDS), flags.cast(pl.UInt8).alias(FLAG)
    )


def _case_when(cases: Sequence[tuple[pl.Expr, pl.Expr]]) -> pl.Expr:
    """Return the value of the first case whose condition is true; the last one is the default."""
    (condition, value), *rest = cases
    return pl.when(condition).then(value).otherwise(_case_when(rest)) if rest else value
