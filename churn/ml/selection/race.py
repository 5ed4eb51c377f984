"""Which model fits these customers best, decided on rows it was not fitted on."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from churn.ml.arrays import Floats, Rows, log_loss
from churn.ml.estimators.boosting import (
    DEEP,
    MEDIUM,
    SHALLOW,
    Trees,
    TreeShape,
    fit_stopping,
    fit_trees,
)
from churn.ml.estimators.data import Part
from churn.ml.estimators.splines import PENALTIES, SplineLogistic, fit_splines
from churn.ml.estimators.stacking import Line, blend, repair
from churn.ml.estimators.symmetric import SYMMETRIC, fit_symmetric, fit_symmetric_stopping
from churn.ml.progress import Progress

BLEND = "blend"
LEAST_WEIGHT = 0.03
HASTE = 4.0
FEW_ROWS = 3_000  # up to which symmetric trees see more than others; above, too little for the time
WORSE_IN_A_ROW = 2  # penalties past the best one, after which no weaker one is tried
GROWTH_ON_ALL_ROWS = 1.1  # a fit on all rows bears a few more trees than one on two thirds

Fit = Trees | SplineLogistic
Pair = tuple[Rows, Rows]


@dataclass(frozen=True)
class Trial:
    """One contestant's answers (rows,) on rows it was not fitted on, and how to fit it again."""

    name: str
    margin: Floats
    loss: float
    setting: float  # rounds or penalty
    fitted: tuple[Fit, ...]
    refit: Callable[[Part], Fit]


class Contestant(Protocol):
    """A kind of model and its settings."""

    @property
    def name(self) -> str: ...

    def try_out(self, part: Part, pairs: Sequence[Pair], seed: int) -> Trial: ...

    def hastened(self) -> "Contestant": ...

    def suits(self, rows: int) -> bool: ...


@dataclass(frozen=True)
class TreeContestant:
    """Boosted trees; their number is the one of the least mean loss over the folds."""

    name: str
    shape: TreeShape
    patience: int = 50

    def suits(self, rows: int) -> bool:
        return rows > 0

    def hastened(self) -> "TreeContestant":
        """Lengthen the steps and stop sooner, for many rows."""
        return replace(self, shape=self.shape.hastened(HASTE), patience=10)

    def fit(self, part: Part, rounds: int, seed: int) -> Trees:
        return fit_trees(part, self.shape, rounds, seed)

    def fit_stopping(self, part: Part, check: Part, seed: int) -> tuple[Trees, tuple[float, ...]]:
        return fit_stopping(part, check, self.shape, seed, self.patience)

    def try_out(self, part: Part, pairs: Sequence[Pair], seed: int) -> Trial:
        sides = [_sides(part, pair) for pair in pairs]
        fits = [self.fit_stopping(fit, check, seed) for fit, check in sides]
        shortest = min(len(losses) for _, losses in fits)
        rounds = int(np.mean([losses[:shortest] for _, losses in fits], axis=0).argmin()) + 1
        margin = [
            trees.margin_after(check.matrix, rounds)
            for (trees, _), (_, check) in zip(fits, sides, strict=True)
        ]
        fitted = tuple(trees.first(rounds) for trees, _ in fits)
        more = round(rounds * GROWTH_ON_ALL_ROWS)
        return _trial(
            self.name,
            (part, pairs, margin),
            (rounds, fitted, lambda all_rows: self.fit(all_rows, more, seed)),
        )


@dataclass(frozen=True)
class SymmetricContestant(TreeContestant):
    """Boosted symmetric trees, for few rows."""

    def suits(self, rows: int) -> bool:
        return rows <= FEW_ROWS

    def fit(self, part: Part, rounds: int, seed: int) -> Trees:
        return fit_symmetric(part, self.shape, rounds, seed)

    def fit_stopping(self, part: Part, check: Part, seed: int) -> tuple[Trees, tuple[float, ...]]:
        return fit_symmetric_stopping(part, check, self.shape, seed, self.patience)


