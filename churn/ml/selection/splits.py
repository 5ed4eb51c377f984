"""Which customers a model is fitted on and which it is measured on."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl

from churn.exceptions import DataUnfit
from churn.ml.arrays import BoolArray, FloatArray, IndexArray

TEST_SHARE = 0.2
MIN_OF_EACH = 10
DUPLICATE_SPACE_FACTOR = 10.0

SplitStrategy = Literal["random", "time"]


@dataclass(frozen=True)
class Split:
    """Positions of training and test rows, sorted; `way` says how they were told apart."""

    train: IndexArray
    test: IndexArray
    way: SplitStrategy


def refuse_too_few(actual: FloatArray) -> None:
    """Raise DataUnfit unless at least ten customers left and ten stayed."""
    left, stayed = int(actual.sum()), int(len(actual) - actual.sum())
    if min(left, stayed) < MIN_OF_EACH:
        raise DataUnfit(
            "Of {customers:,} customers {left:,} left and {stayed:,} stayed; a model needs at least"
            " {least} of each. Add customers, or check the target column.",
            customers=len(actual),
            left=left,
            stayed=stayed,
            least=MIN_OF_EACH,
        )


def duplicate_groups(frame: pl.DataFrame, columns: list[str]) -> IndexArray:
    """Give each row a number (rows,) that it shares with its copies alone, in order of rows.

    Where the columns can hold fewer than ten times as many combinations as there are rows, equal
    rows are different customers that look alike, and every row gets a number of its own.
    """
    space = 1.0
    for column in columns:
        space *= max(frame[column].n_unique(), 1)
        if space >= DUPLICATE_SPACE_FACTOR * frame.height:
            break
    else:
        return np.arange(frame.height)
    hashes = frame.select(columns).hash_rows(seed=0).to_numpy()
    _, first, of_row = np.unique(hashes, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[of_row].astype(np.int64)


def folds(
    actual: FloatArray, groups: IndexArray, count: int, seed: int
) -> list[tuple[IndexArray, IndexArray]]:
    """`count` pairs of (fit, check) rows, stratified by outcome, copies kept together."""
    of_row = _assign_folds(actual, groups, count, seed)
    return [
        (np.flatnonzero(of_row != fold), np.flatnonzero(of_row == fold)) for fold in range(count)
    ]


def holdout(
    actual: FloatArray, groups: IndexArray, share: float, seed: int
) -> tuple[IndexArray, IndexArray]:
    """One pair of (fit, check) rows, `share` of each outcome in the second."""
    count = round(1.0 / share)
    checked = _assign_folds(actual, groups, count, seed) == 0
    return np.flatnonzero(~checked), np.flatnonzero(checked)


def split_randomly(actual: FloatArray, groups: IndexArray, seed: int) -> Split:
    """Hold a fifth of each outcome out."""
    train, test = holdout(actual, groups, TEST_SHARE, seed)
    return Split(train, test, "random")


def split_by_time(order: pl.Series, actual: FloatArray, groups: IndexArray) -> Split | None:
    """Hold the newest fifth out; None where the order cannot tell enough customers apart.

    Copies of a row held out are held out too, however old.
    """
    rank = order.rank("max").fill_null(0).to_numpy()
    newest = rank > (1.0 - TEST_SHARE) * order.len()
    newest = np.isin(groups, groups[newest])
    if not (_has_both(actual[newest]) and _has_both(actual[~newest])):
        return None
    return Split(np.flatnonzero(~newest), np.flatnonzero(newest), "time")


def _has_both(actual: FloatArray) -> bool:
    return bool(min(actual.sum(), len(actual) - actual.sum()) >= MIN_OF_EACH)


def _assign_folds(actual: FloatArray, groups: IndexArray, count: int, seed: int) -> IndexArray:
    """Fold of each row: the groups of each outcome, largest first, are dealt out in turn."""
    names, first, of_row, sizes = np.unique(
        groups, return_index=True, return_inverse=True, return_counts=True
    )
    shuffled = np.random.default_rng(seed).permutation(len(names))
    fold_of_group = np.empty(len(names), dtype=np.int64)
    dealt = 0
    for left in (True, False):
        mine = shuffled[_left(actual, first, shuffled) == left]
        mine = mine[np.argsort(-sizes[mine], kind="stable")]
        fold_of_group[mine] = (np.arange(len(mine)) + dealt) % count
        dealt += len(mine)
    return fold_of_group[of_row]


def _left(actual: FloatArray, first: IndexArray, groups: IndexArray) -> BoolArray:
    return actual[first[groups]] > 0
