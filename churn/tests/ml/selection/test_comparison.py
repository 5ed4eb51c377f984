import polars as pl
import pytest

from churn.ml.selection.algorithms import ALGORITHMS, Algorithm
from churn.ml.selection.comparison import ENSEMBLE, LEGACY_RULE
from churn.ml.training import TrainedRun, TrainingOptions, train
from churn.tests.ml.handmade import customers_of, make_frame

pytestmark = pytest.mark.slow

NOT_INSTALLED = Algorithm("Oracle", ALGORITHMS[0].fit_predict, package="no_such_package")


@pytest.fixture(scope="module")
def compared() -> TrainedRun:
    """Compare all algorithms and one that is not installed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("churn.ml.selection.algorithms.ALGORITHMS", (*ALGORITHMS, NOT_INSTALLED))
        return train(customers_of(make_frame(rows=240)), TrainingOptions(algorithm="compare"))


@pytest.fixture(scope="module")
def table(compared: TrainedRun) -> pl.DataFrame:
    assert compared.comparison is not None
    return compared.comparison


def test_all_algorithms_the_ensemble_and_the_rule_are_compared(
    table: pl.DataFrame,
) -> None:
    assert len(ALGORITHMS) == 14
    others = {ENSEMBLE, LEGACY_RULE, NOT_INSTALLED.name}
    assert set(table["algorithm"]) == {a.name for a in ALGORITHMS} | others


def test_every_measured_algorithm_beats_chance_and_has_a_time(
    table: pl.DataFrame,
) -> None:
    measured = table.filter((pl.col("status") == "measured") & (pl.col("algorithm") != LEGACY_RULE))

    assert measured["roc_auc"].min() > 0.5  # type: ignore[operator]
    assert measured["seconds"].min() > 0.0  # type: ignore[operator]
    assert measured.drop("log_loss").null_count().sum_horizontal().item() == 0
    assert measured.height >= 12


def test_scores_that_are_no_probabilities_have_no_log_loss(table: pl.DataFrame) -> None:
    without = table.filter(pl.col("log_loss").is_null() & (pl.col("status") == "measured"))

    assert set(without["algorithm"]) == {"Ridge", LEGACY_RULE}


def test_the_best_comes_first_and_the_rule_last(table: pl.DataFrame) -> None:
    ranked = table["roc_auc"].drop_nulls()

    assert ranked.is_sorted(descending=True)
    assert table["roc_auc"][-1] is None


def test_an_algorithm_that_is_not_installed_is_listed(table: pl.DataFrame) -> None:
    status = table.filter(algorithm="Oracle")["status"].item()

    assert status == "not installed: no_such_package"


def test_a_comparison_changes_neither_model_nor_metrics(compared: TrainedRun) -> None:
    raced = train(customers_of(make_frame(rows=240)), TrainingOptions(algorithm="race"))

    assert compared.metrics == raced.metrics
    assert compared.threshold == raced.threshold
