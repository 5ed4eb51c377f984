"""Array types of the model side, and the logistic link between margins and probabilities."""

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
Float32Array = NDArray[np.float32]
IndexArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


def sigmoid(margin: FloatArray) -> FloatArray:
    """Return the probabilities (rows,) of margins (rows,) in log-odds."""
    # Not 1 / (1 + exp(-margin)), which overflows for large negative margins.
    return np.exp(-np.logaddexp(0.0, -margin))


def log_loss_from_margin(actual: FloatArray, margin: FloatArray) -> float:
    """Return the mean negative log-likelihood of margins (rows,) in log-odds.

    Exact even where the probability would round to 0 or 1.
    """
    return float(np.mean(np.logaddexp(0.0, margin) - actual * margin))
