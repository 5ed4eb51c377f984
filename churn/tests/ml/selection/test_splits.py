import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn.exceptions import DataUnfit
from churn.ml.selection.splits import (
    duplicate_groups,
    make_folds,
    make_holdout,
    require_both_outcomes,
    split_by_time,
    split_randomly,
)


def _actual(rows: int, left: int) -> np.ndarray:
    return np.random.default_rng(0).permutation(np.arange(rows) < left).astype(float)


@given(st.integers(40, 200), st.integers(10, 30), st.integers(2, 5), st.integers(0, 99))
def test_every_row_is_validated_once_in_stratified_folds(
    rows: int, left: int, count: int, seed: int
) -> None:
    actual = _actual(rows, left)

    folds = make_folds(actual, np.arange(rows), count, seed)
    churners = [actual[validation].sum() for _, validation in folds]

    assert sorted(np.concatenate([validation for _, validation in folds])) == list(range(rows))
    assert max(churners) - min(churners) <= 1
    assert all(not set(train) & set(validation) for train, validation in folds)


def test_duplicates_stay_on_one_side_of_a_split() -> None:
    groups = np.repeat(np.arange(60), 3)
    actual = np.repeat(_actual(60, 20), 3)

    for train, validation in [
        *make_folds(actual, groups, 4, 1),
        make_holdout(actual, groups, 0.2, 1),
    ]:
        assert not set(groups[train]) & set(groups[validation])


def test_every_row_gets_a_group() -> None:
    frame = pl.DataFrame({"x": [1.5, 2.5, 1.5, 1.5], "y": ["a", "a", "a", "b"]})
    wide = frame.with_columns(pl.lit(1).alias(f"z{n}") for n in range(3))
    many = pl.concat([wide] * 1)

    groups = duplicate_groups(many, ["x", "y"])

    assert len(groups) == 4


def test_equal_rows_share_a_group() -> None:
    numbers = np.random.default_rng(0).normal(size=(50, 2))
    frame = pl.DataFrame(numbers, schema=["x", "y"], orient="row")
    twice = pl.concat([frame, frame])

    groups = duplicate_groups(twice, ["x", "y"])

    np.testing.assert_array_equal(groups[:50], groups[50:])
    assert len(set(groups)) == 50


def test_equal_rows_of_few_coarse_columns_are_different_customers() -> None:
    frame = pl.DataFrame({"x": ["a", "b"] * 50, "y": [True, True, False, False] * 25})

    assert len(set(duplicate_groups(frame, ["x", "y"]))) == 100


def test_the_newest_fifth_is_held_out_by_whole_dates() -> None:
    actual = np.tile([0.0, 1.0], 50)
    order = pl.Series([day // 10 for day in range(100)])

    split = split_by_time(order, actual, np.arange(100))

    assert split is not None
    assert split.strategy == "time"
    assert split.test.tolist() == list(range(80, 100))


def test_old_duplicates_of_held_out_rows_are_held_out() -> None:
    actual = np.tile([0.0, 1.0], 50)
    groups = np.arange(100)
    groups[0] = groups[99]

    split = split_by_time(pl.Series(range(100)), actual, groups)

    assert split is not None
    assert 0 in split.test


def test_a_split_by_time_needs_both_outcomes_per_side() -> None:
    actual = (np.arange(100) < 50).astype(float)

    assert split_by_time(pl.Series(range(100)), actual, np.arange(100)) is None


def test_a_random_split_holds_out_a_fifth_per_outcome() -> None:
    actual = _actual(100, 30)

    split, again, other = (split_randomly(actual, np.arange(100), seed) for seed in (1, 1, 2))

    assert (len(split.test), actual[split.test].sum()) == (20, 6)
    np.testing.assert_array_equal(split.test, again.test)
    assert not np.array_equal(split.test, other.test)


def test_too_few_customers_of_an_outcome_are_refused() -> None:
    with pytest.raises(DataUnfit, match="Of 200 customers, 4 left and 196 stayed"):
        require_both_outcomes(_actual(200, 4))
