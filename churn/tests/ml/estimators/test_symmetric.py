import numpy as np
import pytest

from churn.ml.arrays import log_loss_from_margin, sigmoid
from churn.ml.estimators.boosting import MEDIUM, BoostedTrees, fit_early_stopping
from churn.ml.estimators.data import TrainingData
from churn.ml.estimators.symmetric import SYMMETRIC, fit_symmetric, fit_symmetric_early_stopping
from churn.ml.metrics import roc_auc
from churn.tests.ml.estimators.test_boosting import make_data


def make_interaction(rows: int, seed: int) -> TrainingData:
    """Six numbers, of which the product of two decides."""
    rng = np.random.default_rng(seed)
    matrix = rng.normal(size=(rows, 6)).astype(np.float32)
    margin = 2.0 * matrix[:, 0].astype(np.float64) * matrix[:, 1]
    return TrainingData(matrix, (rng.random(rows) < sigmoid(margin)).astype(np.float64), (0,) * 6)


def test_contributions_sum_to_the_margin() -> None:
    data = make_data()
    trees = fit_symmetric(data, SYMMETRIC, 40, seed=1)

    contributions = trees.contributions(data.matrix)

    assert contributions.shape == (500, 4)
    np.testing.assert_allclose(contributions.sum(axis=1), trees.margin(data.matrix), atol=1e-5)


def test_xgboost_reproduces_the_losses_of_the_growth() -> None:
    data, validation = make_data(), make_data(seed=9)
    validation = validation.mask_unseen_categories(data)

    trees, losses = fit_symmetric_early_stopping(data, validation, SYMMETRIC, 1, patience=10)
    best = int(np.argmin(losses)) + 1
    answered = [
        log_loss_from_margin(validation.actual, trees.staged_margin(validation.matrix, rounds + 1))
        for rounds in range(len(losses))
    ]

    assert len(losses) == best + 10
    np.testing.assert_allclose(answered, losses, atol=1e-6)


def test_the_same_seed_grows_the_same_trees() -> None:
    data = make_data()

    first, again, other = (fit_symmetric(data, SYMMETRIC, 20, seed).dump() for seed in (1, 1, 2))

    assert first == again
    assert first != other


def test_every_node_of_a_level_has_the_same_split() -> None:
    trees = fit_symmetric(make_data(), SYMMETRIC, 3, seed=1)

    first_tree = trees.booster.get_dump()[0]
    asked = {line.split("[")[1].split("]")[0] for line in first_tree.splitlines() if "[" in line}

    assert len(asked) <= SYMMETRIC.max_depth


def test_stored_trees_are_restored_byte_for_byte() -> None:
    data = make_data()
    trees = fit_symmetric(data, SYMMETRIC, 10, seed=1)

    restored = BoostedTrees.restore(trees.dump(), data.category_counts)

    np.testing.assert_array_equal(restored.margin(data.matrix), trees.margin(data.matrix))
    assert restored.dump() == trees.dump()


@pytest.mark.parametrize("value", [0.0, np.nan])
def test_a_constant_column_is_never_split(value: float) -> None:
    data = make_data()
    matrix = np.column_stack([data.matrix, np.full(500, value, dtype=np.float32)])
    silent = TrainingData(matrix, data.actual, (*data.category_counts, 0))

    trees = fit_symmetric(silent, SYMMETRIC, 20, seed=1)

    assert np.abs(trees.contributions(matrix)[:, 3]).max() < 1e-6


def test_symmetric_trees_find_an_interaction_on_few_rows() -> None:
    data, validation, unseen = (
        make_interaction(rows, seed) for rows, seed in zip((300, 300, 2000), (1, 2, 3), strict=True)
    )

    symmetric, _ = fit_symmetric_early_stopping(data, validation, SYMMETRIC, 1, patience=50)
    medium, _ = fit_early_stopping(data, validation, MEDIUM, 1, patience=50)

    found = [roc_auc(unseen.actual, trees.margin(unseen.matrix)) for trees in (symmetric, medium)]
    assert found[0] > found[1]
