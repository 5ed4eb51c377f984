import numpy as np
import pytest

from churn.ml.arrays import FloatArray, log_loss_from_margin, sigmoid
from churn.ml.estimators.stacking import IDENTITY, fit_stacking_weights, platt_calibrate
from churn.ml.metrics import expected_calibration_error, reliability


def _margins(rows: int = 4000, seed: int = 0) -> tuple[FloatArray, FloatArray]:
    rng = np.random.default_rng(seed)
    margin = rng.normal(size=rows) * 1.5 - 0.5
    return margin, (rng.random(rows) < sigmoid(margin)).astype(float)


def test_margins_that_are_calibrated_are_left_alone() -> None:
    margin, actual = _margins()

    assert platt_calibrate(margin, actual) == IDENTITY


def test_margins_twice_too_sure_are_brought_back() -> None:
    margin, actual = _margins()

    line = platt_calibrate(2.0 * margin + 1.0, actual)

    assert line.weights[0] == pytest.approx(0.5, abs=0.05)
    assert line.intercept == pytest.approx(-0.5, abs=0.1)


def test_a_repaired_score_averages_to_the_churn_rate() -> None:
    margin, actual = _margins()
    wrong = 3.0 * margin + 2.0

    mended = sigmoid(platt_calibrate(wrong, actual).apply(wrong[:, None]))

    assert mended.mean() == pytest.approx(actual.mean(), abs=1e-3)
    assert expected_calibration_error(actual, mended) < 0.02


def test_a_margin_that_ranks_the_wrong_way_round_is_not_turned() -> None:
    margin, actual = _margins()

    assert platt_calibrate(-margin, actual) == IDENTITY


def test_a_blend_is_at_least_as_good_as_its_best_member_and_ignores_noise() -> None:
    rng = np.random.default_rng(1)
    one, two = rng.normal(size=(2, 4000))
    actual = (rng.random(4000) < sigmoid(one + two)).astype(float)
    members = np.column_stack([one, two, rng.normal(size=4000)])

    line = fit_stacking_weights(members, actual)

    assert log_loss_from_margin(actual, line.apply(members)) < log_loss_from_margin(actual, one)
    assert line.weights[2] < 0.1
    assert min(line.weights) >= 0.0


def test_the_error_is_the_mean_gap_of_score_and_rate() -> None:
    actual = np.array([0.0, 1.0, 1.0, 1.0])
    probability = np.array([0.05, 0.05, 0.95, 0.95])

    assert expected_calibration_error(actual, probability) == pytest.approx(0.25)
    assert [row["rows"] for row in reliability(actual, probability)] == [2, 2]


def test_chances_of_nought_and_one_fall_in_the_outer_bins() -> None:
    table = reliability(np.array([0.0, 1.0]), np.array([0.0, 1.0]))

    assert [row["mean_score"] for row in table] == [0.0, 1.0]
