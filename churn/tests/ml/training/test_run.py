import json

import numpy as np
import polars as pl
import pytest

from churn.exceptions import DataUnfit, SchemaInvalid, WorkCancelled
from churn.ml.customers import Customers
from churn.ml.metrics import roc_auc
from churn.ml.training import TrainedRun, TrainingOptions, train
from churn.ml.training.preparation import prepare
from churn.tests.ml.handmade import customers_of, make_frame

pytestmark = pytest.mark.slow

FAST = TrainingOptions(algorithm="logistic")


def test_identifier_and_time_column_are_never_features(made_run: TrainedRun) -> None:
    dated = customers_of(make_frame().with_columns(day=pl.int_range(600)), time_column="day")

    run = train(dated, FAST)

    assert made_run.model.encoder.names == ("calls", "months", "noise", "plan")
    assert run.model.encoder.names == ("calls", "months", "noise", "plan")


def test_roc_auc_is_that_of_held_out_probabilities(made_run: TrainedRun) -> None:
    held_out = made_run.predictions.filter(pl.col("dataset_split") == "test")
    actual = held_out["actual"].cast(pl.Float64).to_numpy()

    assert made_run.metrics["roc_auc"] == roc_auc(actual, held_out["probability"].to_numpy())
    assert made_run.metrics["roc_auc"] > 0.75


def test_the_encoder_is_fitted_on_training_rows_alone() -> None:
    frame = make_frame()
    test = prepare(customers_of(frame), "random", 42).split.test
    marked = frame.with_columns(
        plan=pl.when(pl.int_range(600).is_in(test.tolist()))
        .then(pl.lit("only held out"))
        .otherwise("plan")
    )

    table = prepare(customers_of(marked), "random", 42)
    at = table.encoder.names.index("plan")

    assert "only held out" not in table.encoder.columns[at].categories
    assert np.isnan(table.matrix[table.split.test, at]).all()


def test_scores_average_to_the_churn_rate() -> None:
    rare = make_frame(rows=4000).filter(pl.col("churn").not_() | (pl.col("noise") > 1.0))

    run = train(customers_of(rare), FAST)

    assert run.metrics["mean_score"] == pytest.approx(run.metrics["base_rate"], abs=0.02)
    assert run.metrics["base_rate"] < 0.2


def test_the_threshold_follows_its_objective(made_customers: Customers) -> None:
    for objective in ("recall", "f1", "profit", "budget"):
        run = train(made_customers, TrainingOptions(algorithm="logistic", objective=objective))
        assert run.threshold.objective == objective
        assert run.threshold.value != 0.5
        assert run.metrics["threshold"]["reason"]


def test_the_order_of_rows_and_columns_changes_nothing() -> None:
    frame = make_frame()
    turned = frame.select(reversed(frame.columns)).sample(fraction=1.0, shuffle=True, seed=3)

    first, again = train(customers_of(frame), FAST), train(customers_of(turned), FAST)

    assert json.dumps(first.metrics, sort_keys=True) == json.dumps(again.metrics, sort_keys=True)
    assert first.predictions.equals(again.predictions)


def test_customers_with_a_missing_number_are_kept(made_run: TrainedRun) -> None:
    assert made_run.customers.frame["months"].null_count() > 0
    assert made_run.predictions.height == made_run.customers.frame.height


def test_every_customer_is_predicted_and_metrics_are_json(
    made_run: TrainedRun,
) -> None:
    assert json.loads(json.dumps(made_run.metrics, allow_nan=False)) == made_run.metrics
    assert made_run.curve.columns == [
        "threshold",
        "contacted",
        "precision",
        "recall",
        "f1",
        "profit",
    ]


def test_a_split_by_time_also_reports_a_random_split() -> None:
    frame = make_frame(rows=1500).with_columns(day=pl.int_range(1500))
    turned = pl.when(pl.col("day") >= 1200).then(-pl.col("calls")).otherwise("calls")
    run = train(customers_of(frame.with_columns(calls=turned), time_column="day"), FAST)

    assert run.metrics["split"]["way"] == "time"
    assert run.metrics["random"]["roc_auc"] > run.metrics["roc_auc"] + 0.02


def test_a_random_split_can_be_requested_despite_a_date() -> None:
    dated = customers_of(make_frame().with_columns(day=pl.int_range(600)), time_column="day")

    run = train(dated, TrainingOptions(algorithm="logistic", split="random"))

    assert run.metrics["split"]["way"] == "random"


def test_a_split_by_time_without_a_date_is_refused(made_customers: Customers) -> None:
    with pytest.raises(SchemaInvalid, match="needs a date column"):
        train(made_customers, TrainingOptions(split="time"))


def test_customers_without_a_target_are_refused(made_customers: Customers) -> None:
    with pytest.raises(SchemaInvalid, match="no target"):
        train(customers_of(made_customers.frame.drop("churn")), FAST)


@pytest.mark.parametrize(
    "wrong", [{"algorithm": "oracle"}, {"split": "none"}, {"trials": -1}, {"objective": "auc"}]
)
def test_invalid_options_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(DataUnfit):
        TrainingOptions(**wrong)  # type: ignore[arg-type]


def test_training_can_be_cancelled(made_customers: Customers) -> None:
    def stop(stage: str, fraction: float) -> None:
        if fraction > 0.3:
            raise WorkCancelled

    with pytest.raises(WorkCancelled):
        train(made_customers, TrainingOptions(), stop)


@pytest.mark.parametrize("most_rows", [10_000, 300])
def test_progress_never_decreases(
    made_customers: Customers, monkeypatch: pytest.MonkeyPatch, most_rows: int
) -> None:
    monkeypatch.setattr("churn.ml.selection.fitting.LARGE_DATA_ROWS", most_rows)
    fractions: list[float] = []
    options = TrainingOptions(trials=1)

    train(made_customers, options, lambda stage, fraction: fractions.append(fraction))

    assert fractions == sorted(fractions)
    assert 0.0 <= fractions[0] <= fractions[-1] <= 1.0
