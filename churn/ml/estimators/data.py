"""The rows an estimator is fitted on."""

from dataclasses import dataclass, replace

import numpy as np

from churn.ml.arrays import Float32Array, FloatArray, IndexArray


@dataclass(frozen=True)
class TrainingData:
    """Rows to fit on: matrix (rows, columns), outcomes (rows,), categories of each column."""

    matrix: Float32Array
    actual: FloatArray
    category_counts: tuple[int, ...]

    def take(self, rows: IndexArray) -> "TrainingData":
        return TrainingData(self.matrix[rows], self.actual[rows], self.category_counts)

    def mask_unseen_categories(self, fit: "TrainingData") -> "TrainingData":
        """Copy the rows, with categories that do not occur in `fit` as missing."""
        matrix = self.matrix
        for column, levels in enumerate(self.category_counts):
            if levels:
                seen = np.unique(fit.matrix[:, column])
                unmet = ~np.isin(matrix[:, column], seen) & ~np.isnan(matrix[:, column])
                if unmet.any():
                    matrix = matrix.copy() if matrix is self.matrix else matrix
                    matrix[unmet, column] = np.nan
        return replace(self, matrix=matrix)
