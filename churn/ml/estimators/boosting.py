"""Boosted trees: the shapes that take part in the race, one fit, and exact contributions."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import xgboost as xgb

from churn.exceptions import ModelInvalid
from churn.ml.arrays import Float32Array, FloatArray
from churn.ml.estimators.data import TrainingData
from churn.ml.estimators.threads import thread_count

ONE_HOT_UP_TO = 64  # a partition of fewer categories than this fits their noise
MAX_ROUNDS = 2000
BINS_IN_ALL = 25_000  # of all columns: their sums take the time
MIN_BINS, MAX_BINS, MAX_BINS_OF_MANY_ROWS = 32, 512, 256
MANY_ROWS = 50_000
UBJSON = b"{L\x00\x00\x00\x00\x00\x00\x00\x07learner{"  # other bytes end the process


@dataclass(frozen=True, slots=True)
class TreeParams:
    """How trees may grow; the names are those of XGBoost."""

    max_depth: int
    eta: float
    min_child_weight: float = 5.0
    reg_lambda: float = 5.0
    reg_alpha: float = 0.0
    gamma: float = 0.0
    subsample: float = 0.8
    colsample_bytree: float = 0.8

    def with_larger_steps(self, factor: float) -> "TreeParams":
        """Make the steps `factor` times as long."""
        return replace(self, eta=self.eta * factor)


SHALLOW = TreeParams(max_depth=2, eta=0.06)
MEDIUM = TreeParams(max_depth=4, eta=0.05, colsample_bytree=0.7)
DEEP = TreeParams(max_depth=6, eta=0.05, min_child_weight=1.0, reg_lambda=1.0)


@dataclass(frozen=True)
class BoostedTrees:
    """Fitted trees; column i of the matrix has `category_counts[i]` categories (0: numeric)."""

    booster: xgb.Booster
    category_counts: tuple[int, ...]

    def margin(self, matrix: Float32Array) -> FloatArray:
        """Log-odds (rows,) of a matrix (rows, columns)."""
        margin = self.booster.predict(self._wrapped(matrix), output_margin=True)
        return np.asarray(margin, dtype=np.float64)

    def contributions(self, matrix: Float32Array) -> FloatArray:
        """Shapley values (rows, columns + 1) in log-odds, the last column the base value.

        Lundberg et al., "From local explanations to global understanding with explainable AI for
        trees", Nature Machine Intelligence 2, 2020; computed by XGBoost itself.
        """
        values = self.booster.predict(self._wrapped(matrix), pred_contribs=True)
        return np.asarray(values, dtype=np.float64)

    def dump(self) -> bytes:
        return bytes(self.booster.save_raw("ubj"))

    @classmethod
    def restore(cls, stored: bytes, category_counts: tuple[int, ...]) -> "BoostedTrees":
        if not stored.startswith(UBJSON) or not stored.endswith(b"}"):
            raise ModelInvalid("The stored trees are not those of XGBoost.")
        booster = xgb.Booster()
        try:
            booster.load_model(bytearray(stored))
        except xgb.core.XGBoostError as error:
            raise ModelInvalid("The stored trees are damaged.") from error
        if booster.num_features() != len(category_counts):
            raise ModelInvalid("The stored trees belong to other columns.")
        return cls(booster, category_counts)

    def staged_margin(self, matrix: Float32Array, rounds: int) -> FloatArray:
        """Log-odds (rows,) by the first `rounds` trees."""
        margin = self.booster.predict(
            self._wrapped(matrix), output_margin=True, iteration_range=(0, rounds)
        )
        return np.asarray(margin, dtype=np.float64)

    def first(self, rounds: int) -> "BoostedTrees":
        return BoostedTrees(self.booster[:rounds], self.category_counts)

    def _wrapped(self, matrix: Float32Array) -> xgb.DMatrix:
        return xgb.DMatrix(
            matrix,
            feature_types=_types(self.category_counts),
            enable_categorical=True,
            nthread=thread_count(len(matrix)),
        )


def fit_trees(part: TrainingData, shape: TreeParams, rounds: int, seed: int) -> BoostedTrees:
    """Grow `rounds` trees."""
    bins = bins_of(part)
    data = _binned(part, bins)
    booster = xgb.train(_settings(part, shape, seed), data, max(rounds, 1), verbose_eval=False)
    return BoostedTrees(booster, part.category_counts)


def fit_early_stopping(
    part: TrainingData, check: TrainingData, shape: TreeParams, seed: int, patience: int
) -> tuple[BoostedTrees, tuple[float, ...]]:
    """Grow until `patience` trees have not lowered the log loss on `check`; trees, loss by tree."""
    bins = bins_of(part)
    data = _binned(part, bins)
    losses: dict[str, dict[str, list[float]]] = {}
    booster = xgb.train(
        _settings(part, shape, seed),
        data,
        MAX_ROUNDS,
        evals=[(_binned(check, bins, data), "check")],
        early_stopping_rounds=patience,
        evals_result=losses,
        verbose_eval=False,
    )
    return BoostedTrees(booster, part.category_counts), tuple(losses["check"]["logloss"])


def _settings(part: TrainingData, shape: TreeParams, seed: int) -> dict[str, Any]:
    return {
        **asdict(shape),
        "objective": "binary:logistic",
        "eval_metric": "logloss",
        "tree_method": "hist",
        "max_cat_to_onehot": ONE_HOT_UP_TO,
        "max_cat_threshold": 16,
        "max_bin": bins_of(part),
        "nthread": thread_count(len(part.actual)),
        "seed": seed,
    }


def _binned(part: TrainingData, bins: int, like: xgb.DMatrix | None = None) -> xgb.QuantileDMatrix:
    return xgb.QuantileDMatrix(
        part.matrix,
        label=part.actual,
        feature_types=_types(part.category_counts),
        enable_categorical=True,
        max_bin=bins,
        nthread=thread_count(len(part.actual)),
        ref=like,
    )


def bins_of(part: TrainingData) -> int:
    """Count the bins of a number: fewer where there are many columns or rows."""
    rows, columns = part.matrix.shape
    most = MAX_BINS if rows <= MANY_ROWS else MAX_BINS_OF_MANY_ROWS
    return min(max(BINS_IN_ALL // columns, MIN_BINS), most)


def _types(category_counts: Sequence[int]) -> list[str]:
    return ["c" if levels else "q" for levels in category_counts]
