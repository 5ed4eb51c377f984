"""The array types that the model side passes around, and the two links between them."""

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
Float32Array = NDArray[np.float32]
IndexArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


def sigmoid(margin: FloatArray) -> FloatArray:
    """Probability of a margin in log-odds."""
    return np.exp(-np.logaddexp(0.0, -margin))


def log_loss(actual: FloatArray, margin: FloatArray) -> float:
    """Mean negative log-likelihood of margins in log-odds, exact where probabilities round to 1."""
    return float(np.mean(np.logaddexp(0.0, margin) - actual * margin))
