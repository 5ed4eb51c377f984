from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from churn.ml.io.as_of import AsOf, AsOfOrigin
from churn.ml.records.aggregation import aggregate
from churn.ml.records.parsing import RECORD_SCHEMA
from churn.ml.schema import RECORD_FEATURES, TARGET


def day(year: int, month: int, number: int) -> datetime:
    """Return the beginning of a day as in the frames: UTC without zone."""
    return datetime(year, month, number, tzinfo=UTC).replace(tzinfo=None)


ZONES = ["norte", "sur", "desconocida"]
LATEST = day(2023, 12, 31)
AS_OF = AsOf(LATEST.date(), AsOfOrigin.GIVEN)


def record(**values: Any) -> dict[str, Any]:
    defaults = {
        "customer_id": "1",
        "segment": 31,
        "service_type": 0,
        "zone": 0,
        "seconds": 600,
        "points": 10.0,
        "age": 40.0,
        "start": day(2023, 12, 30),
        TARGET: False,
    }
    return defaults | values  # fmt: skip


def customer(*records: dict[str, Any]) -> dict[str, Any]:
    frame = pl.DataFrame(list(records), schema=RECORD_SCHEMA | {TARGET: pl.Boolean})
    return aggregate(frame, ZONES, AS_OF).row(0, named=True)


def test_records_are_aggregated_to_one_row_per_customer() -> None:
    row = customer(
        record(seconds=600, points=5.0, service_type=1, start=day(2023, 12, 29)),
        record(seconds=None, points=None, service_type=1, churn=True),
        record(seconds=1800, age=None, service_type=4),
        record(seconds=1200),
    )

    assert (row["records"], row["minutes_mean"], row["minutes_max"]) == (4.0, 20.0, 30.0)
    assert (row["points"], row["age"], row["churn"]) == (10.0, 40.0, True)
    assert (row["days_since_last"], row["days_since_first"]) == (1.0, 2.0)
    assert (row["service_type"], row["share_problema"], row["share_desconocido"]) == (
        "problema",
        0.5,
        0.25,
    )


def test_a_customer_without_known_values_is_included() -> None:
    unknown = dict.fromkeys(("segment", "seconds", "points", "age", "start"))

    row = customer(record(**unknown, zone=2, service_type=4))

    assert (row["segment"], row["minutes_mean"], row["days_since_last"]) == (None, None, None)
    assert (row["zone"], row["service_type"]) == ("desconocida", "desconocido")


@pytest.mark.parametrize(
    ("column", "values", "mode"),
    [
        ("segment", [0, 0, 31], 0.0),
        ("segment", [0, 31], 31.0),
        ("segment", [None, None, 5], 5.0),
        ("service_type", [4, 4, 1], "desconocido"),
        ("service_type", [4, 3], "soporte"),
        ("service_type", [2, 1, 3], "problema"),
        ("zone", [1, 1, 0], "sur"),
        ("zone", [2, 1, 0], "norte"),
        ("zone", [2, 1], "sur"),
    ],
)
def test_modes_are_chosen_with_documented_tie_breaks(
    column: str, values: list[Any], mode: Any
) -> None:
    assert customer(*(record(**{column: value}) for value in values))[column] == mode


def test_the_features_follow_the_order_of_the_schema() -> None:
    assert list(customer(record())) == [
        "customer_id",
        "churn",
        *(f.name for f in RECORD_FEATURES),
        "last_start",
    ]


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from("abc"), st.none() | st.integers(0, 31), st.integers(0, 4),
            st.integers(0, 2), st.none() | st.integers(0, 9_999), st.none() | st.floats(0, 1e4),
            st.none() | st.integers(18, 90),
            st.datetimes(day(2022, 1, 1), LATEST), st.booleans(),
        ),
        min_size=1, max_size=30,
    ),
    st.randoms(use_true_random=False),
)  # fmt: skip
def test_the_order_of_records_changes_nothing(rows: list[tuple[Any, ...]], random: Any) -> None:
    schema = RECORD_SCHEMA | {TARGET: pl.Boolean}
    shuffled = random.sample(rows, len(rows))

    one, other = (
        aggregate(pl.DataFrame(records, schema=schema, orient="row"), ZONES, AS_OF)
        for records in (rows, shuffled)
    )

    assert one.equals(other, null_equal=True)
