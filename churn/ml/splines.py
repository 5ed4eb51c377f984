"""Logistic regression on natural cubic splines: smooth effects that a person can follow."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from churn.exceptions import ModelInvalid
from churn.ml.arrays import Floats, Rows, Singles, sigmoid
from churn.ml.boosting import Part

KNOT_QUANTILES = (0.05, 0.275, 0.5, 0.725, 0.95)
PENALTIES = (100.0, 30.0, 10.0, 3.0, 1.0, 0.3, 0.1)
FARTHEST = 8.0  # standard deviations beyond which a value no longer moves the answer
WORK_PER_STEP = 5e9  # multiplications of one Newton step; beyond it rows are sampled
MOST_STEPS = 50
STILL = 1e-9  # spread below which a design column is constant


@dataclass(frozen=True)
class Term:
    """The design columns of one feature: splines of a number, or one column per category."""

    levels: int
    centre: float = 0.0
    scale: float = 1.0
    knots: tuple[float, ...] = ()
    has_missing: bool = False

    @property
    def width(self) -> int:
        if self.levels:
            return self.levels + self.has_missing
        return 1 + max(len(self.knots) - 2, 0) + self.has_missing

    def columns(self, values: Singles) -> Floats:
        """Design (rows, width) of a feature (rows,)."""
        numbers = values.astype(np.float64)
        missing = np.isnan(numbers)
        blocks = [self._one_hot(numbers)] if self.levels else [self._smooth(numbers, missing)]
        if self.has_missing:
            blocks.append(missing[:, None].astype(np.float64))
        return np.hstack(blocks)

    def _one_hot(self, codes: Floats) -> Floats:
        return (codes[:, None] == np.arange(self.levels)).astype(np.float64)

    def _smooth(self, numbers: Floats, missing: Rows) -> Floats:
        unit = np.clip((numbers - self.centre) / self.scale, -FARTHEST, FARTHEST)
        basis = _natural(unit, self.knots) if len(self.knots) > 2 else unit[:, None]  # noqa: PLR2004 - two knots make a line
        basis[missing] = 0.0
        return basis


@dataclass(frozen=True)
class SplineLogistic:
    """Fitted coefficients over the terms of each column, and the mean design they are told from."""

    terms: tuple[Term, ...]
    intercept: float
    coefficients: Floats
    means: Floats

    def margin(self, matrix: Singles) -> Floats:
        """Log-odds (rows,) of a matrix (rows, columns)."""
        return self.contributions(matrix).sum(axis=1)

    def contributions(self, matrix: Singles) -> Floats:
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
            terms = tuple(Term(**{**t, "knots": tuple(t["knots"])}) for t in stored["terms"])
            model = cls(
                terms,
                float(stored["intercept"]),
                np.array(stored["coefficients"], dtype=np.float64),
                np.array(stored["means"], dtype=np.float64),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ModelInvalid(f"The stored coefficients are damaged: {error}.") from error
        width = sum(term.width for term in terms)
        if not len(model.coefficients) == len(model.means) == width:
            raise ModelInvalid("The stored coefficients belong to other columns.")
        return model


def fit_splines(part: Part, penalties: tuple[float, ...], seed: int) -> list[SplineLogistic]:
    """One model per ridge penalty, from strong to weak, each started where the last one ended."""
    terms = tuple(_term(part, position) for position in range(part.matrix.shape[1]))
    rows = _sample(len(part.actual), sum(term.width for term in terms), seed)
    actual = part.actual[rows]
    columns = [term.columns(part.matrix[rows, at]) for at, term in enumerate(terms)]
    design = np.hstack([np.ones((len(rows), 1)), *columns])
    means, spread = design[:, 1:].mean(axis=0), design[:, 1:].std(axis=0)
    spread[spread < STILL] = np.inf
    design[:, 1:] = (design[:, 1:] - means) / spread
    weights = np.zeros(design.shape[1])
    weights[0] = np.log(actual.mean() / (1.0 - actual.mean()))
    models = []
    for penalty in penalties:
        weights = _newton(design, actual, penalty, weights)
        models.append(SplineLogistic(terms, float(weights[0]), weights[1:] / spread, means))
    return models


def _term(part: Part, position: int) -> Term:
    values = part.matrix[:, position].astype(np.float64)
    known = values[~np.isnan(values)]
    has_missing = len(known) < len(values)
    levels = part.level_counts[position]
    if levels or not len(known):
        return Term(levels, has_missing=has_missing)
    centre, scale = float(np.median(known)), float(known.std()) or 1.0
    knots = np.unique(np.quantile((known - centre) / scale, KNOT_QUANTILES))
    return Term(0, centre, scale, tuple(float(knot) for knot in knots), has_missing)


def _natural(unit: Floats, knots: tuple[float, ...]) -> Floats:
    """Natural cubic spline basis: Hastie, Tibshirani, Friedman, 2nd ed., equations 5.4 and 5.5."""
    last = knots[-1]
    beyond = np.clip(unit - last, 0.0, None) ** 3

    def cubic(knot: float) -> Floats:
        return (np.clip(unit - knot, 0.0, None) ** 3 - beyond) / (last - knot)

    tail = cubic(knots[-2])
    return np.column_stack([unit, *(cubic(knot) - tail for knot in knots[:-2])])


def _sample(rows: int, width: int, seed: int) -> Rows:
    most = int(max(WORK_PER_STEP / (width + 1) ** 2, 2000))
    if rows <= most:
        return np.arange(rows)
    return np.sort(np.random.default_rng(seed).choice(rows, most, replace=False))


def _newton(design: Floats, actual: Floats, penalty: float, start: Floats) -> Floats:
    """Minimise the ridge-penalised logistic loss by Newton steps, halved while they overshoot."""
    ridge = np.full(design.shape[1], penalty)
    ridge[0] = 1e-6
    weights, loss = start, _loss(design @ start, actual, ridge, start)
    for _ in range(MOST_STEPS):
        chance = sigmoid(design @ weights)
        slope = design.T @ (chance - actual) + ridge * weights
        curve = (design * (chance * (1.0 - chance))[:, None]).T @ design
        curve[np.diag_indices_from(curve)] += ridge
        step = cho_solve(cho_factor(curve), slope)
        weights, fallen = _line_search(design, actual, ridge, (weights, step, loss))
        loss -= fallen
        if fallen < 1e-8 * len(actual):
            break
    return weights


def _line_search(
    design: Floats, actual: Floats, ridge: Floats, state: tuple[Floats, Floats, float]
) -> tuple[Floats, float]:
    weights, step, loss = state
    for halvings in range(12):
        moved = weights - step / 2**halvings
        fallen = loss - _loss(design @ moved, actual, ridge, moved)
        if fallen >= 0.0:
            return moved, fallen
    return weights, 0.0


def _loss(margin: Floats, actual: Floats, ridge: Floats, weights: Floats) -> float:
    fit = np.logaddexp(0.0, margin).sum() - actual @ margin
    return float(fit + 0.5 * (ridge * weights * weights).sum())