@dataclass(frozen=True)
class SplineContestant:
    """Spline logistic regression; its penalty is the one of the least loss over the folds."""

    name: str = "splines"
    penalties: tuple[float, ...] = PENALTIES

    def suits(self, rows: int) -> bool:
        return rows > 0

    def hastened(self) -> "SplineContestant":
        return self

    def try_out(self, part: Part, pairs: Sequence[Pair], seed: int) -> Trial:
        sides = [_sides(part, pair) for pair in pairs]
        actual = _checked(part, pairs)
        paths = [fit_splines(fit, self.penalties, seed) for fit, _ in sides]
        walked: list[tuple[float, tuple[SplineLogistic, ...], list[Floats]]] = []
        for models in zip(*paths, strict=True):
            margins = [m.margin(check.matrix) for m, (_, check) in zip(models, sides, strict=True)]
            walked.append((log_loss(actual, np.concatenate(margins)), models, margins))
            if _is_past_best([loss for loss, _, _ in walked]):
                break
        best = int(np.argmin([loss for loss, _, _ in walked]))
        path = self.penalties[: best + 1]
        return _trial(
            self.name,
            (part, pairs, walked[best][2]),
            (path[-1], walked[best][1], lambda all_rows: _last(fit_splines(all_rows, path, seed))),
        )


def _is_past_best(losses: Sequence[float]) -> bool:
    return len(losses) - 1 - int(np.argmin(losses)) >= WORSE_IN_A_ROW


def _last(models: Iterator[SplineLogistic]) -> SplineLogistic:
    return list(models)[-1]


SHALLOW_TREES = TreeContestant("shallow trees", SHALLOW)
MEDIUM_TREES = TreeContestant("medium trees", MEDIUM)
DEEP_TREES = TreeContestant("deep trees", DEEP)
SYMMETRIC_TREES = SymmetricContestant("symmetric trees", SYMMETRIC)
SPLINES = SplineContestant()
FIELD: tuple[Contestant, ...] = (
    SHALLOW_TREES,
    MEDIUM_TREES,
    DEEP_TREES,
    SYMMETRIC_TREES,
    SPLINES,
)


@dataclass(frozen=True)
class Verdict:
    """The winner as the trials it is made of and their line; every contestant's loss by name."""

    winner: str
    trials: tuple[Trial, ...]
    line: Line
    losses: dict[str, float]

    def margin(self) -> Floats:
        """Log-odds of the winner on the checked rows."""
        return self.line.apply(_columns(self.trials))


def run_race(
    part: Part, pairs: Sequence[Pair], field: Sequence[Contestant], seed: int, step: Progress
) -> Verdict:
    """Try every contestant on the same (fit, check) rows and weigh them by what they got right.

    A blend of no use beside its best member leaves that member alone; so does a field of one.
    """
    trials = []
    for position, contestant in enumerate(field):
        step(contestant.name, position / len(field))
        trials.append(contestant.try_out(part, pairs, seed))
    actual = _checked(part, pairs)
    losses = {trial.name: trial.loss for trial in trials}
    weights = blend(_columns(trials), actual).weights
    kept = [t for t, weight in zip(trials, weights, strict=True) if weight >= LEAST_WEIGHT]
    if len(kept) > 1:
        losses[BLEND] = _blended_loss(_columns(trials), actual, [len(check) for _, check in pairs])
        return Verdict(BLEND, tuple(kept), blend(_columns(kept), actual), losses)
    best = min(trials, key=lambda trial: trial.loss)
    return Verdict(best.name, (best,), repair(best.margin, actual), losses)


def _blended_loss(margins: Floats, actual: Floats, sizes: list[int]) -> float:
    """Log loss of the blend on each fold with the weights of the others; halves of a single one."""
    single = len(sizes) == 1
    of_row = np.arange(len(actual)) % 2 if single else np.repeat(np.arange(len(sizes)), sizes)
    blended = np.empty(len(actual))
    for fold in np.unique(of_row):
        mine = of_row == fold
        blended[mine] = blend(margins[~mine], actual[~mine]).apply(margins[mine])
    return log_loss(actual, blended)


def _columns(trials: Sequence[Trial]) -> Floats:
    return np.column_stack([trial.margin for trial in trials])


def _sides(part: Part, pair: Pair) -> tuple[Part, Part]:
    fit, check = part.take(pair[0]), part.take(pair[1])
    return fit, check.as_met_by(fit)


def _checked(part: Part, pairs: Sequence[Pair]) -> Floats:
    return part.actual[np.concatenate([check for _, check in pairs])]


def _trial(
    name: str,
    answered: tuple[Part, Sequence[Pair], list[Floats]],
    fitted: tuple[float, tuple[Fit, ...], Callable[[Part], Fit]],
) -> Trial:
    part, pairs, margins = answered
    setting, members, refit = fitted
    margin = np.concatenate(margins)
    return Trial(name, margin, log_loss(_checked(part, pairs), margin), setting, members, refit)
