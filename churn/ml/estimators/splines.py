"""Logistic regression on natural cubic splines: smooth effects, exact contributions."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from churn.exceptions import ModelInvalid
from churn.ml.arrays import BoolArray, Float32Array, FloatArray, IndexArray
from churn.ml.estimators.data import TrainingData
from churn.ml.estimators.ridge_logistic import RidgeLogistic
from churn.ml.i18n.messages import gettext_noop as _

# Harrell's places for five knots (Regression Modeling Strategies, 2001, section 2.4).
KNOT_QUANTILES = (0.05, 0.275, 0.5, 0.725, 0.95)
# Strongest first: each fit starts at the last solution, and a selection stops once the loss
# rises.
PENALTIES = (100.0, 30.0, 10.0, 3.0, 1.0, 0.3, 0.1)
CLIP_AT_SD = 8.0  # standard deviations beyond which a value has no further effect
MAX_STEP_MULTIPLICATIONS = 1e9  # of one Newton step; beyond it rows are sampled
MIN_SAMPLE = 2_000
MAX_SPLINE_COLUMNS = 400  # design columns above which numbers have linear effects
MAX_CATEGORY_COLUMNS = 400  # design columns of categories, shared out among the features
CONSTANT_SD = 1e-9  # standard deviation below which a design column is constant


@dataclass(frozen=True)
class Term:
    """The design columns of one feature: splines of a number, or one column per category.

    `categories` are the codes with a column of their own, of `category_count` in all (0: numeric).
    `centre`, `scale` and `knots` are in the units of the feature and of its standard deviation.
    """

    category_count: int
    categories: tuple[int, ...] = ()
    centre: float = 0.0
    scale: float = 1.0
    knots: tuple[float, ...] = ()
    has_missing: bool = False

    @property
    def width(self) -> int:
        """Number of design columns."""
        if self.category_count:
            return len(self.categories) + self.has_missing
        return 1 + max(len(self.knots) - 2, 0) + self.has_missing

    def design(self, values: Float32Array) -> FloatArray:
        """Return the design columns (rows, width) of a feature (rows,)."""
        numbers = values.astype(np.float64)
        missing = np.isnan(numbers)
        if self.category_count:
            columns = (numbers[:, None] == np.array(self.categories)).astype(np.float64)
        else:
            columns = self._splines(numbers, missing)
        if not self.has_missing:
            return columns
        return np.hstack([columns, missing[:, None].astype(np.float64)])

    def to_dict(self) -> dict[str, Any]:
        """Return the stored form; its keys are those of stored models and do not change."""
        return {
            "levels": self.category_count,
            "kept": list(self.categories),
            "centre": self.centre,
            "scale": self.scale,
            "knots": list(self.knots),
            "has_missing": self.has_missing,
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> "Term":
        return cls(
            category_count=stored["levels"],
            categories=tuple(stored["kept"]),
            centre=stored["centre"],
            scale=stored["scale"],
            knots=tuple(stored["knots"]),
            has_missing=stored["has_missing"],
        )

    def _splines(self, numbers: FloatArray, missing: BoolArray) -> FloatArray:
        unit = np.clip((numbers - self.centre) / self.scale, -CLIP_AT_SD, CLIP_AT_SD)
        is_linear = len(self.knots) <= 2  # noqa: PLR2004 - two knots make a line
        basis = unit[:, None] if is_linear else _natural_spline_basis(unit, self.knots)
        basis[missing] = 0.0
        return basis


@dataclass(frozen=True)
class SplineLogistic:
    """Fitted coefficients of the terms, and the mean of each design column in training."""

    terms: tuple[Term, ...]
    intercept: float
    coefficients: FloatArray
    means: FloatArray

    def margin(self, matrix: Float32Array) -> FloatArray:
        """Return log-odds (rows,) of a matrix (rows, columns)."""
        return self.contributions(matrix).sum(axis=1)

    def contributions(self, matrix: Float32Array) -> FloatArray:
        """Return effects (rows, columns + 1) in log-odds, the base value last.

        An effect is the difference from the mean over the training customers.
        """
        effects = np.empty((len(matrix), len(self.terms) + 1))
        effects[:, -1] = self.intercept
        start = 0
        for position, term in enumerate(self.terms):
            columns = slice(start, start + term.width)
            centred = term.design(matrix[:, position]) - self.means[columns]
            # Not a matrix product: BLAS sums in an order that depends on the number of rows, so
            # that the last digit of a score would depend on the batch it was computed in.
            effects[:, position] = (centred * self.coefficients[columns]).sum(axis=1)
            start += term.width
        return effects

    def to_dict(self) -> dict[str, Any]:
        return {
            "terms": [term.to_dict() for term in self.terms],
            "intercept": self.intercept,
            "coefficients": self.coefficients.tolist(),
            "means": self.means.tolist(),
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> "SplineLogistic":
        """Read what `to_dict` wrote.

        Raises
        ------
        ModelInvalid : an entry is absent or damaged, or the lengths do not fit the terms.
        """
        try:
            terms = tuple(Term.from_dict(term) for term in stored["terms"])
            model = cls(
                terms,
                float(stored["intercept"]),
                np.array(stored["coefficients"], dtype=np.float64),
                np.array(stored["means"], dtype=np.float64),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ModelInvalid(
                _("The stored coefficients are damaged: {error}."), error=error
            ) from error
        width = sum(term.width for term in terms)
        if not len(model.coefficients) == len(model.means) == width:
            raise ModelInvalid(_("The stored coefficients do not match the columns."))
        return model


def fit_splines(
    data: TrainingData, penalties: Sequence[float], seed: int
) -> Iterator[SplineLogistic]:
    """Yield one model per ridge penalty, strongest first; each fit starts at the last solution.

    With more than 400 design columns numbers have linear effects and each feature keeps its most
    frequent categories; rows are sampled by `seed` where a Newton step would take too long.
    """
    terms = _fit_terms(data)
    rows = _sample(len(data.actual), sum(term.width for term in terms), seed)
    actual = data.actual[rows]
    design = np.hstack([term.design(data.matrix[rows, i]) for i, term in enumerate(terms)])
    means, deviations = design.mean(axis=0), design.std(axis=0)
    # Division by infinity makes a constant column zero, and its coefficient with it.
    deviations[deviations < CONSTANT_SD] = np.inf
    rotated, back = _rotate_to_row_space((design - means) / deviations)
    weights = np.zeros(rotated.shape[1] + 1)
    weights[0] = np.log(actual.mean() / (1.0 - actual.mean()))
    problem = RidgeLogistic(np.hstack([np.ones((len(rows), 1)), rotated]), actual)
    for penalty in penalties:
        weights = problem.solve(penalty, weights)
        coefficients = back @ weights[1:] / deviations
        yield SplineLogistic(terms, float(weights[0]), coefficients, means)


def _rotate_to_row_space(design: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Reduce a wide design (rows, width) to as many columns as rows; return the way back as well.

    A ridge solution lies in the space of the rows, and a rotation leaves the penalty unchanged.
    """
    rows, width = design.shape
    if width <= rows:
        return design, np.eye(width)
    back = np.linalg.qr(design.T)[0]
    return design @ back, back


