"""The fitted pipeline: encoder, ensemble members, calibration and threshold."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import polars as pl

from churn.ml.arrays import BoolArray, Float32Array, FloatArray, sigmoid
from churn.ml.estimators import BoostedTrees, SplineLogistic
from churn.ml.metrics import Threshold
from churn.ml.pipeline.encoder import Encoder
from churn.ml.schema import Feature

Estimator: TypeAlias = BoostedTrees | SplineLogistic


@dataclass(frozen=True)
class Member:
    """A fitted estimator and its weight in the margin of the ensemble."""

    name: str
    weight: float
    model: Estimator


@dataclass(frozen=True)
class ChurnModel:
    """Everything needed to score customers.

    The margin is `intercept + sum(weight * margin of a member)` in log-odds, where the effects of
    missing values shrink with the number of their cases in training. `metadata` says how
    the model was trained; `drift_baseline` is the training distribution that drift is measured
    against.
    """

    encoder: Encoder
    members: tuple[Member, ...]
    intercept: float
    threshold: Threshold
    metadata: Mapping[str, Any] = field(default_factory=dict)
    drift_baseline: Mapping[str, Any] = field(default_factory=dict)

    @property
    def features(self) -> tuple[Feature, ...]:
        """Features that the customers to be scored must have."""
        return self.encoder.features

    def margins(self, frame: pl.DataFrame) -> FloatArray:
        """Return log-odds (rows,) of the customers of a frame.

        Raises
        ------
        SchemaInvalid : a column of the training frame is absent.
        """
        return self.margins_from_matrix(self.encoder.encode(frame))

    def margins_from_matrix(self, matrix: Float32Array) -> FloatArray:
        """Return log-odds (rows,) of an encoded matrix (rows, columns)."""
        total = np.full(len(matrix), self.intercept)
        for member in self.members:
            total += member.weight * member.model.margin(matrix)
        surplus = self._missing_surplus(matrix)
        rows = np.flatnonzero(surplus.any(axis=1))
        if len(rows):
            effects = self._contributions(matrix[rows])[:, :-1]
            total[rows] -= (effects * surplus[rows]).sum(axis=1)
        return total

    def probabilities(self, frame: pl.DataFrame) -> FloatArray:
        """Return calibrated churn probabilities (rows,), 0 to 1."""
        return sigmoid(self.margins(frame))

    def predict(self, probability: FloatArray) -> BoolArray:
        """Return whether each probability (rows,) reaches the threshold."""
        return probability >= self.threshold.value

    def contributions(self, frame: pl.DataFrame) -> FloatArray:
        """Return effects (rows, columns + 1) in log-odds, the base value last.

        Each row sums to its margin: the members are blended in log-odds, so the contributions of
        the ensemble are the weighted sums of theirs (docs/decisions/0005).
        """
        matrix = self.encoder.encode(frame)
        total = self._contributions(matrix)
        total[:, :-1] *= 1.0 - self._missing_surplus(matrix)
        return total

    def _missing_surplus(self, matrix: Float32Array) -> FloatArray:
        """Return the share (rows, columns) of each effect that too few cases support."""
        surplus = 1.0 - np.array([column.missing_weight for column in self.encoder.columns])
        return np.isnan(matrix) * surplus

    def _contributions(self, matrix: Float32Array) -> FloatArray:
        """Return the contributions of the members to their blend."""
        total = np.zeros((len(matrix), len(self.encoder.columns) + 1))
        total[:, -1] = self.intercept
        for member in self.members:
            total += member.weight * member.model.contributions(matrix)
        return total
