"""Array types, and the two functions of log-odds that several packages need."""

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
Float32Array = NDArray[np.float32]
IndexArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


def sigmoid(margin: FloatArray) -> FloatArray:
    """Convert margins in log-odds to probabilities, element by element."""
    return np.exp(-np.logaddexp(0.0, -margin))


def log_loss(actual: FloatArray, margin: FloatArray) -> float:
    """Return the mean negative log-likelihood of margins in log-odds; both of shape (rows,).

    Exact where the probability would be rounded to 0 or 1.
    """
    return float(np.mean(np.logaddexp(0.0, margin) - actual * margin))
