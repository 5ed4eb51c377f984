"""Which model fits these customers best, decided on rows it was not fitted on."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from churn.ml.arrays import FloatArray, IndexArray, log_loss
from churn.ml.estimators.boosting import (
    DEEP,
    MEDIUM,
    SHALLOW,
    BoostedTrees,
    TreeParams,
    fit_early_stopping,
    fit_trees,
)
from churn.ml.estimators.data import TrainingData
from churn.ml.estimators.splines import PENALTIES, SplineLogistic, fit_splines
from churn.ml.estimators.stacking import LogitBlend, blend, platt_calibrate
from churn.ml.estimators.symmetric import SYMMETRIC, fit_symmetric, fit_symmetric_early_stopping
from churn.ml.progress import ProgressCallback

BLEND = "blend"
MIN_WEIGHT = 0.03
LARGE_DATA_ETA_FACTOR = 4.0
FEW_ROWS = 3_000  # up to which symmetric trees see more than others; above, too little for the time
PENALTY_PATIENCE = 2  # penalties past the best one, after which no weaker one is tried
REFIT_ROUNDS_FACTOR = 1.1  # a fit on all rows bears a few more trees than one on two thirds

Fit = BoostedTrees | SplineLogistic
Pair = tuple[IndexArray, IndexArray]


@dataclass(frozen=True)
class CandidateResult:
    """One contestant's answers (rows,) on rows it was not fitted on, and how to fit it again."""

    name: str
    margin: FloatArray
    loss: float
    setting: float  # rounds or penalty
    fitted: tuple[Fit, ...]
    refit: Callable[[TrainingData], Fit]


class Candidate(Protocol):
    """A kind of model and its settings."""

    @property
    def name(self) -> str: ...

    def cross_validate(
        self, part: TrainingData, pairs: Sequence[Pair], seed: int
    ) -> CandidateResult: ...

    def with_larger_steps(self) -> "Candidate": ...

    def supports(self, rows: int) -> bool: ...


@dataclass(frozen=True)
class TreeContestant:
    """Boosted trees; their number is the one of the least mean loss over the folds."""

    name: str
    shape: TreeParams
    patience: int = 50

    def supports(self, rows: int) -> bool:
        return rows > 0

    def with_larger_steps(self) -> "TreeContestant":
        """Lengthen the steps and stop sooner, for many rows."""
        return replace(self, shape=self.shape.with_larger_steps(LARGE_DATA_ETA_FACTOR), patience=10)

    def fit(self, part: TrainingData, rounds: int, seed: int) -> BoostedTrees:
        return fit_trees(part, self.shape, rounds, seed)

    def fit_early_stopping(
        self, part: TrainingData, check: TrainingData, seed: int
    ) -> tuple[BoostedTrees, tuple[float, ...]]:
        return fit_early_stopping(part, check, self.shape, seed, self.patience)

    def cross_validate(
        self, part: TrainingData, pairs: Sequence[Pair], seed: int
    ) -> CandidateResult:
        sides = [_split_fold(part, pair) for pair in pairs]
        fits = [self.fit_early_stopping(fit, check, seed) for fit, check in sides]
        shortest = min(len(losses) for _, losses in fits)
        rounds = int(np.mean([losses[:shortest] for _, losses in fits], axis=0).argmin()) + 1
        margin = [
            trees.staged_margin(check.matrix, rounds)
            for (trees, _), (_, check) in zip(fits, sides, strict=True)
        ]
        fitted = tuple(trees.first(rounds) for trees, _ in fits)
        more = round(rounds * REFIT_ROUNDS_FACTOR)
        return _trial(
            self.name,
            (part, pairs, margin),
            (rounds, fitted, lambda all_rows: self.fit(all_rows, more, seed)),
        )


@dataclass(frozen=True)
class SymmetricContestant(TreeContestant):
    """Boosted symmetric trees, for few rows."""

    def supports(self, rows: int) -> bool:
        return rows <= FEW_ROWS

    def fit(self, part: TrainingData, rounds: int, seed: int) -> BoostedTrees:
        return fit_symmetric(part, self.shape, rounds, seed)

    def fit_early_stopping(
        self, part: TrainingData, check: TrainingData, seed: int
    ) -> tuple[BoostedTrees, tuple[float, ...]]:
        return fit_symmetric_early_stopping(part, check, self.shape, seed, self.patience)


