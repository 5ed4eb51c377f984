import numpy as np
import pytest

from churn.exceptions import DataUnfit, ModelInvalid
from churn.ml.arrays import FloatArray, sigmoid
from churn.ml.metrics.profit import CampaignCosts
from churn.ml.metrics.thresholds import (
    Objective,
    Threshold,
    ThresholdObjective,
    choose_threshold,
    operating_curve,
)


def _scored(rate: float = -1.0, rows: int = 2000) -> tuple[FloatArray, FloatArray]:
    rng = np.random.default_rng(0)
    probability = sigmoid(rng.normal(size=rows) * 1.5 + rate)
    return (rng.random(rows) < probability).astype(float), probability


def test_recall_is_the_highest_that_the_precision_asked_for_allows() -> None:
    actual, probability = _scored()

    threshold = choose_threshold(
        actual, probability, ThresholdObjective("recall", min_precision=0.6)
    )
    flagged = probability >= threshold.value
    lower = probability >= threshold.value - 0.02

    assert actual[flagged].mean() >= 0.6 > actual[lower].mean()
    assert threshold.recall == pytest.approx(actual[flagged].sum() / actual.sum())


def test_without_a_precision_the_floor_is_the_root_of_the_churn_rate_and_that_is_said() -> None:
    actual, probability = _scored()

    threshold = choose_threshold(actual, probability, ThresholdObjective("recall"))

    assert threshold.requested == pytest.approx(np.sqrt(actual.mean()))
    assert "square root of the churn rate" in str(threshold.describe())


def test_a_precision_out_of_reach_is_said_and_the_highest_taken() -> None:
    rng = np.random.default_rng(0)
    actual = (rng.random(500) < 0.02).astype(float)

    threshold = choose_threshold(
        actual, rng.random(500), ThresholdObjective("recall", min_precision=0.99)
    )

    assert threshold.reason == "recall_unreached"
    assert "was not reached" in str(threshold.describe())


def test_rare_churn_is_not_met_with_a_threshold_of_one_half() -> None:
    actual, probability = _scored(rate=-5.0)

    for objective in ("recall", "f1", "profit", "budget"):
        threshold = choose_threshold(actual, probability, ThresholdObjective(objective))
        assert threshold.value < 0.5
        assert threshold.recall > 0.0


def test_f1_and_profit_are_the_highest_of_their_curves() -> None:
    actual, probability = _scored()
    costs = CampaignCosts(lifetime_value=50.0)
    curve = operating_curve(actual, probability, costs)

    best_f1 = choose_threshold(actual, probability, ThresholdObjective("f1"))
    richest = choose_threshold(actual, probability, ThresholdObjective("profit", costs=costs))

    assert best_f1.value == curve.threshold[curve.f1.argmax()]
    assert richest.value == curve.threshold[curve.profit.argmax()]


@pytest.mark.parametrize("budget", [0.05, 100])
def test_a_budget_is_a_share_or_a_number_of_customers(budget: float) -> None:
    actual, probability = _scored()

    threshold = choose_threshold(actual, probability, ThresholdObjective("budget", budget=budget))

    assert (probability >= threshold.value).sum() == 100


def test_equal_chances_are_contacted_all_or_none() -> None:
    actual = np.array([1.0, 0.0, 1.0, 0.0])

    curve = operating_curve(actual, np.array([0.9, 0.4, 0.4, 0.4]), CampaignCosts())

    assert curve.contacted.tolist() == [0.25, 1.0]
    assert curve.recall.tolist() == [0.5, 1.0]


def test_the_curve_is_short_and_reaches_everyone() -> None:
    frame = operating_curve(*_scored(), CampaignCosts()).frame()

    assert frame.height <= 200
    assert frame["contacted"].is_sorted()
    assert frame["contacted"][-1] == 1.0
    assert frame["recall"][-1] == pytest.approx(1.0)


@pytest.mark.parametrize(
    "wrong", [{"objective": "auc"}, {"min_precision": 1.5}, {"min_precision": 0.0}, {"budget": 0.0}]
)
def test_an_aim_that_makes_no_sense_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(DataUnfit):
        ThresholdObjective(**wrong)  # type: ignore[arg-type]


def test_a_threshold_survives_its_own_writing_and_damage_is_refused() -> None:
    threshold = choose_threshold(*_scored(), ThresholdObjective("f1"))

    assert Threshold.from_dict(threshold.to_dict()) == threshold
    for damage in ({"value": 7.0}, {"reason": "whim"}, {"surplus": 1}):
        with pytest.raises(ModelInvalid):
            Threshold.from_dict({**threshold.to_dict(), **damage})


@pytest.mark.parametrize("objective", ["recall", "f1", "profit"])
def test_nobody_far_below_the_churn_rate_is_flagged_by_default(objective: Objective) -> None:
    for seed in range(300):
        rng = np.random.default_rng(seed)
        base_rate = rng.uniform(0.02, 0.6)
        actual = (rng.random(400) < base_rate).astype(float)
        separation = rng.uniform(0.0, 12.0)
        probability = sigmoid(separation * (actual - 0.5) + rng.normal(size=400) - 3.0)

        threshold = choose_threshold(
            actual,
            probability,
            ThresholdObjective(objective),
            min_probability=actual.mean() / 2,
        )

        assert threshold.value >= actual.mean() / 2
        flagged = probability >= threshold.value
        assert threshold.contacted == pytest.approx(flagged.mean())


def test_perfect_model_flags_nobody_of_almost_no_risk() -> None:
    actual = np.array([1.0] * 100 + [0.0] * 300)
    probability = np.array([0.999] * 100 + [0.0003] * 300)

    threshold = choose_threshold(
        actual, probability, ThresholdObjective("recall", min_precision=0.2), min_probability=0.125
    )

    assert threshold.reason == "min_probability"
    assert "half the churn rate" in str(threshold.describe())
    assert (probability >= threshold.value).sum() == 100


def test_budget_is_used_up_whatever_the_risk() -> None:
    actual, probability = _scored(rate=-5.0)

    threshold = choose_threshold(
        actual, probability, ThresholdObjective("budget", budget=0.5), min_probability=0.2
    )

    assert threshold.contacted == pytest.approx(0.5)
