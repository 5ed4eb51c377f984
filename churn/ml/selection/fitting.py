"""Selection of candidates, and the fit of the winner on all training rows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from churn.ml.arrays import FloatArray, IndexArray
from churn.ml.estimators import TrainingData
from churn.ml.pipeline import Estimator, Member
from churn.ml.progress import ProgressCallback, subrange
from churn.ml.selection.candidates import Candidate
from churn.ml.selection.race import SelectionResult, select_candidates
from churn.ml.selection.splits import Fold, make_folds, make_holdout

# Above, one tenth held out decides as well as folds do, at a third of the cost.
LARGE_DATA_ROWS = 50_000
# Up to here five folds: the third of the rows that three folds hold out is missed in the fit.
SMALL_DATA_ROWS = 10_000
VALIDATION_SHARE = 0.1


@dataclass(frozen=True)
class SelectionConfig:
    """The candidates, the trials of a search for further tree parameters, and the seed."""

    candidates: tuple[Candidate, ...]
    trials: int = 0
    seed: int = 42


@dataclass(frozen=True)
class OutOfFold:
    """Margins (rows,) in log-odds of training rows that the estimators were not fitted on.

    `rows` (rows,) are their positions, fold after fold, with `fold_sizes` rows each.
    """

    rows: IndexArray
    margin: FloatArray
    fold_sizes: list[int]


@dataclass(frozen=True)
class FittedEnsemble:
    """Members and intercept of the margin, how they were selected, and out-of-fold margins."""

    members: tuple[Member, ...]
    intercept: float
    winner: str
    losses: dict[str, float]
    settings: dict[str, float]
    out_of_fold: OutOfFold


def select_and_fit(
    data: TrainingData,
    groups: IndexArray,
    config: SelectionConfig,
    on_progress: ProgressCallback,
) -> FittedEnsemble:
    """Fit the best candidate, or the blend of candidates, on all rows of `data`.

    Candidates that do not support this number of rows are left out. Up to 50,000 rows, folds decide
    and the winners are fitted again on all rows. Above, candidates are selected on a sample of
    50,000; the winners are fitted on nine tenths and stopped early on the last tenth.
    Rows of one group (rows,) stay on one side throughout.
    """
    rows = len(data.actual)
    supported = tuple(each for each in config.candidates if each.supports(rows))
    config = replace(config, candidates=supported)
    if rows > LARGE_DATA_ROWS:
        return _fit_large(data, groups, config, on_progress)
    folds = make_folds(data.actual, groups, _fold_count(data), config.seed)
    _, result = _select(data, folds, config, subrange(on_progress, 0.0, 0.9))
    on_progress("fit", 0.9)
    return _to_ensemble(result, [member.refit(data) for member in result.members], folds)


def _fit_large(
    data: TrainingData, groups: IndexArray, config: SelectionConfig, on_progress: ProgressCallback
) -> FittedEnsemble:
    chosen: Sequence[Candidate] = config.candidates
    losses: dict[str, float] = {}
    if len(config.candidates) > 1 or config.trials:
        chosen, losses = _select_on_sample(data, groups, config, subrange(on_progress, 0.0, 0.7))
    fold = make_holdout(data.actual, groups, VALIDATION_SHARE, config.seed)
    result = select_candidates(
        data,
        [fold],
        [candidate.with_larger_steps() for candidate in chosen],
        seed=config.seed,
        on_progress=subrange(on_progress, 0.7, 1.0),
    )
    ensemble = _to_ensemble(result, [member.fitted[0] for member in result.members], [fold])
    return replace(ensemble, losses=losses or ensemble.losses)


def _select_on_sample(
    data: TrainingData, groups: IndexArray, config: SelectionConfig, on_progress: ProgressCallback
) -> tuple[list[Candidate], dict[str, float]]:
    rng = np.random.default_rng(config.seed)
    rows = np.sort(rng.choice(len(data.actual), LARGE_DATA_ROWS, replace=False))
    sample = data.take(rows)
    folds = make_folds(sample.actual, groups[rows], _fold_count(sample), config.seed)
    candidates, result = _select(sample, folds, config, on_progress)
    winners = {member.name for member in result.members}
    return [candidate for candidate in candidates if candidate.name in winners], result.losses


def _fold_count(data: TrainingData) -> int:
    return 5 if len(data.actual) <= SMALL_DATA_ROWS else 3


def _select(
    data: TrainingData,
    folds: Sequence[Fold],
    config: SelectionConfig,
    on_progress: ProgressCallback,
) -> tuple[list[Candidate], SelectionResult]:
    """Select among the candidates, with tuned trees added where trials are asked for."""
    candidates, tuning_share = list(config.candidates), 0.0
    if config.trials:
        from churn.ml.selection.tuning import tune_trees  # noqa: PLC0415 - Optuna takes a second to import

        tuning_share = config.trials / (config.trials + len(candidates))
        tuned = tune_trees(
            data,
            folds,
            trials=config.trials,
            seed=config.seed,
            on_progress=subrange(on_progress, 0.0, tuning_share),
        )
        candidates.append(tuned)
    result = select_candidates(
        data,
        folds,
        candidates,
        seed=config.seed,
        on_progress=subrange(on_progress, tuning_share, 1.0),
    )
    return candidates, result


def _to_ensemble(
    result: SelectionResult, models: Sequence[Estimator], folds: Sequence[Fold]
) -> FittedEnsemble:
    weighted = zip(result.members, result.line.weights, models, strict=True)
    return FittedEnsemble(
        members=tuple(Member(member.name, weight, model) for member, weight, model in weighted),
        intercept=result.line.intercept,
        winner=result.winner,
        losses=result.losses,
        settings={member.name: member.setting for member in result.members},
        out_of_fold=OutOfFold(
            rows=np.concatenate([fold.validation for fold in folds]),
            margin=result.margin(),
            fold_sizes=[len(fold.validation) for fold in folds],
        ),
    )
