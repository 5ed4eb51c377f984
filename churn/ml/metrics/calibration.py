"""Calibration of probabilities: reliability table and expected calibration error."""

import numpy as np

from churn.ml.arrays import FloatArray

BINS = 10


def reliability(actual: FloatArray, probability: FloatArray) -> list[dict[str, float]]:
    """Ten bins of equal width: rows, mean score and churn rate of those that hold any."""
    bins = np.minimum((probability * BINS).astype(int), BINS - 1)
    table = []
    for bin_ in np.unique(bins):
        inside = bins == bin_
        table.append(
            {
                "rows": int(inside.sum()),
                "mean_score": float(probability[inside].mean()),
                "churn_rate": float(actual[inside].mean()),
            }
        )
    return table


def expected_calibration_error(actual: FloatArray, probability: FloatArray) -> float:
    """Mean gap of score and rate over ten bins of equal width (Guo et al., ICML 2017)."""
    table = reliability(actual, probability)
    gap = sum(row["rows"] * abs(row["mean_score"] - row["churn_rate"]) for row in table)
    return gap / len(actual)
