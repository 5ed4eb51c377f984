"""Calibration of probabilities: reliability table and expected calibration error.

scikit-learn has the curve without the bin sizes, and no calibration error, so this is own code.
"""

import numpy as np

from churn.ml.arrays import FloatArray

BINS = 10


def reliability(actual: FloatArray, probability: FloatArray) -> list[dict[str, float]]:
    """Return rows, mean score and churn rate of ten bins of equal width, empty bins left out."""
    # A probability of exactly 1 belongs to the last bin.
    bin_of_row = np.minimum((probability * BINS).astype(int), BINS - 1)
    table = []
    for number in np.unique(bin_of_row):
        inside = bin_of_row == number
        table.append(
            {
                "rows": int(inside.sum()),
                "mean_score": float(probability[inside].mean()),
                "churn_rate": float(actual[inside].mean()),
            }
        )
    return table


def expected_calibration_error(actual: FloatArray, probability: FloatArray) -> float:
    """Return the mean gap of score and churn rate over ten bins (Guo et al., ICML 2017)."""
    table = reliability(actual, probability)
    gap = sum(row["rows"] * abs(row["mean_score"] - row["churn_rate"]) for row in table)
    return gap / len(actual)
