"""Symmetric trees: all nodes of a level share one split, which resists noise on few rows.

Growth follows CatBoost (Prokhorenkova et al., "CatBoost: unbiased boosting with categorical
features", NeurIPS 2018): each level takes the split with the largest gain over all its nodes, with
random noise. XGBoost cannot grow such trees, and CatBoost's model is no member of a stored blend.
That is why this is own code: it writes the trees in XGBoost's format, so that scoring,
contributions and storage are the same for all trees (docs/decisions/0005).
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
import xgboost as xgb

from churn.ml.arrays import BoolArray, FloatArray, IndexArray, log_loss_from_margin, sigmoid
from churn.ml.estimators.binning import BinnedColumns
from churn.ml.estimators.boosting import MAX_ROUNDS, BoostedTrees, TreeParams
from churn.ml.estimators.data import TrainingData

SYMMETRIC = TreeParams(
    max_depth=4, eta=0.05, min_child_weight=0.0, reg_lambda=3.0, colsample_bytree=1.0
)
COLUMNS_PER_TREE = 30  # sampled for each tree: more take time and gain nothing
NOISE = 1.0  # of a split's score, in standard deviations of the gradients
MIN_HESSIAN = 1e-6  # of a leaf without training rows, because XGBoost divides by it
ROOT_PARENT = 2**31 - 1  # XGBoost's parent of a root node


@dataclass(frozen=True)
class SymmetricTree:
    """The split of each level, and the values (log-odds) and hessians of the 2^depth leaves."""

    splits: tuple[int, ...]
    values: FloatArray
    hessians: FloatArray


def fit_symmetric(data: TrainingData, params: TreeParams, rounds: int, seed: int) -> BoostedTrees:
    """Fit `rounds` trees, at least one."""
    columns = BinnedColumns.fit(data)
    trees = list(islice(_grow(data, columns, params, seed), max(rounds, 1)))
    return _to_xgboost(data, columns, trees)


def fit_symmetric_early_stopping(
    data: TrainingData, validation: TrainingData, params: TreeParams, seed: int, patience: int
) -> tuple[BoostedTrees, tuple[float, ...]]:
    """Fit until `patience` trees have not lowered the log loss on `validation`.

    Returns all trees, those after the best one included, and the loss after each tree.
    """
    columns = BinnedColumns.fit(data)
    codes = columns.encode(validation.matrix)
    margin = np.full(len(validation.actual), _base_margin(data))
    trees: list[SymmetricTree] = []
    losses: list[float] = []
    for tree in islice(_grow(data, columns, params, seed), MAX_ROUNDS):
        margin += tree.values[columns.leaves(codes, tree.splits)]
        trees.append(tree)
        losses.append(log_loss_from_margin(validation.actual, margin))
        if len(losses) - 1 - int(np.argmin(losses)) >= patience:
            break
    return _to_xgboost(data, columns, trees), tuple(losses)


def _base_margin(data: TrainingData) -> float:
    rate = float(data.actual.mean())
    return float(np.log(rate / (1.0 - rate)))


def _grow(
    data: TrainingData, columns: BinnedColumns, params: TreeParams, seed: int
) -> Iterator[SymmetricTree]:
    """Yield trees without end: splits from a sample of the rows, leaf values from all of them."""
    rng = np.random.default_rng(seed)
    codes = columns.encode(data.matrix)
    margin = np.full(len(data.actual), _base_margin(data))
    leaf_count = 2**params.max_depth
    while True:
        probability = sigmoid(margin)
        gradients, hessians = probability - data.actual, probability * (1.0 - probability)
        rows = np.flatnonzero(rng.random(len(margin)) < params.subsample)
        derivatives = np.stack([gradients[rows], hessians[rows]])
        splits = _choose_splits(columns, codes[:, rows], derivatives, params, rng)
        leaf = columns.leaves(codes, splits)
        gradient = np.bincount(leaf, gradients, leaf_count)
        hessian = np.bincount(leaf, hessians, leaf_count).astype(np.float64)
        values = -params.eta * gradient / (hessian + params.reg_lambda)
        margin += values[leaf]
        yield SymmetricTree(splits, values, hessian)


def _choose_splits(
    columns: BinnedColumns,
    codes: IndexArray,
    derivatives: FloatArray,
    params: TreeParams,
    rng: np.random.Generator,
) -> tuple[int, ...]:
    """Choose one split for each level by gradients and hessians, `derivatives` (2, rows)."""
    sampled = rng.permutation(len(columns.sizes))[:COLUMNS_PER_TREE]
    is_column_excluded = np.ones(len(columns.sizes), dtype=np.bool_)
    is_column_excluded[sampled] = False
    is_excluded = is_column_excluded[columns.column_of_bin]
    # The first bin of a column is no split: it holds what every split sends to the left.
    is_excluded[columns.starts] = True
    noise = NOISE * float(np.sqrt(np.mean(derivatives[0] ** 2)))
    nodes = _Nodes(codes[sampled], derivatives, bins=len(columns.column_of_bin))
    # Every column sums to the totals of a node; the first sampled one stands for all.
    in_one_column = columns.column_of_bin == sampled[0]
    splits: list[int] = []
    while True:
        gain = _gains(columns, nodes.histograms, in_one_column, params.reg_lambda)
        score = np.sqrt(gain) + noise * rng.standard_normal(len(gain))
        score[is_excluded] = -np.inf
        splits.append(int(score.argmax()))
        if len(splits) == params.max_depth:
            return tuple(splits)
        nodes.split(columns.goes_right(codes, splits[-1]))


class _Nodes:
    """The nodes of one level, with the gradients and hessians (2, nodes, bins) of each bin."""

    def __init__(self, codes: IndexArray, derivatives: FloatArray, bins: int) -> None:
        self._codes, self._derivatives = codes, derivatives
        self._node_of_row = np.zeros(codes.shape[1], dtype=np.int64)
        self.histograms = _histograms(codes, self._node_of_row, derivatives, nodes=1, bins=bins)

    def split(self, right: BoolArray) -> None:
        """Replace each node by its children; `right` (rows,) are the rows that go right."""
        _, nodes, bins = self.histograms.shape
        in_right = _histograms(
            self._codes[:, right],
            self._node_of_row[right],
            self._derivatives[:, right],
            nodes=nodes,
            bins=bins,
        )
        # The left children have what their parents have less the right ones: half the sums.
        children = np.empty((2, nodes, 2, bins))
        children[:, :, 0], children[:, :, 1] = self.histograms - in_right, in_right
        self.histograms = children.reshape(2, -1, bins)
        self._node_of_row = 2 * self._node_of_row + right


def _histograms(
    codes: IndexArray, node_of_row: IndexArray, derivatives: FloatArray, *, nodes: int, bins: int
) -> FloatArray:
    """Sum gradients and hessians (2, nodes, bins) by node and bin."""
    cells = (codes + node_of_row * bins).ravel()
    # A call for each level of each tree: np.stack would take as long as the sums on few rows.
    sums = np.empty((2, nodes * bins))
    for row, weights in zip(sums, derivatives, strict=True):
        row[:] = np.bincount(cells, np.tile(weights, len(codes)), nodes * bins)
    return sums.reshape(2, nodes, bins)


def _gains(
    columns: BinnedColumns, histograms: FloatArray, in_one_column: BoolArray, ridge: float
) -> FloatArray:
    """Return the gain (bins,) of each split when it is applied to every node."""
    right = columns.right_sums(histograms)
    left = histograms[:, :, in_one_column].sum(axis=2, keepdims=True) - right
    gain = sum(gradient**2 / (hessian + ridge) for gradient, hessian in (right, left))
    return np.maximum(np.sum(gain, axis=0), 0.0)


def _to_xgboost(
    data: TrainingData, columns: BinnedColumns, trees: list[SymmetricTree]
) -> BoostedTrees:
    model = {
        "gbtree_model_param": {"num_parallel_tree": "1", "num_trees": str(len(trees))},
        "iteration_indptr": list(range(len(trees) + 1)),
        "tree_info": [0] * len(trees),
        "trees": [_tree_to_xgboost(columns, tree, number) for number, tree in enumerate(trees)],
    }
    learner = {
        "attributes": {},
        "feature_names": [],
        "feature_types": ["c" if categorical else "q" for categorical in columns.is_categorical],
        "gradient_booster": {"model": model, "name": "gbtree"},
        "learner_model_param": {
            "base_score": repr(float(data.actual.mean())),
            "boost_from_average": "0",
            "num_class": "0",
            "num_feature": str(len(columns.sizes)),
            "num_target": "1",
        },
        "objective": {"name": "binary:logistic", "reg_loss_param": {"scale_pos_weight": "1"}},
    }
    booster = xgb.Booster()
    content = json.dumps({"learner": learner, "version": [3, 2, 0]})
    booster.load_model(bytearray(content.encode()))
    return BoostedTrees(booster, data.category_counts)


def _tree_to_xgboost(columns: BinnedColumns, tree: SymmetricTree, number: int) -> dict[str, Any]:
    """Write the nodes level by level: the children of node n are 2n + 1, left, and 2n + 2."""
    leaves = len(tree.values)
    inner, nodes = leaves - 1, 2 * leaves - 1
    return {
        **_split_arrays(columns, tree),
        "base_weights": [0.0] * inner + tree.values.tolist(),
        "default_left": [1] * inner + [0] * leaves,
        "id": number,
        "left_children": [2 * node + 1 for node in range(inner)] + [-1] * leaves,
        "loss_changes": [0.0] * nodes,
        "parents": [ROOT_PARENT] + [(node - 1) // 2 for node in range(1, nodes)],
        "right_children": [2 * node + 2 for node in range(inner)] + [-1] * leaves,
        "sum_hessian": _node_hessians(tree.hessians + MIN_HESSIAN).tolist(),
        "tree_param": {
            "num_deleted": "0",
            "num_feature": str(len(columns.sizes)),
            "num_nodes": str(nodes),
            "size_leaf_vector": "1",
        },
    }


def _split_arrays(columns: BinnedColumns, tree: SymmetricTree) -> dict[str, Any]:
    node_splits = [split for level, split in enumerate(tree.splits) for _ in range(2**level)]
    node_columns = columns.column_of_bin[node_splits].tolist()
    borders = [columns.border(split) for split in node_splits]
    categorical = [
        node for node, column in enumerate(node_columns) if columns.is_categorical[column]
    ]
    for_leaves = [0] * len(tree.values)
    return {
        "categories": [int(borders[node]) for node in categorical],
        "categories_nodes": categorical,
        "categories_segments": list(range(len(categorical))),
        "categories_sizes": [1] * len(categorical),
        "split_conditions": borders + tree.values.tolist(),
        "split_indices": node_columns + for_leaves,
        "split_type": [int(columns.is_categorical[column]) for column in node_columns] + for_leaves,
    }


def _node_hessians(leaf_hessians: FloatArray) -> FloatArray:
    """Return the hessians of all nodes, each the sum of its children."""
    levels = [leaf_hessians]
    while len(levels[0]) > 1:
        levels.insert(0, levels[0].reshape(-1, 2).sum(axis=1))
    return np.concatenate(levels)
