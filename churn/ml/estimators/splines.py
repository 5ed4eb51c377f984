"""Logistic regression on natural cubic splines: smooth effects that a person can follow."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from churn.exceptions import ModelInvalid
from churn.ml.arrays import Float32Array, FloatArray, IndexArray, sigmoid
from churn.ml.estimators.data import TrainingData

KNOT_QUANTILES = (0.05, 0.275, 0.5, 0.725, 0.95)
PENALTIES = (100.0, 30.0, 10.0, 3.0, 1.0, 0.3, 0.1)
CLIP_AT_SD = 8.0  # standard deviations beyond which a value no longer moves the answer
WORK_PER_STEP = 1e9  # multiplications of one Newton step; beyond it rows are sampled
MAX_STEPS = 50
LOSS_TOLERANCE = 1e-7  # fall of the mean loss at which a fit is done
MAX_SPLINE_COLUMNS = 400  # design columns above which numbers have straight effects
MAX_LEVELS = 400  # categories with a column of their own, shared out among the features
CONSTANT_SD = 1e-9  # spread below which a design column is constant


@dataclass(frozen=True)
class Term:
    """The design columns of one feature: splines of a number, or one for each category kept."""

    levels: int
    kept: tuple[int, ...] = ()
    centre: float = 0.0
    scale: float = 1.0
    knots: tuple[float, ...] = ()
    has_missing: bool = False

    @property
    def width(self) -> int:
        if self.levels:
            return len(self.kept) + self.has_missing
        return 1 + max(len(self.knots) - 2, 0) + self.has_missing

    def columns(self, values: Float32Array) -> FloatArray:
        """Design (rows, width) of a feature (rows,)."""
        numbers = values.astype(np.float64)
        missing = np.isnan(numbers)
        blocks = [self._one_hot(numbers)] if self.levels else [self._smooth(numbers, missing)]
        if self.has_missing:
            blocks.append(missing[:, None].astype(np.float64))
        return np.hstack(blocks)

    def _one_hot(self, codes: FloatArray) -> FloatArray:
        return (codes[:, None] == np.array(self.kept)).astype(np.float64)

    def _smooth(self, numbers: FloatArray, missing: IndexArray) -> FloatArray:
        unit = np.clip((numbers - self.centre) / self.scale, -CLIP_AT_SD, CLIP_AT_SD)
        basis = _natural_spline_basis(unit, self.knots) if len(self.knots) > 2 else unit[:, None]  # noqa: PLR2004 - two knots make a line
        basis[missing] = 0.0
        return basis


@dataclass(frozen=True)
class SplineLogistic:
    """Fitted coefficients over the terms of each column, and the mean design they are told from."""

    terms: tuple[Term, ...]
    intercept: float
    coefficients: FloatArray
    means: FloatArray

    def margin(self, matrix: Float32Array) -> FloatArray:
        """Log-odds (rows,) of a matrix (rows, columns)."""
        return self.contributions(matrix).sum(axis=1)

    def contributions(self, matrix: Float32Array) -> FloatArray:
        """Effects (rows, columns + 1) in log-odds against the mean training customer."""
        effects = np.empty((len(matrix), len(self.terms) + 1))
        effects[:, -1] = self.intercept
        start = 0
        for position, term in enumerate(self.terms):
            part = slice(start, start + term.width)
            design = term.columns(matrix[:, position])
            effects[:, position] = (design - self.means[part]) @ self.coefficients[part]
            start += term.width
        return effects

    def to_dict(self) -> dict[str, Any]:
        return {
            "terms": [
                {
                    "levels": term.levels,
                    "kept": list(term.kept),
                    "centre": term.centre,
                    "scale": term.scale,
                    "knots": list(term.knots),
                    "has_missing": term.has_missing,
                }
                for term in self.terms
            ],
            "intercept": self.intercept,
            "coefficients": self.coefficients.tolist(),
            "means": self.means.tolist(),
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> "SplineLogistic":
        try:
            terms = tuple(_term_of(term) for term in stored["terms"])
            model = cls(
                terms,
                float(stored["intercept"]),
                np.array(stored["coefficients"], dtype=np.float64),
                np.array(stored["means"], dtype=np.float64),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ModelInvalid(
                "The stored coefficients are damaged: {error}.", error=error
            ) from error
        width = sum(term.width for term in terms)
        if not len(model.coefficients) == len(model.means) == width:
            raise ModelInvalid("The stored coefficients belong to other columns.")
        return model


def fit_splines(
    part: TrainingData, penalties: Sequence[float], seed: int
) -> Iterator[SplineLogistic]:
    """Yield a model for each ridge penalty; from strong to weak, each starts at the last one.

    With more than 400 design columns numbers have straight effects and each word keeps its most
    frequent categories; rows are sampled by `seed` where a step would take too long.
    """
    terms = _terms(part)
    rows = _sample(len(part.actual), sum(term.width for term in terms), seed)
    actual = part.actual[rows]
    design = np.hstack([term.columns(part.matrix[rows, at]) for at, term in enumerate(terms)])
    means, spread = design.mean(axis=0), design.std(axis=0)
    spread[spread < CONSTANT_SD] = np.inf
    reduced, back = _rotate_to_row_space((design - means) / spread)
    weights = np.zeros(reduced.shape[1] + 1)
    weights[0] = np.log(actual.mean() / (1.0 - actual.mean()))
    columns = np.hstack([np.ones((len(rows), 1)), reduced])
    for penalty in penalties:
        weights = _newton(columns, actual, penalty, weights)
        yield SplineLogistic(terms, float(weights[0]), back @ weights[1:] / spread, means)


def _rotate_to_row_space(design: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Turn wide designs into as many columns as rows, and give the way back.

    A ridge solution lies in the space of the rows, and turning it changes no penalty.
    """
    rows, width = design.shape
    if width <= rows:
        return design, np.eye(width)
    back = np.linalg.qr(design.T)[0]
    return design @ back, back


