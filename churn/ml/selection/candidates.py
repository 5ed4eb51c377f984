"""The candidates of the selection: kinds of estimators with their settings."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from churn.ml.arrays import FloatArray, log_loss_from_margin
from churn.ml.estimators import (
    DEEP,
    MEDIUM,
    PENALTIES,
    SHALLOW,
    SYMMETRIC,
    BoostedTrees,
    SplineLogistic,
    TrainingData,
    TreeParams,
    fit_early_stopping,
    fit_splines,
    fit_symmetric,
    fit_symmetric_early_stopping,
    fit_trees,
)
from churn.ml.pipeline import Estimator
from churn.ml.selection.splits import Fold

LARGE_DATA_ETA_FACTOR = 4.0
LARGE_DATA_PATIENCE = 10
MAX_SYMMETRIC_ROWS = 3_000  # above, they double the time of the selection for .0003 of AUC
PENALTY_PATIENCE = 2  # penalties past the best one, after which no weaker one is tried
REFIT_ROUNDS_FACTOR = 1.1  # a fit on all rows supports more trees than one on a part of them


@dataclass(frozen=True)
class CandidateResult:
    """The cross-validated margin (rows,) of a candidate, in the order of the validation rows.

    `setting` is the number of rounds or the penalty; `fitted` has the estimator of each fold, and
    `refit` fits one on other rows with that setting.
    """

    name: str
    margin: FloatArray
    loss: float
    setting: float
    fitted: tuple[Estimator, ...]
    refit: Callable[[TrainingData], Estimator]


class Candidate(Protocol):
    """A kind of estimator with its settings."""

    @property
    def name(self) -> str: ...

    def cross_validate(
        self, data: TrainingData, folds: Sequence[Fold], seed: int
    ) -> CandidateResult: ...

    def with_larger_steps(self) -> "Candidate": ...

    def supports(self, rows: int) -> bool: ...


@dataclass(frozen=True)
class TreeCandidate:
    """Boosted trees; their number is the one with the lowest mean loss over the folds."""

    name: str
    params: TreeParams
    patience: int = 50

    def supports(self, rows: int) -> bool:
        return rows > 0

    def with_larger_steps(self) -> "TreeCandidate":
        """Raise the learning rate and stop sooner, for many rows."""
        params = self.params.with_larger_steps(LARGE_DATA_ETA_FACTOR)
        return replace(self, params=params, patience=LARGE_DATA_PATIENCE)

    def fit(self, data: TrainingData, rounds: int, seed: int) -> BoostedTrees:
        return fit_trees(data, self.params, rounds, seed)

    def fit_early_stopping(
        self, data: TrainingData, validation: TrainingData, seed: int
    ) -> tuple[BoostedTrees, tuple[float, ...]]:
        return fit_early_stopping(data, validation, self.params, seed, self.patience)

    def cross_validate(
        self, data: TrainingData, folds: Sequence[Fold], seed: int
    ) -> CandidateResult:
        sides = [_split_fold(data, fold) for fold in folds]
        fits = [self.fit_early_stopping(train, validation, seed) for train, validation in sides]
        shortest = min(len(losses) for _, losses in fits)
        rounds = int(np.mean([losses[:shortest] for _, losses in fits], axis=0).argmin()) + 1
        margin = np.concatenate(
            [
                trees.staged_margin(validation.matrix, rounds)
                for (trees, _), (_, validation) in zip(fits, sides, strict=True)
            ]
        )
        refit_rounds = round(rounds * REFIT_ROUNDS_FACTOR)
        return CandidateResult(
            name=self.name,
            margin=margin,
            loss=log_loss_from_margin(validation_outcomes(data, folds), margin),
            setting=rounds,
            fitted=tuple(trees.truncated(rounds) for trees, _ in fits),
            refit=lambda all_rows: self.fit(all_rows, refit_rounds, seed),
        )


@dataclass(frozen=True)
class SymmetricTreeCandidate(TreeCandidate):
    """Boosted symmetric trees, for few rows."""

    def supports(self, rows: int) -> bool:
        return rows <= MAX_SYMMETRIC_ROWS

    def fit(self, data: TrainingData, rounds: int, seed: int) -> BoostedTrees:
        return fit_symmetric(data, self.params, rounds, seed)

    def fit_early_stopping(
        self, data: TrainingData, validation: TrainingData, seed: int
    ) -> tuple[BoostedTrees, tuple[float, ...]]:
        return fit_symmetric_early_stopping(data, validation, self.params, seed, self.patience)


@dataclass(frozen=True)
class SplineCandidate:
    """Spline logistic regression; its penalty is the one with the lowest loss over the folds."""

    name: str = "splines"
    penalties: tuple[float, ...] = PENALTIES

    def supports(self, rows: int) -> bool:
        return rows > 0

    def with_larger_steps(self) -> "SplineCandidate":
        return self

    def cross_validate(
        self, data: TrainingData, folds: Sequence[Fold], seed: int
    ) -> CandidateResult:
        sides = [_split_fold(data, fold) for fold in folds]
        actual = validation_outcomes(data, folds)
        fits: list[tuple[SplineLogistic, ...]] = []
        margins: list[FloatArray] = []
        losses: list[float] = []
        # The folds advance together: once the loss has risen, no weaker penalty is fitted.
        for models in zip(
            *(fit_splines(train, self.penalties, seed) for train, _ in sides), strict=True
        ):
            fits.append(models)
            margins.append(
                np.concatenate(
                    [
                        model.margin(validation.matrix)
                        for model, (_, validation) in zip(models, sides, strict=True)
                    ]
                )
            )
            losses.append(log_loss_from_margin(actual, margins[-1]))
            if len(losses) - 1 - int(np.argmin(losses)) >= PENALTY_PATIENCE:
                break
        best = int(np.argmin(losses))
        path = self.penalties[: best + 1]
        return CandidateResult(
            name=self.name,
            margin=margins[best],
            loss=losses[best],
            setting=path[-1],
            fitted=fits[best],
            refit=lambda all_rows: list(fit_splines(all_rows, path, seed))[-1],
        )


SHALLOW_TREES = TreeCandidate("shallow trees", SHALLOW)
MEDIUM_TREES = TreeCandidate("medium trees", MEDIUM)
DEEP_TREES = TreeCandidate("deep trees", DEEP)
SYMMETRIC_TREES = SymmetricTreeCandidate("symmetric trees", SYMMETRIC)
SPLINES = SplineCandidate()
CANDIDATES: tuple[Candidate, ...] = (
    SHALLOW_TREES,
    MEDIUM_TREES,
    DEEP_TREES,
    SYMMETRIC_TREES,
    SPLINES,
)


def validation_outcomes(data: TrainingData, folds: Sequence[Fold]) -> FloatArray:
    """Return the outcomes (rows,) of the validation rows, fold after fold."""
    return data.actual[np.concatenate([fold.validation for fold in folds])]


def _split_fold(data: TrainingData, fold: Fold) -> tuple[TrainingData, TrainingData]:
    train = data.take(fold.train)
    return train, data.take(fold.validation).mask_unseen_categories(train)
