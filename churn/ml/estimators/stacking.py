"""Platt calibration and stacking of ensemble members, linear in log-odds.

Both fit one line: a margin is `intercept + sum(weight * margin of a member)`. Isotonic regression
is no line, so contributions would no longer add up to the margin. That is why this is own code:
scikit-learn calibrates and stacks probabilities.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from churn.ml.arrays import FloatArray, log_loss_from_margin, sigmoid

WEIGHT_SHRINKAGE = 1e-3  # penalty towards equal weights, against overfitting on few rows
MIN_CALIBRATION_GAIN = 4.6  # log-likelihood: two parameters at a significance level of 1 %


@dataclass(frozen=True, slots=True)
class LogitBlend:
    """The line `intercept + margins @ weights`."""

    weights: tuple[float, ...]
    intercept: float

    def apply(self, margins: FloatArray) -> FloatArray:
        """Return log-odds (rows,) for the margins of the members (rows, members)."""
        return self.intercept + margins @ np.array(self.weights)


IDENTITY = LogitBlend((1.0,), 0.0)


def fit_stacking_weights(margins: FloatArray, actual: FloatArray) -> LogitBlend:
    """Find the non-negative weights of the members (rows, members) with the lowest log loss.

    Logistic stacking on out-of-fold margins; the constraint is that of Breiman, "Stacked
    regressions", Machine Learning 24, 1996.
    """
    members = margins.shape[1]
    equal = 1.0 / members

    def objective(parameters: FloatArray) -> tuple[float, FloatArray]:
        weights, intercept = parameters[:members], parameters[members]
        margin = margins @ weights + intercept
        residual = sigmoid(margin) - actual
        gradient = margins.T @ residual / len(actual) + 2 * WEIGHT_SHRINKAGE * (weights - equal)
        value = log_loss_from_margin(actual, margin) + WEIGHT_SHRINKAGE * float(
            ((weights - equal) ** 2).sum()
        )
        return value, np.append(gradient, residual.mean())

    bounds = [(0.0, None)] * members + [(None, None)]
    start = np.append(np.full(members, equal), 0.0)
    found = minimize(objective, start, jac=True, method="L-BFGS-B", bounds=bounds).x
    return LogitBlend(tuple(float(weight) for weight in found[:members]), float(found[members]))


def platt_calibrate(margin: FloatArray, actual: FloatArray) -> LogitBlend:
    """Fit a sigmoid to out-of-fold margins (rows,); return IDENTITY unless the gain is significant.

    Platt, "Probabilistic outputs for support vector machines", 1999. A weight of zero is rejected,
    because it would give every customer the same score.
    """
    line = fit_stacking_weights(margin[:, None], actual)
    gain = log_loss_from_margin(actual, margin) - log_loss_from_margin(
        actual, line.apply(margin[:, None])
    )
    if gain * len(actual) < MIN_CALIBRATION_GAIN or line.weights[0] <= 0.0:
        return IDENTITY
    return line
