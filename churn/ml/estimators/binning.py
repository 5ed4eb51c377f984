"""Bins of the columns, each bin a possible split of a symmetric tree."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from churn.ml.arrays import BoolArray, Float32Array, FloatArray, IndexArray
from churn.ml.estimators.data import TrainingData

# Borders of a numeric column: 63 are enough for few rows, and on many columns fewer save time.
MAX_TOTAL_BORDERS, MIN_BORDERS, MAX_BORDERS = 1_500, 15, 63


@dataclass(frozen=True)
class BinnedColumns:
    """Bins of all columns under one numbering; the first bin of a column is for missing values.

    The first bin also takes the numbers below the lowest border. Each other bin stands for a split,
    which sends a row to the right if its number reaches the border, or if it has the category.
    """

    borders: tuple[Float32Array, ...]
    is_categorical: tuple[bool, ...]

    @classmethod
    def fit(cls, data: TrainingData) -> "BinnedColumns":
        is_categorical = tuple(count > 0 for count in data.category_counts)
        upper = min(max(MAX_TOTAL_BORDERS // len(is_categorical), MIN_BORDERS), MAX_BORDERS)
        borders = tuple(
            _distinct(values) if categorical else _quantile_borders(values, upper)
            for values, categorical in zip(data.matrix.T, is_categorical, strict=True)
        )
        return cls(borders, is_categorical)

    @cached_property
    def sizes(self) -> IndexArray:
        """Bins of each column (columns,)."""
        return np.array([len(borders) + 1 for borders in self.borders])

    @cached_property
    def starts(self) -> IndexArray:
        """First bin of each column (columns,)."""
        return np.cumsum(self.sizes) - self.sizes

    @cached_property
    def column_of_bin(self) -> IndexArray:
        """Column of each bin (bins,)."""
        return np.repeat(np.arange(len(self.sizes)), self.sizes)

    @cached_property
    def _last_bin_of_column(self) -> IndexArray:
        """Last bin of the column of each bin (bins,)."""
        return (self.starts + self.sizes - 1)[self.column_of_bin]

    @cached_property
    def _is_bin_categorical(self) -> BoolArray:
        return np.array(self.is_categorical)[self.column_of_bin]

    def encode(self, matrix: Float32Array) -> IndexArray:
        """Return the bin of each value (columns, rows) of a matrix (rows, columns)."""
        codes = np.empty(matrix.T.shape, dtype=np.int64)
        for column, borders in enumerate(self.borders):
            values = matrix[:, column]
            bins = np.searchsorted(borders, values, side="right")
            is_known = (
                np.isin(values, borders) if self.is_categorical[column] else ~np.isnan(values)
            )
            codes[column] = self.starts[column] + np.where(is_known, bins, 0)
        return codes

    def goes_right(self, codes: IndexArray, split: int) -> BoolArray:
        """Return whether each row (rows,) goes to the right at a split."""
        column = self.column_of_bin[split]
        bins = codes[column]
        return bins == split if self.is_categorical[column] else bins >= split

    def right_sums(self, histograms: FloatArray) -> FloatArray:
        """Sum, for each split, the histograms (..., bins) over the rows that go to the right."""
        cumulative = histograms.cumsum(axis=-1)
        at_or_above = cumulative[..., self._last_bin_of_column] - cumulative + histograms
        return np.where(self._is_bin_categorical, histograms, at_or_above)

    def border(self, split: int) -> float:
        """Return the number or category code that a split compares with."""
        column = self.column_of_bin[split]
        return float(self.borders[column][split - self.starts[column] - 1])

    def leaves(self, codes: IndexArray, splits: tuple[int, ...]) -> IndexArray:
        """Return the leaf of each row (rows,), numbered from the left."""
        leaf = np.zeros(codes.shape[1], dtype=np.int64)
        for split in splits:
            leaf = 2 * leaf + self.goes_right(codes, split)
        return leaf


def _distinct(values: Float32Array) -> Float32Array:
    return np.unique(values[~np.isnan(values)])


def _quantile_borders(values: Float32Array, upper: int) -> Float32Array:
    """Return the distinct values of a column, at most `upper` of them at even quantiles."""
    distinct = _distinct(values)
    if len(distinct) <= upper:
        return distinct
    shares = np.arange(1, upper + 1) / (upper + 1)
    # A border has to be a value that occurs: "higher" does not interpolate.
    return np.unique(np.nanquantile(values, shares, method="higher"))
