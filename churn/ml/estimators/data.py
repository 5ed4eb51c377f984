"""The rows that an estimator is fitted on."""

from dataclasses import dataclass, replace

import numpy as np

from churn.ml.arrays import Float32Array, FloatArray, IndexArray


@dataclass(frozen=True)
class TrainingData:
    """Encoded rows with their outcomes.

    `matrix` (rows, columns) has numbers and category codes, NaN where a value is missing; `actual`
    (rows,) is 0 or 1; column i has `category_counts[i]` categories, 0 if it is numeric.
    """

    matrix: Float32Array
    actual: FloatArray
    category_counts: tuple[int, ...]

    def take(self, rows: IndexArray) -> "TrainingData":
        """Select the rows at these positions."""
        return TrainingData(self.matrix[rows], self.actual[rows], self.category_counts)

    def mask_unseen_categories(self, train: "TrainingData") -> "TrainingData":
        """Copy the rows, with categories that do not occur in `train` as missing.

        The encoder knows the categories of all training rows, a fold only those of its own. Without
        the mask, validation rows would be scored on categories that no estimator was fitted on.
        """
        matrix = self.matrix
        for column, category_count in enumerate(self.category_counts):
            if category_count:
                seen = np.unique(train.matrix[:, column])
                unseen = ~np.isin(matrix[:, column], seen) & ~np.isnan(matrix[:, column])
                if unseen.any():
                    matrix = matrix.copy() if matrix is self.matrix else matrix
                    matrix[unseen, column] = np.nan
        return replace(self, matrix=matrix)
