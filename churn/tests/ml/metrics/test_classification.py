import numpy as np
import pytest
from sklearn import metrics as oracle

from churn.ml.arrays import BoolArray, FloatArray
from churn.ml.metrics.bootstrap import bootstrap_intervals
from churn.ml.metrics.classification import (
    confusion,
    cross_validation_summary,
    decision_metrics,
    lift_table,
    log_loss,
    ranking_metrics,
    recalls_at_precision,
    roc_auc,
)
from churn.ml.metrics.curves import ranked_counts
from churn.ml.metrics.profit import CampaignCosts


def _answers(rows: int = 1500) -> tuple[FloatArray, FloatArray, BoolArray]:
    rng = np.random.default_rng(0)
    probability = np.round(rng.beta(1, 3, rows), 2)
    actual = (rng.random(rows) < probability).astype(float)
    return actual, probability, probability >= 0.3


def test_scores_with_ties_are_measured_by_the_definitions() -> None:
    actual, probability, _ = _answers()
    positives, negatives = probability[actual > 0][:, None], probability[actual == 0]
    concordant = (positives > negatives).mean() + (positives == negatives).mean() / 2
    counts = ranked_counts(actual, probability)
    steps = np.diff(counts.true_positives, prepend=0.0) / actual.sum()
    clipped = np.clip(probability, 1e-15, 1.0 - 1e-15)
    likelihood = np.where(actual > 0, np.log(clipped), np.log1p(-clipped))

    found = ranking_metrics(actual, probability, CampaignCosts())

    assert found["roc_auc"] == pytest.approx(concordant, rel=1e-12)
    assert found["pr_auc"] == pytest.approx(
        (counts.true_positives / counts.flagged) @ steps, rel=1e-12
    )
    assert found["log_loss"] == pytest.approx(-likelihood.mean(), rel=1e-12)
    assert found["brier"] == pytest.approx(oracle.brier_score_loss(actual, probability))


def test_a_certain_wrong_answer_costs_a_finite_loss() -> None:
    loss = log_loss(np.array([1.0, 0.0]), np.array([0.0, 0.0]))

    assert loss == pytest.approx(-np.log(1e-15) / 2)


def test_decision_metrics_equal_those_of_scikit_learn() -> None:
    actual, _, predicted = _answers()

    found = decision_metrics(actual, predicted)

    assert found["accuracy"] == pytest.approx(oracle.accuracy_score(actual, predicted))
    assert found["balanced_accuracy"] == pytest.approx(
        oracle.balanced_accuracy_score(actual, predicted)
    )
    assert found["precision"] == pytest.approx(oracle.precision_score(actual, predicted))
    assert found["recall"] == pytest.approx(oracle.recall_score(actual, predicted))
    assert found["f1"] == pytest.approx(oracle.f1_score(actual, predicted))


def test_roc_auc_uses_probabilities_instead_of_predictions() -> None:
    actual, probability, predicted = _answers()

    of_answers = roc_auc(actual, predicted.astype(float))

    assert ranking_metrics(actual, probability, CampaignCosts())["roc_auc"] > of_answers


def test_the_confusion_matrix_counts_everyone_once() -> None:
    actual, _, predicted = _answers()

    table = confusion(actual, predicted)

    assert sum(table.values()) == len(actual)
    assert table["true_positive"] + table["false_negative"] == actual.sum()


def test_precision_is_zero_when_nobody_is_flagged() -> None:
    found = decision_metrics(np.array([0.0, 1.0]), np.array([False, False]))

    assert (found["precision"], found["recall"], found["f1"]) == (0.0, 0.0, 0.0)


def test_the_lift_table_finds_all_churners_in_ten_steps() -> None:
    actual, probability, _ = _answers()

    table = lift_table(actual, probability)

    assert sum(row["customers"] for row in table) == len(actual)
    assert table[0]["lift"] > 2.0 > table[-1]["lift"]
    assert table[-1]["gain"] == pytest.approx(1.0)


def test_the_lift_table_accepts_fewer_customers_than_deciles() -> None:
    table = lift_table(np.array([1.0, 0.0, 0.0]), np.array([0.9, 0.2, 0.1]))

    assert [row["customers"] for row in table][:4] == [1, 1, 1, 0]


def test_recall_is_zero_at_an_unreachable_precision() -> None:
    actual = np.array([0.0, 1.0, 0.0, 1.0])

    recalls = recalls_at_precision(actual, np.array([0.9, 0.8, 0.7, 0.6]))

    assert recalls["recall_at_precision_50"] == 1.0
    assert recalls["recall_at_precision_60"] == 0.0


def test_a_fold_with_one_outcome_is_left_out() -> None:
    actual = np.array([0.0, 0.0, 0.0, 1.0, 0.0, 1.0])

    spread = cross_validation_summary(actual, np.linspace(0.1, 0.6, 6), [2, 2, 2])

    assert spread["roc_auc"]["folds"] == [1.0, 1.0]


def test_intervals_contain_the_metric_and_narrow_with_rows() -> None:
    actual, probability, predicted = _answers(4000)
    few = slice(0, 400)

    wide = bootstrap_intervals(actual[few], probability[few], predicted[few], seed=1)
    narrow = bootstrap_intervals(actual, probability, predicted, seed=1)
    measured = {
        **ranking_metrics(actual, probability, CampaignCosts()),
        **decision_metrics(actual, predicted),
    }

    for name, (low, high) in narrow.items():
        assert low < measured[name] < high
        assert high - low < wide[name][1] - wide[name][0]


def test_an_undefined_metric_has_no_interval() -> None:
    actual, probability, _ = _answers(400)

    found = bootstrap_intervals(actual, probability, np.zeros(400, dtype=bool), seed=1)

    assert "precision" not in found
    assert np.isfinite([found["recall"], found["roc_auc"]]).all()


def test_intervals_depend_on_the_seed_but_not_row_order() -> None:
    actual, probability, predicted = _answers(300)
    distinct = probability + np.arange(300) * 1e-6
    back = slice(None, None, -1)

    first = bootstrap_intervals(actual, distinct, predicted, seed=1)
    reversed_ = bootstrap_intervals(actual[back], distinct[back], predicted[back], seed=1)

    assert first == reversed_
    assert first != bootstrap_intervals(actual, distinct, predicted, seed=2)


def test_grouping_scores_changes_no_interval(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    probability = rng.beta(1, 3, 6000)
    actual = (rng.random(6000) < probability).astype(float)
    one_by_one = bootstrap_intervals(actual, probability, probability >= 0.3, seed=1)
    monkeypatch.setattr("churn.ml.metrics.bootstrap.LARGE_DATA_ROWS", 5000)

    grouped = bootstrap_intervals(actual, probability, probability >= 0.3, seed=1)

    for name, (low, high) in one_by_one.items():
        assert grouped[name] == pytest.approx([low, high], abs=0.25 * (high - low)), name
