"""Symmetric trees: all nodes of a level ask one question, so that few rows mislead them less.

Their growth follows CatBoost (Prokhorenkova et al., "CatBoost: unbiased boosting with categorical
features", NeurIPS 2018): the question of the largest gain summed over the level, with some noise.
They are written as trees of XGBoost, which scores, explains and stores them like any other.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

import numpy as np
import xgboost as xgb

from churn.ml.arrays import BoolArray, Float32Array, FloatArray, IndexArray, log_loss, sigmoid
from churn.ml.estimators.boosting import MAX_ROUNDS, BoostedTrees, TreeParams
from churn.ml.estimators.data import TrainingData

SYMMETRIC = TreeParams(
    max_depth=4, eta=0.05, min_child_weight=0.0, reg_lambda=3.0, colsample_bytree=1.0
)
BORDERS_IN_ALL, MIN_BORDERS, MAX_BORDERS = 1_500, 15, 63
COLUMNS_OF_A_TREE = 30  # drawn anew for each tree: more take time and add nothing
NOISE = 1.0  # of a question's score, in standard deviations of the slopes
MIN_WEIGHT = 1e-6  # of a leaf that no training row reaches, for XGBoost divides by it
ROOT = 2**31 - 1  # XGBoost's parent of a root


@dataclass(frozen=True)
class Tree:
    """Bins asked for, level by level, and the log-odds and weights of 2^levels leaves."""

    questions: tuple[int, ...]
    values: FloatArray
    weights: FloatArray


@dataclass(frozen=True)
class Bins:
    """Bins of all columns in a row, the first of each for missing values and those below.

    Each other bin is a question: whether a number reaches its border, whether a category is its.
    """

    borders: tuple[Float32Array, ...]
    is_word: tuple[bool, ...]

    @classmethod
    def of(cls, part: TrainingData) -> "Bins":
        is_word = tuple(levels > 0 for levels in part.category_counts)
        most = min(max(BORDERS_IN_ALL // len(is_word), MIN_BORDERS), MAX_BORDERS)
        columns = zip(part.matrix.T, is_word, strict=True)
        return cls(
            tuple(_borders(values, None if word else most) for values, word in columns), is_word
        )

    @cached_property
    def sizes(self) -> IndexArray:
        return np.array([len(borders) + 1 for borders in self.borders])

    @cached_property
    def starts(self) -> IndexArray:
        return np.cumsum(self.sizes) - self.sizes

    @cached_property
    def columns(self) -> IndexArray:
        """Column of each bin."""
        return np.repeat(np.arange(len(self.sizes)), self.sizes)

    def codes(self, matrix: Float32Array) -> IndexArray:
        """Bins (columns, rows) of a matrix (rows, columns)."""
        codes = np.empty(matrix.T.shape, dtype=np.int64)
        for column, borders in enumerate(self.borders):
            values = matrix[:, column]
            place = np.searchsorted(borders, values, side="right")
            known = np.isin(values, borders) if self.is_word[column] else ~np.isnan(values)
            codes[column] = self.starts[column] + np.where(known, place, 0)
        return codes

    def answers(self, codes: IndexArray, question: int) -> BoolArray:
        """Yes or no (rows,) to one question."""
        column = self.columns[question]
        asked = codes[column]
        return asked == question if self.is_word[column] else asked >= question

    def yes(self, held: FloatArray) -> FloatArray:
        """Sum over the rows that answer yes to each question what the bins (..., bins) hold."""
        ends = (self.starts + self.sizes - 1)[self.columns]
        below = held.cumsum(axis=-1)
        reached = below[..., ends] - below + held
        return np.where(np.array(self.is_word)[self.columns], held, reached)

    def border(self, question: int) -> float:
        column = self.columns[question]
        return float(self.borders[column][question - self.starts[column] - 1])

    def leaves(self, codes: IndexArray, questions: tuple[int, ...]) -> IndexArray:
        leaf = np.zeros(codes.shape[1], dtype=np.int64)
        for question in questions:
            leaf = 2 * leaf + self.answers(codes, question)
        return leaf


def fit_symmetric(part: TrainingData, shape: TreeParams, rounds: int, seed: int) -> BoostedTrees:
    """Grow `rounds` trees."""
    bins = Bins.of(part)
    return _written(part, bins, list(islice(_grow(part, bins, shape, seed), max(rounds, 1))))


def fit_symmetric_early_stopping(
    part: TrainingData, check: TrainingData, shape: TreeParams, seed: int, patience: int
) -> tuple[BoostedTrees, tuple[float, ...]]:
    """Grow until `patience` trees have not lowered the log loss on `check`; trees, loss by tree."""
    bins = Bins.of(part)
    codes, margin = bins.codes(check.matrix), np.full(len(check.actual), _base(part))
    grown: list[Tree] = []
    losses: list[float] = []
    for tree in islice(_grow(part, bins, shape, seed), MAX_ROUNDS):
        margin += tree.values[bins.leaves(codes, tree.questions)]
        grown.append(tree)
        losses.append(log_loss(check.actual, margin))
        if len(losses) - 1 - int(np.argmin(losses)) >= patience:
            break
    return _written(part, bins, grown), tuple(losses)


def _borders(values: Float32Array, most: int | None) -> Float32Array:
    """Distinct values (borders,) of a column, thinned out to `most`."""
    known = np.unique(values[~np.isnan(values)])
    if most is None or len(known) <= most:
        return known
    shares = np.arange(1, most + 1) / (most + 1)
    return np.unique(np.nanquantile(values, shares, method="higher"))


def _base(part: TrainingData) -> float:
    rate = float(part.actual.mean())
    return float(np.log(rate / (1.0 - rate)))


def _grow(part: TrainingData, bins: Bins, shape: TreeParams, seed: int) -> Iterator[Tree]:
    """Questions come from a sample of the rows, values from all of them."""
    rng = np.random.default_rng(seed)
    codes, margin = bins.codes(part.matrix), np.full(len(part.actual), _base(part))
    while True:
        chance = sigmoid(margin)
        slopes, curves = chance - part.actual, chance * (1.0 - chance)
        rows = np.flatnonzero(rng.random(len(margin)) < shape.subsample)
        derived = np.stack([slopes[rows], curves[rows]])
        questions = _questions(bins, codes[:, rows], derived, shape, rng)
        leaf = bins.leaves(codes, questions)
        slope = np.bincount(leaf, slopes, 2**shape.max_depth)
        weight = np.bincount(leaf, curves, 2**shape.max_depth).astype(np.float64)
        tree = Tree(questions, -shape.eta * slope / (weight + shape.reg_lambda), weight)
        margin += tree.values[leaf]
        yield tree


def _questions(
    bins: Bins, codes: IndexArray, derived: FloatArray, shape: TreeParams, rng: np.random.Generator
) -> tuple[int, ...]:
    """Choose one question for each level by slopes and curves, `derived` (2, rows).

    What the leaves that answer no hold is what their parents held less what the others hold.
    """
    drawn = rng.permutation(len(bins.sizes))[:COLUMNS_OF_A_TREE]
    closed = ~np.isin(bins.columns, drawn)
    closed[bins.starts] = True
    spread = NOISE * float(np.sqrt(np.mean(derived[0] ** 2)))
    looked_at, leaf = codes[drawn], np.zeros(codes.shape[1], dtype=np.int64)
    held = _held(looked_at, leaf, derived, (1, len(bins.columns)))
    questions: list[int] = []
    while True:
        gain = _gains(bins, held, bins.columns == drawn[0], shape.reg_lambda)
        score = np.sqrt(gain) + spread * rng.standard_normal(len(gain))
        score[closed] = -np.inf
        questions.append(int(score.argmax()))
        if len(questions) == shape.max_depth:
            return tuple(questions)
        yes = bins.answers(codes, questions[-1])
        moved = _held(looked_at[:, yes], leaf[yes], derived[:, yes], held.shape[1:])
        held = np.stack([held - moved, moved], axis=2).reshape(2, -1, held.shape[2])
        leaf = 2 * leaf + yes


def _held(
    codes: IndexArray, leaf: IndexArray, derived: FloatArray, shape: tuple[int, ...]
) -> FloatArray:
    """Sum slopes and curves (2, leaves, bins) by leaf and bin; `shape` is the last two."""
    leaves, width = shape
    cells = (codes + leaf * width).ravel()
    sums = [np.bincount(cells, np.tile(of, len(codes)), leaves * width) for of in derived]
    return np.stack(sums).astype(np.float64).reshape(2, leaves, width)


def _gains(bins: Bins, held: FloatArray, of_a_column: BoolArray, ridge: float) -> FloatArray:
    """Gain (bins,) of each question asked of every leaf at once."""
    yes = bins.yes(held)
    no = held[:, :, of_a_column].sum(axis=2, keepdims=True) - yes
    gain = sum(slope**2 / (curve + ridge) for slope, curve in (yes, no))
    return np.maximum(np.sum(gain, axis=0), 0.0)


def _written(part: TrainingData, bins: Bins, grown: list[Tree]) -> BoostedTrees:
    model = {
        "gbtree_model_param": {"num_parallel_tree": "1", "num_trees": str(len(grown))},
        "iteration_indptr": list(range(len(grown) + 1)),
        "tree_info": [0] * len(grown),
        "trees": [_nodes(bins, tree, number) for number, tree in enumerate(grown)],
    }
    learner = {
        "attributes": {},
        "feature_names": [],
        "feature_types": ["c" if word else "q" for word in bins.is_word],
        "gradient_booster": {"model": model, "name": "gbtree"},
        "learner_model_param": {
            "base_score": repr(float(part.actual.mean())),
            "boost_from_average": "0",
            "num_class": "0",
            "num_feature": str(len(bins.sizes)),
            "num_target": "1",
        },
        "objective": {"name": "binary:logistic", "reg_loss_param": {"scale_pos_weight": "1"}},
    }
    booster = xgb.Booster()
    written = json.dumps({"learner": learner, "version": [3, 2, 0]})
    booster.load_model(bytearray(written.encode()))
    return BoostedTrees(booster, part.category_counts)


def _nodes(bins: Bins, tree: Tree, number: int) -> dict[str, Any]:
    """Write the nodes level by level: the children of node n are 2n + 1, no, and 2n + 2, yes."""
    leaves = len(tree.values)
    inner, nodes = leaves - 1, 2 * leaves - 1
    return {
        **_split_arrays(bins, tree),
        "base_weights": [0.0] * inner + tree.values.tolist(),
        "default_left": [1] * inner + [0] * leaves,
        "id": number,
        "left_children": [2 * node + 1 for node in range(inner)] + [-1] * leaves,
        "loss_changes": [0.0] * nodes,
        "parents": [ROOT] + [(node - 1) // 2 for node in range(1, nodes)],
        "right_children": [2 * node + 2 for node in range(inner)] + [-1] * leaves,
        "sum_hessian": _weights(tree.weights + MIN_WEIGHT).tolist(),
        "tree_param": {
            "num_deleted": "0",
            "num_feature": str(len(bins.sizes)),
            "num_nodes": str(nodes),
            "size_leaf_vector": "1",
        },
    }


def _split_arrays(bins: Bins, tree: Tree) -> dict[str, Any]:
    asked = [question for level, question in enumerate(tree.questions) for _ in range(2**level)]
    columns = bins.columns[asked].tolist()
    borders = [bins.border(question) for question in asked]
    words = [node for node, column in enumerate(columns) if bins.is_word[column]]
    at_leaves = [0] * len(tree.values)
    return {
        "categories": [int(borders[node]) for node in words],
        "categories_nodes": words,
        "categories_segments": list(range(len(words))),
        "categories_sizes": [1] * len(words),
        "split_conditions": borders + tree.values.tolist(),
        "split_indices": columns + at_leaves,
        "split_type": [int(bins.is_word[column]) for column in columns] + at_leaves,
    }


def _weights(of_leaves: FloatArray) -> FloatArray:
    """Weights of all nodes, each the sum of its children's."""
    levels = [of_leaves]
    while len(levels[0]) > 1:
        levels.insert(0, levels[0].reshape(-1, 2).sum(axis=1))
    return np.concatenate(levels)