def _fit_terms(data: TrainingData) -> tuple[Term, ...]:
    positions = range(data.matrix.shape[1])
    categorical = sum(count > 0 for count in data.category_counts)
    upper = max(MAX_CATEGORY_COLUMNS // max(categorical, 1), 2)
    terms = tuple(_fit_term(data, position, upper, KNOT_QUANTILES) for position in positions)
    if sum(term.width for term in terms) <= MAX_SPLINE_COLUMNS:
        return terms
    return tuple(_fit_term(data, position, upper, ()) for position in positions)


def _fit_term(
    data: TrainingData, position: int, max_categories: int, quantiles: tuple[float, ...]
) -> Term:
    values = data.matrix[:, position].astype(np.float64)
    known = values[~np.isnan(values)]
    has_missing = len(known) < len(values)
    category_count = data.category_counts[position]
    if category_count or not len(known):
        categories = _most_frequent(known, max_categories)
        return Term(category_count, categories, has_missing=has_missing)
    centre, scale = float(np.median(known)), float(known.std()) or 1.0
    knots = np.unique(np.quantile((known - centre) / scale, quantiles)) if quantiles else ()
    return Term(
        category_count=0,
        centre=centre,
        scale=scale,
        knots=tuple(float(knot) for knot in knots),
        has_missing=has_missing,
    )


def _most_frequent(codes: FloatArray, count: int) -> tuple[int, ...]:
    distinct, rows = np.unique(codes, return_counts=True)
    largest = distinct[np.argsort(-rows, kind="stable")[:count]]
    return tuple(sorted(int(code) for code in largest))


def _natural_spline_basis(unit: FloatArray, knots: tuple[float, ...]) -> FloatArray:
    """Return the natural cubic spline basis (rows, knots - 1) of values (rows,).

    Hastie, Tibshirani and Friedman, "The Elements of Statistical Learning", 2nd edition, 2009,
    equations 5.4 and 5.5.
    """
    last = knots[-1]
    beyond = np.clip(unit - last, 0.0, None) ** 3

    def cubic(knot: float) -> FloatArray:
        return (np.clip(unit - knot, 0.0, None) ** 3 - beyond) / (last - knot)

    tail = cubic(knots[-2])
    return np.column_stack([unit, *(cubic(knot) - tail for knot in knots[:-2])])


def _sample(rows: int, width: int, seed: int) -> IndexArray:
    upper = int(max(MAX_STEP_MULTIPLICATIONS / (width + 1) ** 2, MIN_SAMPLE))
    if rows <= upper:
        return np.arange(rows)
    return np.sort(np.random.default_rng(seed).choice(rows, upper, replace=False))
