"""Missing values: few cases have no effect, and their group stays calibrated."""

import numpy as np
import polars as pl
import pytest

from churn.ml.arrays import sigmoid
from churn.ml.inspection import top_reasons
from churn.ml.pipeline import EncodedColumn
from churn.ml.schema import Kind
from churn.ml.scoring import score
from churn.ml.training import TrainedRun, TrainingOptions, train
from churn.tests.ml.handmade import customers_of

pytestmark = pytest.mark.slow


def _train_with_missing(share: float, seed: int, churn_rate: float, rows: int = 3000) -> TrainedRun:
    """Train on customers of whom a random `share` has no age."""
    rng = np.random.default_rng(seed)
    base = np.log(churn_rate / (1 - churn_rate))
    age, use = rng.normal(45, 15, rows).round(), rng.normal(size=rows)
    churned = rng.random(rows) < sigmoid(base + 0.06 * (age - 45) + 0.8 * use)
    is_missing = rng.random(rows) < share
    frame = pl.DataFrame(
        {
            "customer_id": [f"c{number:05d}" for number in range(rows)],
            "churn": churned,
            "age": pl.Series(age).set(pl.Series(is_missing), None),
            "use": use,
        }
    )
    return train(customers_of(frame), TrainingOptions(algorithm="xgboost", seed=seed))


@pytest.mark.parametrize("share", [0.002, 0.01, 0.05])
@pytest.mark.parametrize("churn_rate", [0.15, 0.84])
def test_group_without_a_value_is_calibrated(share: float, churn_rate: float) -> None:
    run = _train_with_missing(share, seed=7, churn_rate=churn_rate)
    rng = np.random.default_rng(1)
    use = rng.normal(size=3000)
    unknown = customers_of(
        pl.DataFrame(
            {
                "customer_id": [f"u{number:05d}" for number in range(3000)],
                "age": pl.Series([None] * 3000, dtype=pl.Float64),
                "use": use,
            }
        )
    )

    scored = score(run.model, unknown).frame
    age = rng.normal(45, 15, 3000)
    base = np.log(churn_rate / (1 - churn_rate))
    expected = sigmoid(base + 0.06 * (age - 45) + 0.8 * use).mean()

    assert scored["probability"].mean() == pytest.approx(expected, abs=0.06)


def test_rare_missing_value_is_no_reason() -> None:
    run = _train_with_missing(0.002, seed=3, churn_rate=0.84)
    frame = run.customers.frame.filter(pl.col("age").is_null())

    reasons = top_reasons(run.model, frame, run.model.contributions(frame), 3)

    assert frame.height
    assert all(reason["feature"] != "age" for row in reasons for reason in row)


def test_effect_of_missing_values_grows_with_their_cases() -> None:
    columns = [EncodedColumn("age", Kind.NUMERIC, missing=count) for count in range(0, 1200, 10)]
    weights = [column.missing_weight for column in columns]

    assert weights == sorted(weights)
    assert weights[0] == weights[3] == 0.0
    assert weights[-1] == 1.0


def test_contributions_add_up_to_the_margin_with_rare_missing_values() -> None:
    run = _train_with_missing(0.02, seed=5, churn_rate=0.3, rows=2000)
    frame = run.customers.frame

    total = run.model.contributions(frame).sum(axis=1)

    np.testing.assert_allclose(total, run.model.margins(frame), atol=1e-4)
