"""Gradient-boosted trees of XGBoost: parameters, fit, exact contributions and storage."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import xgboost as xgb

from churn.exceptions import ModelInvalid
from churn.ml.arrays import Float32Array, FloatArray
from churn.ml.estimators.data import TrainingData
from churn.ml.estimators.threads import thread_count
from churn.ml.i18n.messages import gettext_noop as _

# A partition of few categories fits noise: on the 51 states of mlc_churn it raised the log loss
# from .146 to .154. Up to this many, a split separates one category from all others.
MAX_ONE_HOT_CATEGORIES = 64
# A bound on the time. Early stopping ends sooner, unless each tree still lowers the loss.
MAX_ROUNDS = 2000
MAX_TOTAL_BINS = 25_000  # of all columns together: most of the time goes into their histograms
MIN_BINS, MAX_BINS, MAX_BINS_LARGE_DATA = 32, 512, 256
LARGE_DATA_ROWS = 50_000
UBJSON_PREFIX = b"{L\x00\x00\x00\x00\x00\x00\x00\x07learner{"


@dataclass(frozen=True, slots=True)
class TreeParams:
    """Growth parameters of the trees; the names are those of XGBoost."""

    max_depth: int
    eta: float
    min_child_weight: float = 5.0
    reg_lambda: float = 5.0
    reg_alpha: float = 0.0
    gamma: float = 0.0
    subsample: float = 0.8
    colsample_bytree: float = 0.8

    def with_larger_steps(self, factor: float) -> "TreeParams":
        """Multiply the learning rate by `factor`."""
        return replace(self, eta=self.eta * factor)


# Which depth is best differs by table: all three are candidates, and the blend weighs them
# (docs/decisions/0005).
SHALLOW = TreeParams(max_depth=2, eta=0.06)
MEDIUM = TreeParams(max_depth=4, eta=0.05, colsample_bytree=0.7)
DEEP = TreeParams(max_depth=6, eta=0.05, min_child_weight=1.0, reg_lambda=1.0)


@dataclass(frozen=True)
class BoostedTrees:
    """Fitted trees; column i of a matrix has `category_counts[i]` categories (0: numeric)."""

    booster: xgb.Booster
    category_counts: tuple[int, ...]

    def margin(self, matrix: Float32Array) -> FloatArray:
        """Return log-odds (rows,) of a matrix (rows, columns)."""
        return self.staged_margin(matrix, rounds=0)  # XGBoost reads a zero as all trees

    def staged_margin(self, matrix: Float32Array, rounds: int) -> FloatArray:
        """Return log-odds (rows,) of a matrix (rows, columns) by the first `rounds` trees."""
        margin = self.booster.predict(
            self._to_dmatrix(matrix), output_margin=True, iteration_range=(0, rounds)
        )
        return np.asarray(margin, dtype=np.float64)

    def contributions(self, matrix: Float32Array) -> FloatArray:
        """Return Shapley values (rows, columns + 1) in log-odds, the last column the base value.

        Lundberg et al., "From local explanations to global understanding with explainable AI for
        trees", Nature Machine Intelligence 2, 2020; computed by XGBoost itself.
        """
        values = self.booster.predict(self._to_dmatrix(matrix), pred_contribs=True)
        return np.asarray(values, dtype=np.float64)

    def truncated(self, rounds: int) -> "BoostedTrees":
        """Keep the first `rounds` trees."""
        return BoostedTrees(self.booster[:rounds], self.category_counts)

    def dump(self) -> bytes:
        """Serialize as UBJSON."""
        return bytes(self.booster.save_raw("ubj"))

    @classmethod
    def restore(cls, stored: bytes, category_counts: tuple[int, ...]) -> "BoostedTrees":
        """Read what `dump` wrote.

        Raises
        ------
        ModelInvalid : the bytes are damaged, or the trees have another number of columns.
        """
        # XGBoost aborts the process on bytes that do not start as UBJSON.
        if not stored.startswith(UBJSON_PREFIX) or not stored.endswith(b"}"):
            raise ModelInvalid(_("The stored trees are not XGBoost trees."))
        booster = xgb.Booster()
        try:
            booster.load_model(bytearray(stored))
        except xgb.core.XGBoostError as error:
            raise ModelInvalid(_("The stored trees are damaged.")) from error
        if booster.num_features() != len(category_counts):
            raise ModelInvalid(_("The stored trees do not match the columns."))
        return cls(booster, category_counts)

    def _to_dmatrix(self, matrix: Float32Array) -> xgb.DMatrix:
        return xgb.DMatrix(
            matrix,
            feature_types=_feature_types(self.category_counts),
            enable_categorical=True,
            nthread=thread_count(len(matrix)),
        )


def fit_trees(data: TrainingData, params: TreeParams, rounds: int, seed: int) -> BoostedTrees:
    """Fit `rounds` trees, at least one."""
    matrix = _quantile_matrix(data, bin_count(data))
    booster = xgb.train(_xgboost_params(data, params, seed), matrix, max(rounds, 1))
    return BoostedTrees(booster, data.category_counts)


def fit_early_stopping(
    data: TrainingData, validation: TrainingData, params: TreeParams, seed: int, patience: int
) -> tuple[BoostedTrees, tuple[float, ...]]:
    """Fit until `patience` trees have not lowered the log loss on `validation`.

    Returns all trees, those after the best one included, and the loss after each tree.
    """
    bins = bin_count(data)
    matrix = _quantile_matrix(data, bins)
    losses: dict[str, dict[str, list[float]]] = {}
    booster = xgb.train(
        _xgboost_params(data, params, seed),
        matrix,
        MAX_ROUNDS,
        evals=[(_quantile_matrix(validation, bins, reference=matrix), "validation")],
        early_stopping_rounds=patience,
        evals_result=losses,
        verbose_eval=False,
    )
    return BoostedTrees(booster, data.category_counts), tuple(losses["validation"]["logloss"])


def bin_count(data: TrainingData) -> int:
    """Return the bins of a numeric column: fewer on many columns or rows, to save time."""
    rows, columns = data.matrix.shape
    upper = MAX_BINS if rows <= LARGE_DATA_ROWS else MAX_BINS_LARGE_DATA
    return min(max(MAX_TOTAL_BINS // columns, MIN_BINS), upper)


def _xgboost_params(data: TrainingData, params: TreeParams, seed: int) -> dict[str, Any]:
    return {
        **asdict(params),
        "objective": "binary:logistic",
        "eval_metric": "logloss",
        "tree_method": "hist",
        "max_cat_to_onehot": MAX_ONE_HOT_CATEGORIES,
        "max_cat_threshold": 16,
        "max_bin": bin_count(data),
        "nthread": thread_count(len(data.actual)),
        "seed": seed,
    }


def _quantile_matrix(
    data: TrainingData, bins: int, reference: xgb.DMatrix | None = None
) -> xgb.QuantileDMatrix:
    # `bins` is that of the training rows: XGBoost refuses a reference with another number.
    return xgb.QuantileDMatrix(
        data.matrix,
        label=data.actual,
        feature_types=_feature_types(data.category_counts),
        enable_categorical=True,
        max_bin=bins,
        nthread=thread_count(len(data.actual)),
        ref=reference,
    )


def _feature_types(category_counts: Sequence[int]) -> list[str]:
    return ["c" if count else "q" for count in category_counts]
