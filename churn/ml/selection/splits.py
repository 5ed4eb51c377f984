"""Splits of customers into rows to fit on and rows to measure on."""

from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from churn.exceptions import DataUnfit
from churn.ml.arrays import FloatArray, IndexArray
from churn.ml.i18n.messages import gettext_noop as _

TEST_SHARE = 0.2
MIN_OF_EACH = 10
DUPLICATE_SPACE_FACTOR = 10.0

SplitStrategy: TypeAlias = Literal["random", "time"]


class Fold(NamedTuple):
    """Positions (rows,) to fit on and to validate on, sorted and disjoint."""

    train: IndexArray
    validation: IndexArray


@dataclass(frozen=True)
class Split:
    """Positions (rows,) of training and test rows, sorted, and how they were separated."""

    train: IndexArray
    test: IndexArray
    strategy: SplitStrategy


def require_both_outcomes(actual: FloatArray) -> None:
    """Raise DataUnfit unless at least ten customers left and ten stayed."""
    positives = int(actual.sum())
    negatives = len(actual) - positives
    if min(positives, negatives) < MIN_OF_EACH:
        raise DataUnfit(
            _(
                "Of {customers:,} customers, {left:,} left and {stayed:,} stayed; training"
                " needs at least {least} of each. Add customers, or check the target column."
            ),
            customers=len(actual),
            left=positives,
            stayed=negatives,
            least=MIN_OF_EACH,
        )


def duplicate_groups(frame: pl.DataFrame, columns: list[str]) -> IndexArray:
    """Return a number for each row (rows,) that equal rows, and only those, share.

    Where the columns allow fewer than ten times as many combinations as there are rows, equal rows
    are different customers that look alike, and every row gets a number of its own.
    """
    combinations = 1.0
    for column in columns:
        combinations *= max(frame[column].n_unique(), 1)
        if combinations >= DUPLICATE_SPACE_FACTOR * frame.height:
            break
    else:
        return np.arange(frame.height)
    hashes = frame.select(columns).hash_rows(seed=0).to_numpy()
    _, first, inverse = np.unique(hashes, return_index=True, return_inverse=True)
    # Numbered by the first row of each group, not by hash, which may change with polars.
    return np.argsort(np.argsort(first))[inverse].astype(np.int64)


def merge_groups(groups: IndexArray, names: pl.Series) -> IndexArray:
    """Return a number for each row (rows,) that rows share if they share a group or a name.

    That is so along chains of rows as well. A row without a name shares none.
    """
    known = names.is_not_null().to_numpy()
    codes = names.rank("dense").fill_null(0).to_numpy().astype(np.int64)
    offset = int(groups.max()) + 1
    edges = (groups[known], offset + codes[known])
    size = offset + int(codes.max()) + 1
    graph = coo_array((np.ones(len(edges[0])), edges), shape=(size, size))
    _, component = connected_components(graph, directed=False)
    return component[groups].astype(np.int64)


def make_folds(actual: FloatArray, groups: IndexArray, count: int, seed: int) -> list[Fold]:
    """Return `count` folds, stratified by outcome, with the rows of a group kept together."""
    fold_of_row = _assign_folds(actual, groups, count, seed)
    return [
        Fold(np.flatnonzero(fold_of_row != number), np.flatnonzero(fold_of_row == number))
        for number in range(count)
    ]


def make_holdout(actual: FloatArray, groups: IndexArray, share: float, seed: int) -> Fold:
    """Return one fold with `share` of each outcome in its validation rows."""
    is_validation = _assign_folds(actual, groups, round(1.0 / share), seed) == 0
    return Fold(np.flatnonzero(~is_validation), np.flatnonzero(is_validation))


def split_randomly(actual: FloatArray, groups: IndexArray, seed: int) -> Split:
    """Hold out a random fifth of each outcome."""
    train, test = make_holdout(actual, groups, TEST_SHARE, seed)
    return Split(train, test, "random")


def split_by_time(times: pl.Series, actual: FloatArray, groups: IndexArray) -> Split | None:
    """Hold out the newest fifth; None where either side would have too few of an outcome.

    Rows of a group that is held out in part are held out as well, however old. Rows without a time
    count as the oldest.
    """
    # Rank "max" keeps customers of the same date on one side.
    rank = times.rank("max").fill_null(0).to_numpy()
    newest = rank > (1.0 - TEST_SHARE) * times.len()
    newest = np.isin(groups, groups[newest])
    for side in (actual[newest], actual[~newest]):
        if min(side.sum(), len(side) - side.sum()) < MIN_OF_EACH:
            return None
    return Split(np.flatnonzero(~newest), np.flatnonzero(newest), "time")


def _assign_folds(actual: FloatArray, groups: IndexArray, count: int, seed: int) -> IndexArray:
    """Return the fold of each row (rows,).

    The groups of each outcome, largest first, go to the folds in turn, so that the folds have
    nearly the same size.
    """
    names, first, inverse, sizes = np.unique(
        groups, return_index=True, return_inverse=True, return_counts=True
    )
    shuffled = np.random.default_rng(seed).permutation(len(names))
    is_positive = actual[first[shuffled]] > 0
    fold_of_group = np.empty(len(names), dtype=np.int64)
    assigned = 0
    for outcome in (True, False):
        of_outcome = shuffled[is_positive == outcome]
        of_outcome = of_outcome[np.argsort(-sizes[of_outcome], kind="stable")]
        fold_of_group[of_outcome] = (np.arange(len(of_outcome)) + assigned) % count
        assigned += len(of_outcome)
    return fold_of_group[inverse]
