from pathlib import Path

import polars as pl
import pytest

from churn.exceptions import DataUnfit
from churn.ml.customers import Customers, load_customers
from churn.ml.io import RejectReason, inspect_source
from churn.ml.schema import Column
from churn.ml.synthetic.generator import RECORDS_FILE, ZONES_FILE, make_sample, write_sample

ROWS = 30_000


@pytest.fixture(scope="module")
def imitation(tmp_path_factory: pytest.TempPathFactory) -> Customers:
    records, zones = write_sample(tmp_path_factory.mktemp("sample"), ROWS, seed=11)
    return load_customers(inspect_source(records), zones=zones, require_target=True)


def test_the_same_seed_writes_the_same_bytes_and_another_one_others(tmp_path: Path) -> None:
    one, again, other = (
        write_sample(tmp_path / name, 500, seed)[0].read_bytes()
        for name, seed in (("one", 1), ("again", 1), ("other", 2))
    )

    assert one == again != other
    assert {path.name for path in (tmp_path / "one").iterdir()} == {RECORDS_FILE, ZONES_FILE}


@pytest.mark.parametrize("rows", [1, 2, 7, 1_000])
def test_any_number_of_rows_can_be_asked_for(rows: int) -> None:
    records, zones = make_sample(rows, seed=1)

    assert records.height == rows
    assert records.columns == list(Column)
    assert zones.columns == ["zona", "poligono"]


def test_no_rows_at_all_cannot() -> None:
    with pytest.raises(DataUnfit, match="ask for 1 or more"):
        make_sample(0, seed=1)


def test_each_customer_who_churned_has_exactly_one_record_that_says_so() -> None:
    records, _ = make_sample(ROWS, seed=2)

    said = records.filter(pl.col("churn") == "True").drop_nulls("cliente_id")

    assert said["cliente_id"].is_unique().all()
    assert 0.27 < said.height / ROWS < 0.33


def test_the_file_counts_what_was_asked_for_and_rejects_a_few_in_a_thousand(
    imitation: Customers,
) -> None:
    counts = imitation.counts

    assert (counts.rows, counts.customers) == (ROWS, 11_671)
    assert 0.001 < counts.rejected / counts.rows < 0.005
    assert set(imitation.rejects["reason"]) == set(RejectReason) - {
        RejectReason.TARGET_MISSING,
        RejectReason.CUSTOMER_REPEATED,
    }


def test_every_kind_of_dirt_is_there(imitation: Customers) -> None:
    found = {finding.code for finding in imitation.findings}

    assert found >= {
        "place_swapped", "place_outside", "place_malformed", "missing", "type_unknown",
        "segment_unknown", "end_next_day", "clock_skew", "clock_gap",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("feature", "low", "high", "slack"),
    [
        ("minutes_mean", 15.9, 26.1, 1.0),
        ("points", 4161, 5547, 80),
        ("age", 36, 49, 1),
        ("segment", 11, 27, 1.5),
        ("records", 1, 3, 0),
    ],
)
def test_quartiles_are_those_of_the_private_data(
    imitation: Customers, feature: str, low: float, high: float, slack: float
) -> None:
    values = imitation.frame[feature].drop_nulls()

    assert values.quantile(0.25) == pytest.approx(low, abs=slack)
    assert values.quantile(0.75) == pytest.approx(high, abs=slack)


@pytest.mark.parametrize(
    ("value", "correlation"),
    [
        (pl.col("service_type") == "desconocido", -0.41),
        (pl.col("service_type") == "consulta", 0.15),
        (pl.col("zone") == "zona_1", 0.10),
        (pl.col("customer_id").cast(pl.Float64), -0.35),
        (pl.col("minutes_mean"), -0.19),
        (pl.col("records"), -0.13),
        (pl.col("points"), -0.08),
        (pl.col("age"), 0.0),
    ],
)
def test_correlations_with_churn_are_those_of_the_private_data(
    imitation: Customers, value: pl.Expr, correlation: float
) -> None:
    known = imitation.frame.select(value.cast(pl.Float64).alias("v"), "churn").drop_nulls()

    found = known.select(pl.corr("v", "churn")).item()

    assert found == pytest.approx(correlation, abs=0.035)
