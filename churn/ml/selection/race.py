"""Selection of candidates by their log loss on rows they were not fitted on."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from churn.ml.arrays import FloatArray, log_loss_from_margin
from churn.ml.estimators import LogitBlend, TrainingData, fit_stacking_weights, platt_calibrate
from churn.ml.progress import ProgressCallback
from churn.ml.selection.candidates import Candidate, CandidateResult, validation_outcomes
from churn.ml.selection.splits import Fold

BLEND = "blend"
MIN_WEIGHT = 0.03  # a member with less is dropped: it would cost as much time as any other


@dataclass(frozen=True)
class SelectionResult:
    """The winner: its members and the line over their margins; every candidate's loss by name."""

    winner: str
    members: tuple[CandidateResult, ...]
    line: LogitBlend
    losses: dict[str, float]

    def margin(self) -> FloatArray:
        """Return log-odds (rows,) of the winner on the validation rows."""
        return self.line.apply(_margins(self.members))


def select_candidates(
    data: TrainingData,
    folds: Sequence[Fold],
    candidates: Sequence[Candidate],
    *,
    seed: int,
    on_progress: ProgressCallback,
) -> SelectionResult:
    """Cross-validate every candidate on the same folds and blend those that contribute.

    Where one member alone is left, and where there is one candidate only, the candidate with the
    lowest loss is calibrated instead.
    """
    results = []
    for position, candidate in enumerate(candidates):
        on_progress(candidate.name, position / len(candidates))
        results.append(candidate.cross_validate(data, folds, seed))
    actual = validation_outcomes(data, folds)
    losses = {result.name: result.loss for result in results}
    weights = fit_stacking_weights(_margins(results), actual).weights
    members = [r for r, weight in zip(results, weights, strict=True) if weight >= MIN_WEIGHT]
    if len(members) > 1:
        sizes = [len(fold.validation) for fold in folds]
        losses[BLEND] = _cross_validated_blend_loss(_margins(results), actual, sizes)
        line = fit_stacking_weights(_margins(members), actual)
        return SelectionResult(BLEND, tuple(members), line, losses)
    best = min(results, key=lambda result: result.loss)
    return SelectionResult(best.name, (best,), platt_calibrate(best.margin, actual), losses)


def _cross_validated_blend_loss(margins: FloatArray, actual: FloatArray, sizes: list[int]) -> float:
    """Return the log loss of the blend on each fold, with weights fitted on the other folds.

    A single fold is cut into two halves.
    """
    is_single = len(sizes) == 1
    fold_of_row = (
        np.arange(len(actual)) % 2 if is_single else np.repeat(np.arange(len(sizes)), sizes)
    )
    blended = np.empty(len(actual))
    for number in np.unique(fold_of_row):
        inside = fold_of_row == number
        line = fit_stacking_weights(margins[~inside], actual[~inside])
        blended[inside] = line.apply(margins[inside])
    return log_loss_from_margin(actual, blended)


def _margins(results: Sequence[CandidateResult]) -> FloatArray:
    """Return the margins (rows, members) side by side."""
    return np.column_stack([result.margin for result in results])
