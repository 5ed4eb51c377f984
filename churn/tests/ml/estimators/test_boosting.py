import numpy as np
import pytest

from churn.exceptions import ModelInvalid
from churn.ml.arrays import FloatArray, sigmoid
from churn.ml.estimators.boosting import (
    DEEP,
    MEDIUM,
    UBJSON_PREFIX,
    BoostedTrees,
    bin_count,
    fit_early_stopping,
    fit_trees,
)
from churn.ml.estimators.data import TrainingData
from churn.ml.metrics import roc_auc


def make_data(rows: int = 500, seed: int = 0) -> TrainingData:
    """Two numbers with gaps and a category of four; the outcome needs the last and the first."""
    rng = np.random.default_rng(seed)
    matrix = rng.normal(size=(rows, 3)).astype(np.float32)
    matrix[:, 2] = rng.integers(0, 4, rows)
    margin = 1.5 * matrix[:, 0] + np.array([-1.5, 1.0, 0.0, 2.0])[matrix[:, 2].astype(int)]
    matrix[rng.random(rows) < 0.1, 1] = np.nan
    actual: FloatArray = (rng.random(rows) < sigmoid(margin.astype(np.float64))).astype(np.float64)
    return TrainingData(matrix, actual, (0, 0, 4))


def test_contributions_sum_to_the_margin() -> None:
    data = make_data()
    trees = fit_trees(data, DEEP, 40, seed=1)

    contributions = trees.contributions(data.matrix)

    assert contributions.shape == (500, 4)
    np.testing.assert_allclose(contributions.sum(axis=1), trees.margin(data.matrix), atol=1e-5)


def test_the_same_seed_grows_the_same_trees() -> None:
    data = make_data()

    first, again, other = (fit_trees(data, MEDIUM, 20, seed).dump() for seed in (1, 1, 2))

    assert first == again
    assert first != other


def test_growth_stops_when_the_validation_loss_stops_falling() -> None:
    data, validation = make_data(), make_data(seed=9)

    trees, losses = fit_early_stopping(data, validation, MEDIUM, 1, patience=10)
    best = int(np.argmin(losses)) + 1

    assert len(losses) == best + 10
    np.testing.assert_allclose(
        trees.truncated(best).margin(validation.matrix),
        trees.staged_margin(validation.matrix, best),
        atol=1e-6,
    )
    assert roc_auc(validation.actual, trees.staged_margin(validation.matrix, best)) > 0.75


def test_few_validation_rows_can_stop_a_large_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("churn.ml.estimators.boosting.LARGE_DATA_ROWS", 400)
    data, validation = make_data(rows=500), make_data(rows=300, seed=9)

    _, losses = fit_early_stopping(data, validation, MEDIUM, 1, patience=5)

    assert bin_count(data) < bin_count(validation)
    assert len(losses) > 5


def test_stored_trees_are_restored_byte_for_byte() -> None:
    data = make_data()
    trees = fit_trees(data, MEDIUM, 10, seed=1)

    restored = BoostedTrees.restore(trees.dump(), data.category_counts)

    np.testing.assert_array_equal(restored.margin(data.matrix), trees.margin(data.matrix))
    assert restored.dump() == trees.dump()


@pytest.mark.parametrize("stored", [b"", b"\x80\x04K\x01.", b"{}", UBJSON_PREFIX + b"}}"])
def test_damaged_trees_are_refused(stored: bytes) -> None:
    with pytest.raises(ModelInvalid):
        BoostedTrees.restore(stored, (0, 0, 4))


def test_trees_of_other_columns_are_refused() -> None:
    trees = fit_trees(make_data(), MEDIUM, 3, seed=1)

    with pytest.raises(ModelInvalid, match="do not match the columns"):
        BoostedTrees.restore(trees.dump(), (0, 0))


def test_a_category_unseen_in_training_becomes_missing() -> None:
    data = make_data()
    without_three = data.take(np.flatnonzero(data.matrix[:, 2] != 3))

    met = data.mask_unseen_categories(without_three)

    np.testing.assert_array_equal(np.isnan(met.matrix[:, 2]), data.matrix[:, 2] == 3)
    assert not np.isnan(data.matrix[:, 2]).any()