def _terms(part: TrainingData) -> tuple[Term, ...]:
    positions = range(part.matrix.shape[1])
    words = sum(levels > 0 for levels in part.category_counts)
    most = max(MAX_LEVELS // max(words, 1), 2)
    curved = tuple(_term(part, position, most, KNOT_QUANTILES) for position in positions)
    if sum(term.width for term in curved) <= MAX_SPLINE_COLUMNS:
        return curved
    return tuple(_term(part, position, most, ()) for position in positions)


def _term(part: TrainingData, position: int, most: int, quantiles: tuple[float, ...]) -> Term:
    values = part.matrix[:, position].astype(np.float64)
    known = values[~np.isnan(values)]
    has_missing = len(known) < len(values)
    levels = part.category_counts[position]
    if levels or not len(known):
        return Term(levels, _frequent(known, most), has_missing=has_missing)
    centre, scale = float(np.median(known)), float(known.std()) or 1.0
    knots = np.unique(np.quantile((known - centre) / scale, quantiles)) if quantiles else ()
    return Term(0, (), centre, scale, tuple(float(knot) for knot in knots), has_missing)


def _frequent(codes: FloatArray, most: int) -> tuple[int, ...]:
    found, counts = np.unique(codes, return_counts=True)
    kept = found[np.argsort(-counts, kind="stable")[:most]]
    return tuple(sorted(int(code) for code in kept))


def _term_of(stored: Mapping[str, Any]) -> Term:
    return Term(**{**stored, "kept": tuple(stored["kept"]), "knots": tuple(stored["knots"])})


def _natural_spline_basis(unit: FloatArray, knots: tuple[float, ...]) -> FloatArray:
    """Natural cubic spline basis: Hastie, Tibshirani, Friedman, 2nd ed., equations 5.4 and 5.5."""
    last = knots[-1]
    beyond = np.clip(unit - last, 0.0, None) ** 3

    def cubic(knot: float) -> FloatArray:
        return (np.clip(unit - knot, 0.0, None) ** 3 - beyond) / (last - knot)

    tail = cubic(knots[-2])
    return np.column_stack([unit, *(cubic(knot) - tail for knot in knots[:-2])])


def _sample(rows: int, width: int, seed: int) -> IndexArray:
    most = int(max(WORK_PER_STEP / (width + 1) ** 2, 2000))
    if rows <= most:
        return np.arange(rows)
    return np.sort(np.random.default_rng(seed).choice(rows, most, replace=False))


def _newton(
    design: FloatArray, actual: FloatArray, penalty: float, start: FloatArray
) -> FloatArray:
    """Minimise the ridge-penalised logistic loss by Newton steps, halved while they overshoot."""
    ridge = np.full(design.shape[1], penalty)
    ridge[0] = 1e-6
    weights, loss = start, _loss(design @ start, actual, ridge, start)
    for _ in range(MAX_STEPS):
        chance = sigmoid(design @ weights)
        slope = design.T @ (chance - actual) + ridge * weights
        curve = (design * (chance * (1.0 - chance))[:, None]).T @ design
        curve[np.diag_indices_from(curve)] += ridge
        step = cho_solve(cho_factor(curve), slope)
        weights, fallen = _line_search(design, actual, ridge, (weights, step, loss))
        loss -= fallen
        if fallen < LOSS_TOLERANCE * len(actual):
            break
    return weights


def _line_search(
    design: FloatArray,
    actual: FloatArray,
    ridge: FloatArray,
    state: tuple[FloatArray, FloatArray, float],
) -> tuple[FloatArray, float]:
    weights, step, loss = state
    for halvings in range(12):
        moved = weights - step / 2**halvings
        fallen = loss - _loss(design @ moved, actual, ridge, moved)
        if fallen >= 0.0:
            return moved, fallen
    return weights, 0.0


def _loss(margin: FloatArray, actual: FloatArray, ridge: FloatArray, weights: FloatArray) -> float:
    fit = np.logaddexp(0.0, margin).sum() - actual @ margin
    return float(fit + 0.5 * (ridge * weights * weights).sum())
