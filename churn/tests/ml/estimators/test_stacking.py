import numpy as np
import pytest

from churn.ml.arrays import FloatArray, log_loss_from_margin, sigmoid
from churn.ml.estimators.stacking import IDENTITY, fit_stacking_weights, platt_calibrate
from churn.ml.metrics import expected_calibration_error, reliability


def _margins(rows: int = 4000, seed: int = 0) -> tuple[FloatArray, FloatArray]:
    rng = np.random.default_rng(seed)
    margin = rng.normal(size=rows) * 1.5 - 0.5
    return margin, (rng.random(rows) < sigmoid(margin)).astype(float)


def test_calibrated_margins_are_unchanged() -> None:
    margin, actual = _margins()

    assert platt_calibrate(margin, actual) == IDENTITY


def test_overconfident_margins_are_calibrated() -> None:
    margin, actual = _margins()

    line = platt_calibrate(2.0 * margin + 1.0, actual)

    assert line.weights[0] == pytest.approx(0.5, abs=0.05)
    assert line.intercept == pytest.approx(-0.5, abs=0.1)


def test_calibrated_scores_average_to_the_churn_rate() -> None:
    margin, actual = _margins()
    wrong = 3.0 * margin + 2.0

    calibrated = sigmoid(platt_calibrate(wrong, actual).apply(wrong[:, None]))

    assert calibrated.mean() == pytest.approx(actual.mean(), abs=1e-3)
    assert expected_calibration_error(actual, calibrated) < 0.02


def test_an_inverted_ranking_is_not_corrected() -> None:
    margin, actual = _margins()

    assert platt_calibrate(-margin, actual) == IDENTITY


def test_a_blend_beats_its_members_and_ignores_noise() -> None:
    rng = np.random.default_rng(1)
    one, two = rng.normal(size=(2, 4000))
    actual = (rng.random(4000) < sigmoid(one + two)).astype(float)
    members = np.column_stack([one, two, rng.normal(size=4000)])

    line = fit_stacking_weights(members, actual)

    assert log_loss_from_margin(actual, line.apply(members)) < log_loss_from_margin(actual, one)
    assert line.weights[2] < 0.1
    assert min(line.weights) >= 0.0


def test_calibration_error_is_the_mean_gap_to_the_rate() -> None:
    actual = np.array([0.0, 1.0, 1.0, 1.0])
    probability = np.array([0.05, 0.05, 0.95, 0.95])

    assert expected_calibration_error(actual, probability) == pytest.approx(0.25)
    assert [row["rows"] for row in reliability(actual, probability)] == [2, 2]


def test_probabilities_of_zero_and_one_are_binned() -> None:
    table = reliability(np.array([0.0, 1.0]), np.array([0.0, 1.0]))

    assert [row["mean_score"] for row in table] == [0.0, 1.0]
