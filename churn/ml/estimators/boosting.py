"""Boosted trees: the shapes that take part in the race, one fit, and exact contributions."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import xgboost as xgb

from churn.exceptions import ModelInvalid
from churn.ml.arrays import Floats, Singles
from churn.ml.estimators.data import Part
from churn.ml.estimators.threads import threads

ONE_HOT_UP_TO = 64  # a partition of fewer categories than this fits their noise
MOST_ROUNDS = 2000
BINS_IN_ALL = 25_000  # of all columns: their sums take the time
FEWEST_BINS, MOST_BINS, MOST_BINS_OF_MANY_ROWS = 32, 512, 256
MANY_ROWS = 50_000
UBJSON = b"{L\x00\x00\x00\x00\x00\x00\x00\x07learner{"  # other bytes end the process


@dataclass(frozen=True, slots=True)
class TreeShape:
    """How trees may grow; the names are those of XGBoost."""

    max_depth: int
    eta: float
    min_child_weight: float = 5.0
    reg_lambda: float = 5.0
    reg_alpha: float = 0.0
    gamma: float = 0.0
    subsample: float = 0.8
    colsample_bytree: float = 0.8

    def hastened(self, factor: float) -> "TreeShape":
        """Make the steps `factor` times as long."""
        return replace(self, eta=self.eta * factor)


SHALLOW = TreeShape(max_depth=2, eta=0.06)
MEDIUM = TreeShape(max_depth=4, eta=0.05, colsample_bytree=0.7)
DEEP = TreeShape(max_depth=6, eta=0.05, min_child_weight=1.0, reg_lambda=1.0)


@dataclass(frozen=True)
class Trees:
    """A fitted booster over matrices whose columns have `level_counts` categories (0: numeric)."""

    booster: xgb.Booster
    level_counts: tuple[int, ...]

    def margin(self, matrix: Singles) -> Floats:
        """Log-odds (rows,) of a matrix (rows, columns)."""
        margin = self.booster.predict(self._wrapped(matrix), output_margin=True)
        return np.asarray(margin, dtype=np.float64)

    def contributions(self, matrix: Singles) -> Floats:
        """Shapley values (rows, columns + 1) in log-odds, the last column the base value.

        Lundberg et al., "From local explanations to global understanding with explainable AI for
        trees", Nature Machine Intelligence 2, 2020; computed by XGBoost itself.
        """
        values = self.booster.predict(self._wrapped(matrix), pred_contribs=True)
        return np.asarray(values, dtype=np.float64)

    def dump(self) -> bytes:
        return bytes(self.booster.save_raw("ubj"))

    @classmethod
    def restore(cls, stored: bytes, level_counts: tuple[int, ...]) -> "Trees":
        if not stored.startswith(UBJSON) or not stored.endswith(b"}"):
            raise ModelInvalid("The stored trees are not those of XGBoost.")
        booster = xgb.Booster()
        try:
            booster.load_model(bytearray(stored))
        except xgb.core.XGBoostError as error:
            raise ModelInvalid("The stored trees are damaged.") from error
        if booster.num_features() != len(level_counts):
            raise ModelInvalid("The stored trees belong to other columns.")
        return cls(booster, level_counts)

    def margin_after(self, matrix: Singles, rounds: int) -> Floats:
        """Log-odds (rows,) by the first `rounds` trees."""
        margin = self.booster.predict(
            self._wrapped(matrix), output_margin=True, iteration_range=(0, rounds)
        )
        return np.asarray(margin, dtype=np.float64)

    def first(self, rounds: int) -> "Trees":
        return Trees(self.booster[:rounds], self.level_counts)

    def _wrapped(self, matrix: Singles) -> xgb.DMatrix:
        return xgb.DMatrix(
            matrix,
            feature_types=_types(self.level_counts),
            enable_categorical=True,
            nthread=threads(len(matrix)),
        )


def fit_trees(part: Part, shape: TreeShape, rounds: int, seed: int) -> Trees:
    """Grow `rounds` trees."""
    bins = bins_of(part)
    data = _binned(part, bins)
    booster = xgb.train(_settings(part, shape, seed), data, max(rounds, 1), verbose_eval=False)
    return Trees(booster, part.level_counts)


def fit_stopping(
    part: Part, check: Part, shape: TreeShape, seed: int, patience: int
) -> tuple[Trees, tuple[float, ...]]:
    """Grow until `patience` trees have not lowered the log loss on `check`; trees, loss by tree."""
    bins = bins_of(part)
    data = _binned(part, bins)
    losses: dict[str, dict[str, list[float]]] = {}
    booster = xgb.train(
        _settings(part, shape, seed),
        data,
        MOST_ROUNDS,
        evals=[(_binned(check, bins, data), "check")],
        early_stopping_rounds=patience,
        evals_result=losses,
        verbose_eval=False,
    )
    return Trees(booster, part.level_counts), tuple(losses["check"]["logloss"])


def _settings(part: Part, shape: TreeShape, seed: int) -> dict[str, Any]:
    return {
        **asdict(shape),
        "objective": "binary:logistic",
        "eval_metric": "logloss",
        "tree_method": "hist",
        "max_cat_to_onehot": ONE_HOT_UP_TO,
        "max_cat_threshold": 16,
        "max_bin": bins_of(part),
        "nthread": threads(len(part.actual)),
        "seed": seed,
    }


def _binned(part: Part, bins: int, like: xgb.DMatrix | None = None) -> xgb.QuantileDMatrix:
    return xgb.QuantileDMatrix(
        part.matrix,
        label=part.actual,
        feature_types=_types(part.level_counts),
        enable_categorical=True,
        max_bin=bins,
        nthread=threads(len(part.actual)),
        ref=like,
    )


def bins_of(part: Part) -> int:
    """Count the bins of a number: fewer where there are many columns or rows."""
    rows, columns = part.matrix.shape
    most = MOST_BINS if rows <= MANY_ROWS else MOST_BINS_OF_MANY_ROWS
    return min(max(BINS_IN_ALL // columns, FEWEST_BINS), most)


def _types(level_counts: Sequence[int]) -> list[str]:
    return ["c" if levels else "q" for levels in level_counts]
