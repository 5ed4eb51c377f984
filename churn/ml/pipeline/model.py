"""The fitted pipeline: preprocessing, members, calibration and threshold in one frozen value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl

from churn.ml.arrays import BoolArray, Float32Array, FloatArray, sigmoid
from churn.ml.estimators.boosting import BoostedTrees
from churn.ml.estimators.splines import SplineLogistic
from churn.ml.metrics.thresholds import Threshold
from churn.ml.pipeline.encoder import Encoder
from churn.ml.schema import Feature


@dataclass(frozen=True)
class Member:
    """One fitted model and its weight in the margin."""

    name: str
    weight: float
    model: BoostedTrees | SplineLogistic


@dataclass(frozen=True)
class ChurnModel:
    """Everything needed to score customers that were never seen.

    The margin is `intercept + sum(weight * margin of a member)` in log-odds. `about` says where the
    model comes from; `reference` is the training distribution that drift is measured against.
    """

    encoder: Encoder
    members: tuple[Member, ...]
    intercept: float
    threshold: Threshold
    about: Mapping[str, Any] = field(default_factory=dict)
    reference: Mapping[str, Any] = field(default_factory=dict)

    @property
    def features(self) -> tuple[Feature, ...]:
        """What the customers to be scored must have."""
        return self.encoder.features

    def margins(self, frame: pl.DataFrame) -> FloatArray:
        """Log-odds (rows,).

        Raises
        ------
        SchemaInvalid : a column of the training frame is absent.
        """
        return self.margins_from_matrix(self.encoder.encode(frame))

    def margins_from_matrix(self, matrix: Float32Array) -> FloatArray:
        """Log-odds (rows,) of an encoded matrix (rows, columns)."""
        total = np.full(len(matrix), self.intercept)
        for member in self.members:
            total += member.weight * member.model.margin(matrix)
        return total

    def probabilities(self, frame: pl.DataFrame) -> FloatArray:
        """Calibrated chances of churn (rows,), 0 to 1."""
        return sigmoid(self.margins(frame))

    def churns(self, probability: FloatArray) -> BoolArray:
        """Whether each probability (rows,) reaches the threshold."""
        return probability >= self.threshold.value

    def contributions(self, frame: pl.DataFrame) -> FloatArray:
        """Effects (rows, columns + 1) in log-odds, base value last; each row sums to its margin."""
        matrix = self.encoder.encode(frame)
        total = np.zeros((frame.height, len(self.encoder.columns) + 1))
        total[:, -1] = self.intercept
        for member in self.members:
            total += member.weight * member.model.contributions(matrix)
        return total
