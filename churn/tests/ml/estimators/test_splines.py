import numpy as np
import pytest

from churn.exceptions import ModelInvalid
from churn.ml.arrays import sigmoid
from churn.ml.estimators.data import TrainingData
from churn.ml.estimators.splines import PENALTIES, SplineLogistic, fit_splines
from churn.ml.metrics import roc_auc
from churn.tests.ml.estimators.test_boosting import make_data


def test_contributions_sum_to_the_margin_and_average_to_zero() -> None:
    data = make_data()
    model = next(fit_splines(data, (1.0,), seed=1))

    contributions = model.contributions(data.matrix)

    np.testing.assert_allclose(contributions.sum(axis=1), model.margin(data.matrix))
    np.testing.assert_allclose(contributions[:, :-1].mean(axis=0), 0.0, atol=1e-9)


def test_a_non_monotonic_effect_is_fitted() -> None:
    rng = np.random.default_rng(0)
    x = rng.uniform(-3, 3, 3000)
    actual = (rng.random(3000) < sigmoid(3 - 2 * np.abs(x))).astype(float)
    data = TrainingData(x[:, None].astype(np.float32), actual, (0,))

    model = list(fit_splines(data, PENALTIES, seed=1))[-1]

    assert roc_auc(actual, model.margin(data.matrix)) > 0.84


def test_the_mean_probability_equals_the_churn_rate() -> None:
    data = make_data()

    model = next(fit_splines(data, (1.0,), seed=1))

    assert sigmoid(model.margin(data.matrix)).mean() == pytest.approx(data.actual.mean(), abs=1e-4)


def test_a_stronger_penalty_leaves_smaller_effects() -> None:
    data = make_data()

    sizes = [
        np.abs(m.contributions(data.matrix)[:, :-1]).mean() for m in fit_splines(data, PENALTIES, 1)
    ]

    assert sizes == sorted(sizes)


def test_effects_are_constant_far_outside_the_training_range() -> None:
    model = next(fit_splines(make_data(), (1.0,), seed=1))
    far = np.array([[1e4, 0, 0], [1e9, 0, 0]], dtype=np.float32)

    margin = model.margin(far)

    assert np.isfinite(margin).all()
    assert margin[0] == margin[1]


def test_constant_and_empty_columns_have_no_effect() -> None:
    data = make_data()
    dull = np.full((500, 2), np.nan, dtype=np.float32)
    dull[:, 0] = 7.0
    wider = TrainingData(np.hstack([data.matrix, dull]), data.actual, (*data.category_counts, 0, 0))

    contributions = next(fit_splines(wider, (1.0,), seed=1)).contributions(wider.matrix)

    np.testing.assert_array_equal(contributions[:, 3:5], 0.0)


def test_separable_outcomes_can_be_fitted() -> None:
    x = np.linspace(-1, 1, 200, dtype=np.float32)
    data = TrainingData(x[:, None], (x > 0).astype(np.float64), (0,))

    model = list(fit_splines(data, PENALTIES, seed=1))[-1]

    assert roc_auc(data.actual, model.margin(data.matrix)) == 1.0


def test_stored_coefficients_are_restored() -> None:
    data = make_data()
    model = next(fit_splines(data, (1.0,), seed=1))

    restored = SplineLogistic.from_dict(model.to_dict())

    np.testing.assert_array_equal(restored.margin(data.matrix), model.margin(data.matrix))


def test_damaged_coefficients_are_refused() -> None:
    stored = next(fit_splines(make_data(), (1.0,), seed=1)).to_dict()

    with pytest.raises(ModelInvalid, match="do not match the columns"):
        SplineLogistic.from_dict({**stored, "means": [0.0]})
    with pytest.raises(ModelInvalid, match="damaged"):
        SplineLogistic.from_dict({**stored, "terms": [{}]})


def test_a_wide_design_satisfies_the_ridge_equations() -> None:
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


def test_many_columns_have_linear_effects_and_few_categories() -> None:
    rng = np.random.default_rng(0)
    matrix = rng.normal(size=(300, 60)).astype(np.float32)
    matrix[:, 50:] = rng.integers(0, 90, (300, 10))
    actual = (matrix[:, 0] > 0).astype(np.float64)

    model = next(fit_splines(TrainingData(matrix, actual, (0,) * 50 + (90,) * 10), (1.0,), seed=1))

    assert {term.width for term in model.terms} == {1, 40}


def test_contributions_do_not_depend_on_the_batch() -> None:
    data = make_data(rows=300)
    model = next(fit_splines(data, (1.0,), seed=1))
    batches = np.split(data.matrix, [1, 8, 100])

    in_batches = np.vstack([model.contributions(batch) for batch in batches])

    np.testing.assert_array_equal(in_batches, model.contributions(data.matrix))


def test_stored_keys_of_terms_do_not_change() -> None:
    stored = next(fit_splines(make_data(), (1.0,), seed=1)).to_dict()

    assert set(stored["terms"][0]) == {"levels", "kept", "centre", "scale", "knots", "has_missing"}