@dataclass(frozen=True)
class SplineContestant:
    """Spline logistic regression; its penalty is the one of the least loss over the folds."""

    name: str = "splines"
    penalties: tuple[float, ...] = PENALTIES

    def supports(self, rows: int) -> bool:
        return rows > 0

    def with_larger_steps(self) -> "SplineContestant":
        return self

    def cross_validate(
        self, part: TrainingData, pairs: Sequence[Pair], seed: int
    ) -> CandidateResult:
        sides = [_split_fold(part, pair) for pair in pairs]
        actual = _checked(part, pairs)
        paths = [fit_splines(fit, self.penalties, seed) for fit, _ in sides]
        walked: list[tuple[float, tuple[SplineLogistic, ...], list[FloatArray]]] = []
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
    return len(losses) - 1 - int(np.argmin(losses)) >= PENALTY_PATIENCE


def _last(models: Iterator[SplineLogistic]) -> SplineLogistic:
    return list(models)[-1]


SHALLOW_TREES = TreeContestant("shallow trees", SHALLOW)
MEDIUM_TREES = TreeContestant("medium trees", MEDIUM)
DEEP_TREES = TreeContestant("deep trees", DEEP)
SYMMETRIC_TREES = SymmetricContestant("symmetric trees", SYMMETRIC)
SPLINES = SplineContestant()
CANDIDATES: tuple[Candidate, ...] = (
    SHALLOW_TREES,
    MEDIUM_TREES,
    DEEP_TREES,
    SYMMETRIC_TREES,
    SPLINES,
)


@dataclass(frozen=True)
class SelectionResult:
    """The winner as the trials it is made of and their line; every contestant's loss by name."""

    winner: str
    trials: tuple[CandidateResult, ...]
    line: LogitBlend
    losses: dict[str, float]

    def margin(self) -> FloatArray:
        """Log-odds of the winner on the checked rows."""
        return self.line.apply(_columns(self.trials))


def select_candidates(
    part: TrainingData,
    pairs: Sequence[Pair],
    field: Sequence[Candidate],
    seed: int,
    step: ProgressCallback,
) -> SelectionResult:
    """Try every contestant on the same (fit, check) rows and weigh them by what they got right.

    A blend of no use beside its best member leaves that member alone; so does a field of one.
    """
    trials = []
    for position, contestant in enumerate(field):
        step(contestant.name, position / len(field))
        trials.append(contestant.cross_validate(part, pairs, seed))
    actual = _checked(part, pairs)
    losses = {trial.name: trial.loss for trial in trials}
    weights = blend(_columns(trials), actual).weights
    kept = [t for t, weight in zip(trials, weights, strict=True) if weight >= MIN_WEIGHT]
    if len(kept) > 1:
        losses[BLEND] = _cross_validated_blend_loss(
            _columns(trials), actual, [len(check) for _, check in pairs]
        )
        return SelectionResult(BLEND, tuple(kept), blend(_columns(kept), actual), losses)
    best = min(trials, key=lambda trial: trial.loss)
    return SelectionResult(best.name, (best,), platt_calibrate(best.margin, actual), losses)


def _cross_validated_blend_loss(margins: FloatArray, actual: FloatArray, sizes: list[int]) -> float:
    """Log loss of the blend on each fold with the weights of the others; halves of a single one."""
    single = len(sizes) == 1
    of_row = np.arange(len(actual)) % 2 if single else np.repeat(np.arange(len(sizes)), sizes)
    blended = np.empty(len(actual))
    for fold in np.unique(of_row):
        mine = of_row == fold
        blended[mine] = blend(margins[~mine], actual[~mine]).apply(margins[mine])
    return log_loss(actual, blended)


def _columns(trials: Sequence[CandidateResult]) -> FloatArray:
    return np.column_stack([trial.margin for trial in trials])


def _split_fold(part: TrainingData, pair: Pair) -> tuple[TrainingData, TrainingData]:
    fit, check = part.take(pair[0]), part.take(pair[1])
    return fit, check.mask_unseen_categories(fit)


def _checked(part: TrainingData, pairs: Sequence[Pair]) -> FloatArray:
    return part.actual[np.concatenate([check for _, check in pairs])]


def _trial(
    name: str,
    answered: tuple[TrainingData, Sequence[Pair], list[FloatArray]],
    fitted: tuple[float, tuple[Fit, ...], Callable[[TrainingData], Fit]],
) -> CandidateResult:
    part, pairs, margins = answered
    setting, members, refit = fitted
    margin = np.concatenate(margins)
    return CandidateResult(
        name, margin, log_loss(_checked(part, pairs), margin), setting, members, refit
    )
