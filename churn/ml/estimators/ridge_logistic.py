"""Newton solver of ridge-penalized logistic regression.

Own code: scikit-learn's `newton-cholesky` reaches the same loss, but takes 1.1 times as long on
100,000 rows and 3 times as long on 600 (docs/decisions/0014).
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from churn.ml.arrays import FloatArray, sigmoid

MAX_STEPS = 50
MAX_HALVINGS = 12
LOSS_TOLERANCE = 1e-7  # decrease of the mean loss at which a fit has converged
INTERCEPT_PENALTY = 1e-6  # keeps the Hessian positive definite; too small to move the intercept


@dataclass(frozen=True)
class RidgeLogistic:
    """Logistic regression of `actual` (rows,) on `design` (rows, columns), intercept first."""

    design: FloatArray
    actual: FloatArray

    def solve(self, penalty: float, start: FloatArray) -> FloatArray:
        """Minimize the penalized loss by Newton steps, halved while they overshoot.

        `start` and the result are coefficients (columns,).
        """
        ridge = np.full(self.design.shape[1], penalty)
        ridge[0] = INTERCEPT_PENALTY
        weights, loss = start, self._loss(start, ridge)
        for _ in range(MAX_STEPS):
            step = self._newton_step(weights, ridge)
            weights, decrease = self._line_search(weights, step, loss, ridge)
            loss -= decrease
            if decrease < LOSS_TOLERANCE * len(self.actual):
                break
        return weights

    def _newton_step(self, weights: FloatArray, ridge: FloatArray) -> FloatArray:
        probability = sigmoid(self.design @ weights)
        gradient = self.design.T @ (probability - self.actual) + ridge * weights
        variance = probability * (1.0 - probability)
        hessian = (self.design * variance[:, None]).T @ self.design
        hessian[np.diag_indices_from(hessian)] += ridge
        return cho_solve(cho_factor(hessian), gradient)

    def _line_search(
        self, weights: FloatArray, step: FloatArray, loss: float, ridge: FloatArray
    ) -> tuple[FloatArray, float]:
        """Return the weights of the first halved step that does not raise the loss, and its gain.

        On separable outcomes a whole step can overshoot; if all do, the weights stay as they are.
        """
        for halvings in range(MAX_HALVINGS):
            moved = weights - step / 2**halvings
            decrease = loss - self._loss(moved, ridge)
            if decrease >= 0.0:
                return moved, decrease
        return weights, 0.0

    def _loss(self, weights: FloatArray, ridge: FloatArray) -> float:
        margin = self.design @ weights
        log_likelihood = self.actual @ margin - np.logaddexp(0.0, margin).sum()
        return float(0.5 * (ridge * weights * weights).sum() - log_likelihood)
