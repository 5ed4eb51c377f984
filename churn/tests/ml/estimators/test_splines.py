import numpy as np
import pytest

from churn.exceptions import ModelInvalid
from churn.ml.arrays import sigmoid
from churn.ml.estimators.data import TrainingData
from churn.ml.estimators.splines import PENALTIES, SplineLogistic, fit_splines
from churn.ml.metrics.classification import roc_auc
from churn.tests.ml.estimators.test_boosting import make_part


def test_contributions_sum_to_the_margin_and_average_to_nothing() -> None:
    part = make_part()
    model = next(fit_splines(part, (1.0,), seed=1))

    contributions = model.contributions(part.matrix)

    np.testing.assert_allclose(contributions.sum(axis=1), model.margin(part.matrix))
    np.testing.assert_allclose(contributions[:, :-1].mean(axis=0), 0.0, atol=1e-9)


def test_a_curve_that_no_line_follows_is_followed() -> None:
    rng = np.random.default_rng(0)
    x = rng.uniform(-3, 3, 3000)
    actual = (rng.random(3000) < sigmoid(3 - 2 * np.abs(x))).astype(float)
    part = TrainingData(x[:, None].astype(np.float32), actual, (0,))

    model = list(fit_splines(part, PENALTIES, seed=1))[-1]

    assert roc_auc(actual, model.margin(part.matrix)) > 0.84


def test_the_mean_chance_equals_the_churn_rate() -> None:
    part = make_part()

    model = next(fit_splines(part, (1.0,), seed=1))

    assert sigmoid(model.margin(part.matrix)).mean() == pytest.approx(part.actual.mean(), abs=1e-4)


def test_a_stronger_penalty_leaves_smaller_effects() -> None:
    part = make_part()

    sizes = [
        np.abs(m.contributions(part.matrix)[:, :-1]).mean() for m in fit_splines(part, PENALTIES, 1)
    ]

    assert sizes == sorted(sizes)


def test_far_beyond_the_training_range_an_effect_goes_no_further() -> None:
    model = next(fit_splines(make_part(), (1.0,), seed=1))
    far = np.array([[1e4, 0, 0], [1e9, 0, 0]], dtype=np.float32)

    margin = model.margin(far)

    assert np.isfinite(margin).all()
    assert margin[0] == margin[1]


def test_constant_and_empty_columns_have_no_effect() -> None:
    part = make_part()
    dull = np.full((500, 2), np.nan, dtype=np.float32)
    dull[:, 0] = 7.0
    wider = TrainingData(np.hstack([part.matrix, dull]), part.actual, (*part.category_counts, 0, 0))

    contributions = next(fit_splines(wider, (1.0,), seed=1)).contributions(wider.matrix)

    np.testing.assert_array_equal(contributions[:, 3:5], 0.0)


def test_separable_customers_do_not_break_the_fit() -> None:
    x = np.linspace(-1, 1, 200, dtype=np.float32)
    part = TrainingData(x[:, None], (x > 0).astype(np.float64), (0,))

    model = list(fit_splines(part, PENALTIES, seed=1))[-1]

    assert roc_auc(part.actual, model.margin(part.matrix)) == 1.0


def test_coefficients_survive_their_own_writing() -> None:
    part = make_part()
    model = next(fit_splines(part, (1.0,), seed=1))

    restored = SplineLogistic.from_dict(model.to_dict())

    np.testing.assert_array_equal(restored.margin(part.matrix), model.margin(part.matrix))


def test_damaged_coefficients_are_refused() -> None:
    stored = next(fit_splines(make_part(), (1.0,), seed=1)).to_dict()

    with pytest.raises(ModelInvalid, match="other columns"):
        SplineLogistic.from_dict({**stored, "means": [0.0]})
    with pytest.raises(ModelInvalid, match="damaged"):
        SplineLogistic.from_dict({**stored, "terms": [{}]})


def test_more_columns_than_customers_give_the_same_answer_as_the_slow_way() -> None:
    rng = np.random.default_rng(0)
    wide = TrainingData(
        rng.normal(size=(60, 110)).astype(np.float32), np.tile([0.0, 1.0], 30), (0,) * 110
    )
    design = np.hstack([np.ones((60, 1)), wide.matrix])
    design[:, 1:] = (design[:, 1:] - design[:, 1:].mean(axis=0)) / design[:, 1:].std(axis=0)

    model = next(fit_splines(wide, (5.0,), seed=1))
    margin = model.margin(wide.matrix)
    weights = model.coefficients
    slope = design[:, 1:].T @ (sigmoid(margin) - wide.actual) + 5.0 * weights

    assert len(weights) == 110
    np.testing.assert_allclose(slope, 0.0, atol=1e-2)


def test_many_columns_have_straight_effects_and_few_categories() -> None:
    rng = np.random.default_rng(0)
    matrix = rng.normal(size=(300, 60)).astype(np.float32)
    matrix[:, 50:] = rng.integers(0, 90, (300, 10))
    actual = (matrix[:, 0] > 0).astype(np.float64)

    model = next(fit_splines(TrainingData(matrix, actual, (0,) * 50 + (90,) * 10), (1.0,), seed=1))

    assert {term.width for term in model.terms} == {1, 40}
