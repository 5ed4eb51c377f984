"""The array types that the model side passes around, and the two links between them."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Rows = NDArray[np.int64]
Flags = NDArray[np.bool_]


def sigmoid(margin: Floats) -> Floats:
    """Probability of a margin in log-odds."""
    return np.exp(-np.logaddexp(0.0, -margin))


def log_loss(actual: Floats, margin: Floats) -> float:
    """Mean negative log-likelihood of margins in log-odds, exact where probabilities round to 1."""
    return float(np.mean(np.logaddexp(0.0, margin) - actual * margin))
