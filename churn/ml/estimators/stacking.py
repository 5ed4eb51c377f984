"""Probabilities that mean what they say: the check, the repair, and the blend of several models.

Both the repair and the blend are a line in log-odds, so that contributions stay exact: a margin is
`intercept + sum(weight * margin of a member)`. The repair is Platt's (1999) on held-out margins,
the blend logistic stacking with weights that are never negative (Breiman, "Stacked regressions",
1996).
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from churn.ml.arrays import Floats, log_loss, sigmoid

EVENNESS = 1e-3  # pull of the weights towards equal shares, against chance on few rows
REPAIR_GAIN = 4.6  # log-likelihood: two parameters at a significance of one per cent


@dataclass(frozen=True, slots=True)
class Line:
    """`intercept + margins @ weights`."""

    weights: tuple[float, ...]
    intercept: float

    def apply(self, margins: Floats) -> Floats:
        """Log-odds (rows,) of the members' margins (rows, members)."""
        return self.intercept + margins @ np.array(self.weights)


UNCHANGED = Line((1.0,), 0.0)


def blend(margins: Floats, actual: Floats) -> Line:
    """Find weights of members (rows, members), none negative, of the least log loss."""
    members = margins.shape[1]
    even = 1.0 / members

    def loss(point: Floats) -> tuple[float, Floats]:
        weights, intercept = point[:members], point[members]
        margin = margins @ weights + intercept
        error = sigmoid(margin) - actual
        slope = margins.T @ error / len(actual) + 2 * EVENNESS * (weights - even)
        value = log_loss(actual, margin) + EVENNESS * float(((weights - even) ** 2).sum())
        return value, np.append(slope, error.mean())

    bounds = [(0.0, None)] * members + [(None, None)]
    start = np.append(np.full(members, even), 0.0)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x
    return Line(tuple(float(weight) for weight in found[:members]), float(found[members]))


def repair(margin: Floats, actual: Floats) -> Line:
    """Fit the line that calibrates held-out margins (rows,), unless its gain may be chance."""
    line = blend(margin[:, None], actual)
    gain = log_loss(actual, margin) - log_loss(actual, line.apply(margin[:, None]))
    if gain * len(actual) < REPAIR_GAIN or line.weights[0] <= 0.0:
        return UNCHANGED
    return line
