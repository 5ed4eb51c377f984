"""The rows an estimator is fitted on."""

from dataclasses import dataclass, replace

import numpy as np

from churn.ml.arrays import Floats, Rows, Singles


@dataclass(frozen=True)
class Part:
    """Rows to fit on: matrix (rows, columns), outcomes (rows,), categories of each column."""

    matrix: Singles
    actual: Floats
    level_counts: tuple[int, ...]

    def take(self, rows: Rows) -> "Part":
        return Part(self.matrix[rows], self.actual[rows], self.level_counts)

    def as_met_by(self, fit: "Part") -> "Part":
        """Copy the rows, with categories that do not occur in `fit` as missing."""
        matrix = self.matrix
        for column, levels in enumerate(self.level_counts):
            if levels:
                seen = np.unique(fit.matrix[:, column])
                unmet = ~np.isin(matrix[:, column], seen) & ~np.isnan(matrix[:, column])
                if unmet.any():
                    matrix = matrix.copy() if matrix is self.matrix else matrix
                    matrix[unmet, column] = np.nan
        return replace(self, matrix=matrix)
