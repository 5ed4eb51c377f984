"""From training rows to fitted members: the race, and the fit of its winner on all of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from churn.ml.arrays import FloatArray, IndexArray
from churn.ml.estimators.data import TrainingData
from churn.ml.pipeline.model import Member
from churn.ml.progress import ProgressCallback, subrange
from churn.ml.selection.race import Candidate, Fit, Pair, SelectionResult, select_candidates
from churn.ml.selection.splits import folds, holdout

LARGE_DATA_ROWS = (
    50_000  # training rows above which a tenth decides as well as folds do, at a third the cost
)
SMALL_DATA_ROWS = 10_000  # training rows up to which a third held out is too many to miss
VALIDATION_SHARE = 0.1


@dataclass(frozen=True)
class SelectionConfig:
    """Who takes part, how many shapes of trees are searched besides, and the seed of it all."""

    field: tuple[Candidate, ...]
    trials: int = 0
    seed: int = 42


@dataclass(frozen=True)
class OutOfFold:
    """Answers in log-odds (rows,) of the recipe on training rows it was not fitted on."""

    rows: IndexArray
    margin: FloatArray
    fold_sizes: list[int]


@dataclass(frozen=True)
class FittedEnsemble:
    """Members and intercept of the margin, how they were chosen, and their held-out answers."""

    members: tuple[Member, ...]
    intercept: float
    winner: str
    losses: dict[str, float]
    settings: dict[str, float]
    held: OutOfFold


def select_and_fit(
    part: TrainingData, groups: IndexArray, recipe: SelectionConfig, step: ProgressCallback
) -> FittedEnsemble:
    """Fit the best contestant of `recipe`, or the blend of them, on all rows of `part`.

    Only those that suit so many rows take part. Up to 50,000 rows folds decide and the winners are
    fitted again on all rows. Above, the race is run on a sample of 50,000, its winners are fitted
    on nine tenths and stopped on the last one.
    Rows of one group stay on one side throughout.
    """
    suited = tuple(each for each in recipe.field if each.supports(len(part.actual)))
    recipe = replace(recipe, field=suited)
    if len(part.actual) > LARGE_DATA_ROWS:
        return _fit_large(part, groups, recipe, step)
    pairs = folds(part.actual, groups, _fold_count(part), recipe.seed)
    _, verdict = _contest(part, pairs, recipe, subrange(step, 0.0, 0.9))
    step("fit", 0.9)
    return _fitted(verdict, [trial.refit(part) for trial in verdict.trials], pairs)


def _fit_large(
    part: TrainingData, groups: IndexArray, recipe: SelectionConfig, step: ProgressCallback
) -> FittedEnsemble:
    chosen: Sequence[Candidate] = recipe.field
    losses: dict[str, float] = {}
    if len(recipe.field) > 1 or recipe.trials:
        chosen, losses = _choose_on_sample(part, groups, recipe, subrange(step, 0.0, 0.7))
    pairs = [holdout(part.actual, groups, VALIDATION_SHARE, recipe.seed)]
    with_larger_steps = [contestant.with_larger_steps() for contestant in chosen]
    verdict = select_candidates(
        part, pairs, with_larger_steps, recipe.seed, subrange(step, 0.7, 1.0)
    )
    fitted = _fitted(verdict, [trial.fitted[0] for trial in verdict.trials], pairs)
    return replace(fitted, losses=losses or fitted.losses)


def _choose_on_sample(
    part: TrainingData, groups: IndexArray, recipe: SelectionConfig, step: ProgressCallback
) -> tuple[list[Candidate], dict[str, float]]:
    rng = np.random.default_rng(recipe.seed)
    rows = np.sort(rng.choice(len(part.actual), LARGE_DATA_ROWS, replace=False))
    sample = part.take(rows)
    pairs = folds(sample.actual, groups[rows], _fold_count(sample), recipe.seed)
    field, verdict = _contest(sample, pairs, recipe, step)
    winners = {trial.name for trial in verdict.trials}
    return [contestant for contestant in field if contestant.name in winners], verdict.losses


def _fold_count(part: TrainingData) -> int:
    return 5 if len(part.actual) <= SMALL_DATA_ROWS else 3


def _contest(
    part: TrainingData, pairs: Sequence[Pair], recipe: SelectionConfig, step: ProgressCallback
) -> tuple[list[Candidate], SelectionResult]:
    """Run the race, the tuned trees taking part where trials are asked for."""
    field, searched = list(recipe.field), 0.0
    if recipe.trials:
        from churn.ml.selection.tuning import tuned_trees  # noqa: PLC0415 - Optuna takes a second to import

        searched = recipe.trials / (recipe.trials + len(field))
        searching = subrange(step, 0.0, searched)
        field.append(tuned_trees(part, pairs, recipe.trials, recipe.seed, searching))
    racing = subrange(step, searched, 1.0)
    return field, select_candidates(part, pairs, field, recipe.seed, racing)


def _fitted(
    verdict: SelectionResult, models: Sequence[Fit], pairs: Sequence[Pair]
) -> FittedEnsemble:
    members = tuple(
        Member(trial.name, weight, model)
        for trial, weight, model in zip(verdict.trials, verdict.line.weights, models, strict=True)
    )
    held = OutOfFold(
        rows=np.concatenate([check for _, check in pairs]),
        margin=verdict.margin(),
        fold_sizes=[len(check) for _, check in pairs],
    )
    settings = {trial.name: trial.setting for trial in verdict.trials}
    return FittedEnsemble(
        members, verdict.line.intercept, verdict.winner, verdict.losses, settings, held
    )
