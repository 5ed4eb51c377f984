"""Probabilities that mean what they say: the check, the repair, and the blend of several models.

Both the repair and the blend are a line in log-odds, so that contributions stay exact: a margin is
`intercept + sum(weight * margin of a member)`. The repair is Platt's (1999) on held-out margins,
the blend logistic stacking with weights that are never negative (Breiman, "Stacked regressions",
1996).
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from churn.ml.arrays import FloatArray, log_loss, sigmoid

WEIGHT_SHRINKAGE = 1e-3  # pull of the weights towards equal shares, against chance on few rows
MIN_CALIBRATION_GAIN = 4.6  # log-likelihood: two parameters at a significance of one per cent


@dataclass(frozen=True, slots=True)
class LogitBlend:
    """`intercept + margins @ weights`."""

    weights: tuple[float, ...]
    intercept: float

    def apply(self, margins: FloatArray) -> FloatArray:
        """Log-odds (rows,) of the members' margins (rows, members)."""
        return self.intercept + margins @ np.array(self.weights)


IDENTITY = LogitBlend((1.0,), 0.0)


def blend(margins: FloatArray, actual: FloatArray) -> LogitBlend:
    """Find weights of members (rows, members), none negative, of the least log loss."""
    members = margins.shape[1]
    even = 1.0 / members

    def loss(point: FloatArray) -> tuple[float, FloatArray]:
        weights, intercept = point[:members], point[members]
        margin = margins @ weights + intercept
        error = sigmoid(margin) - actual
        slope = margins.T @ error / len(actual) + 2 * WEIGHT_SHRINKAGE * (weights - even)
        value = log_loss(actual, margin) + WEIGHT_SHRINKAGE * float(((weights - even) ** 2).sum())
        return value, np.append(slope, error.mean())

    bounds = [(0.0, None)] * members + [(None, None)]
    start = np.append(np.full(members, even), 0.0)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x
    return LogitBlend(tuple(float(weight) for weight in found[:members]), float(found[members]))


def platt_calibrate(margin: FloatArray, actual: FloatArray) -> LogitBlend:
    """Fit the line that calibrates held-out margins (rows,), unless its gain may be chance."""
    line = blend(margin[:, None], actual)
    gain = log_loss(actual, margin) - log_loss(actual, line.apply(margin[:, None]))
    if gain * len(actual) < MIN_CALIBRATION_GAIN or line.weights[0] <= 0.0:
        return IDENTITY
    return line
