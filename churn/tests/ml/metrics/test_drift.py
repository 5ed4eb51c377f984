import json

import numpy as np
import polars as pl
import pytest

from churn.ml.metrics.drift import (
    bin_counts,
    drift_baseline,
    merge_bin_counts,
    population_stability,
)
from churn.ml.schema import Feature, Kind

FEATURES = (Feature("months", Kind.NUMERIC), Feature("plan", Kind.CATEGORICAL))
RNG = np.random.default_rng(5)


def frame(shift: float = 0.0, plan: str = "a", rows: int = 2_000) -> pl.DataFrame:
    plans = RNG.choice(["a", "b"], rows)
    return pl.DataFrame(
        {"months": RNG.normal(shift, 1, rows), "plan": np.where(plans == "a", plan, plans)}
    )


BASELINE = json.loads(json.dumps(drift_baseline(frame(), FEATURES)))


def test_customers_like_those_of_training_have_not_drifted() -> None:
    assert {
        entry["level"] for entry in population_stability(BASELINE, bin_counts(BASELINE, frame()))
    } == {"none"}


def test_the_most_drifted_feature_comes_first_with_its_level() -> None:
    found = population_stability(BASELINE, bin_counts(BASELINE, frame(shift=0.35, plan="new")))

    assert [(entry["name"], entry["level"]) for entry in found] == [
        ("plan", "major"),
        ("months", "moderate"),
    ]


def test_the_index_follows_the_formula() -> None:
    baseline = {"x": {"edges": [0.0], "counts": [50, 50, 0, 0]}}

    found = population_stability(
        baseline, bin_counts(baseline, pl.DataFrame({"x": [-1.0] * 75 + [1.0] * 25}))
    )

    assert found[0]["psi"] == pytest.approx(0.25 * np.log(1.5) - 0.25 * np.log(0.5), abs=1e-6)


def test_new_missing_values_are_drift() -> None:
    gone = frame().with_columns(months=pl.lit(None, pl.Float64))

    assert population_stability(BASELINE, bin_counts(BASELINE, gone))[0]["level"] == "major"


def test_counts_of_batches_add_up() -> None:
    whole = frame()

    parts = merge_bin_counts(
        bin_counts(BASELINE, whole.head(700)), bin_counts(BASELINE, whole.tail(1_300))
    )

    assert parts == bin_counts(BASELINE, whole)


def test_an_empty_file_has_no_drift() -> None:
    assert {
        entry["psi"]
        for entry in population_stability(BASELINE, bin_counts(BASELINE, frame(rows=0)))
    } == {0.0}
