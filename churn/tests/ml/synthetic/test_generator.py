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
def sample(tmp_path_factory: pytest.TempPathFactory) -> Customers:
    records, zones = write_sample(tmp_path_factory.mktemp("sample"), ROWS, seed=11)
    return load_customers(inspect_source(records), zones=zones, require_target=True)


def test_the_bytes_of_a_sample_depend_on_the_seed(tmp_path: Path) -> None:
    first, same, other = (
        write_sample(tmp_path / name, 500, seed)[0].read_bytes()
        for name, seed in (("first", 1), ("same", 1), ("other", 2))
    )

    assert first == same != other
    assert {path.name for path in (tmp_path / "first").iterdir()} == {RECORDS_FILE, ZONES_FILE}


@pytest.mark.parametrize("rows", [1, 2, 7, 1_000])
def test_a_sample_has_any_number_of_rows(rows: int) -> None:
    records, zones = make_sample(rows, seed=1)

    assert records.height == rows
    assert records.columns == list(Column)
    assert zones.columns == ["zona", "poligono"]


def test_a_sample_of_no_rows_is_an_error() -> None:
    with pytest.raises(DataUnfit, match="the minimum is 1"):
        make_sample(0, seed=1)


def test_each_churner_has_exactly_one_record_with_the_flag() -> None:
    records, _ = make_sample(ROWS, seed=2)

    flagged = records.filter(pl.col("churn") == "True").drop_nulls("cliente_id")

    assert flagged["cliente_id"].is_unique().all()
    assert 0.27 < flagged.height / ROWS < 0.33


def test_a_few_rows_in_a_thousand_are_rejected(
    sample: Customers,
) -> None:
    counts = sample.counts

    assert (counts.rows, counts.customers) == (ROWS, 11_671)
    assert 0.001 < counts.rejected / counts.rows < 0.005
    assert set(sample.rejects["reason"]) == set(RejectReason) - {
        RejectReason.TARGET_MISSING,
        RejectReason.CUSTOMER_REPEATED,
    }


def test_a_sample_has_every_kind_of_issue(sample: Customers) -> None:
    found = {finding.code for finding in sample.findings}

    assert found >= {
        "place_swapped", "place_outside", "place_malformed", "missing", "type_unknown",
        "segment_unknown", "end_next_day", "clock_skew", "clock_gap",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("feature", "low", "high", "tolerance"),
    [
        ("minutes_mean", 15.9, 26.1, 1.0),
        ("points", 4161, 5547, 80),
        ("age", 36, 49, 1),
        ("segment", 11, 27, 1.5),
        ("records", 1, 3, 0),
    ],
)
def test_quartiles_match_the_private_data(
    sample: Customers, feature: str, low: float, high: float, tolerance: float
) -> None:
    values = sample.frame[feature].drop_nulls()

    assert values.quantile(0.25) == pytest.approx(low, abs=tolerance)
    assert values.quantile(0.75) == pytest.approx(high, abs=tolerance)


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
def test_correlations_with_churn_match_the_private_data(
    sample: Customers, value: pl.Expr, correlation: float
) -> None:
    known = sample.frame.select(value.cast(pl.Float64).alias("v"), "churn").drop_nulls()

    found = known.select(pl.corr("v", "churn")).item()

    assert found == pytest.approx(correlation, abs=0.035)
