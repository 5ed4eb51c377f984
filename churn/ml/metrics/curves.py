"""Counts of churners and loyal customers down a ranking, the basis of every curve."""

from typing import NamedTuple

import numpy as np

from churn.ml.arrays import FloatArray, IndexArray


class Ranking(NamedTuple):
    """`order` (rows,) sorts rows from the highest score; `ends` are the last places of each score.

    `ends` (scores,) has one entry per distinct score: rows of the same score cannot be separated by
    a threshold, whatever their order.
    """

    order: IndexArray
    ends: IndexArray


class RankedCounts(NamedTuple):
    """Distinct scores (scores,), highest first, and the customers with at least that score."""

    score: FloatArray
    true_positives: FloatArray
    false_positives: FloatArray

    @property
    def flagged(self) -> FloatArray:
        """Customers (scores,) with at least that score."""
        return self.true_positives + self.false_positives


def rank_scores(score: FloatArray) -> Ranking:
    """Rank scores (rows,) from the highest; rows of equal score keep their order."""
    order = np.argsort(-score, kind="stable")
    return Ranking(order, np.flatnonzero(np.append(np.diff(score[order]) != 0, True)))


def ranked_counts(actual: FloatArray, score: FloatArray) -> RankedCounts:
    """Count outcomes (rows,) of 0 and 1 cumulatively down the distinct scores (rows,)."""
    order, ends = rank_scores(score)
    true_positives = np.cumsum(actual[order])[ends]
    return RankedCounts(score[order][ends], true_positives, ends + 1.0 - true_positives)
