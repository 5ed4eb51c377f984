from datetime import datetime

import polars as pl
import pytest

from churn.ml.records.durations import FLAG, SECONDS, service_durations
from churn.ml.records.durations import DurationFlag as Flag


def measure(start: str, end: str | None) -> tuple[int | None, Flag]:
    times = pl.DataFrame(
        {"start": [start], "end": [end]}, schema=dict.fromkeys(("start", "end"), pl.String)
    )
    parsed = times.with_columns(pl.all().str.to_datetime("%Y-%m-%d %H:%M", time_unit="ms"))
    seconds, flag = service_durations(parsed).select(SECONDS, FLAG).row(0)
    return seconds, Flag(flag)


@pytest.mark.parametrize(
    ("start", "end", "minutes", "flag"),
    [
        pytest.param("2023-05-10 12:00", "2023-05-10 08:25", 25, Flag.PLAIN, id="winter, UTC-4"),
        pytest.param("2023-01-10 12:00", "2023-01-10 09:25", 25, Flag.PLAIN, id="summer, UTC-3"),
        pytest.param("2025-07-10 12:00", "2025-07-10 09:25", 25, Flag.PLAIN, id="UTC-3 since 2024"),
        pytest.param("2023-05-10 12:00", "2023-05-10 07:55", 0, Flag.SKEW, id="slow clock"),
        pytest.param("2023-05-11 03:50", "2023-05-11 00:10", 20, Flag.PLAIN, id="midnight"),
        pytest.param("2023-05-11 03:50", "2023-05-10 00:10", 20, Flag.NEXT_DAY, id="yesterday"),
        pytest.param("2023-05-10 12:00", "2023-05-10 05:00", None, Flag.IMPOSSIBLE, id="hours off"),
        pytest.param("2023-10-01 03:50", "2023-10-01 01:10", 20, Flag.PLAIN, id="over the gap"),
        pytest.param("2023-10-01 03:50", "2023-10-01 00:10", 20, Flag.GAP, id="in the gap"),
        pytest.param("2023-10-01 04:00", "2023-10-01 00:00", 0, Flag.GAP, id="at the gap"),
        pytest.param("2023-03-26 02:30", "2023-03-25 23:40", 10, Flag.PLAIN, id="first 23:40"),
        pytest.param("2023-03-26 02:50", "2023-03-25 23:10", 20, Flag.PLAIN, id="second 23:10"),
        pytest.param("2023-03-26 03:50", "2023-03-25 23:47", 0, Flag.SKEW, id="skew then"),
        pytest.param("2023-10-02 02:55", "2023-10-01 00:05", 10, Flag.NEXT_DAY, id="early gap"),
        pytest.param("2023-05-10 12:00", None, None, Flag.PLAIN, id="no end"),
    ],
)  # fmt: skip
def test_the_duration_of_a_service(
    start: str, end: str | None, minutes: int | None, flag: Flag
) -> None:
    assert measure(start, end) == (None if minutes is None else minutes * 60, flag)


def test_a_service_may_last_more_than_a_day() -> None:
    assert measure("2023-05-10 12:00", "2023-05-12 08:00") == (2 * 86_400, Flag.PLAIN)


def test_no_services_give_no_durations() -> None:
    empty = pl.DataFrame(schema=dict.fromkeys(("start", "end"), pl.Datetime("ms")))

    assert service_durations(empty).height == 0


def test_missing_times_give_null_durations_in_row_order() -> None:
    moment = datetime(2023, 5, 10, 12)  # noqa: DTZ001 - a wall clock
    times = pl.DataFrame(
        {"start": [None, moment], "end": [moment, None]},
        schema=dict.fromkeys(("start", "end"), pl.Datetime("ms")),
    )

    assert service_durations(times)[SECONDS].to_list() == [None, None]
