"""`--algorithm compare`: the race beside fourteen algorithms, on the same folds, with times."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np
import polars as pl

from churn.ml.arrays import FloatArray, IndexArray, sigmoid
from churn.ml.estimators.data import TrainingData
from churn.ml.metrics.classification import (
    average_precision,
    decision_metrics,
    log_loss,
    roc_auc,
)
from churn.ml.metrics.profit import expected_maximum_profit
from churn.ml.metrics.thresholds import ThresholdObjective, choose_threshold
from churn.ml.progress import ProgressCallback
from churn.ml.selection.algorithms import ALGORITHMS, Algorithm
from churn.ml.selection.fitting import SelectionConfig, select_and_fit
from churn.ml.selection.race import CANDIDATES, Pair
from churn.ml.selection.splits import folds

RACE = "Race"
RULE = "Old rule"
MAX_ROWS = 20_000
FOLDS = 3

SCHEMA = {
    "algorithm": pl.String,
    "status": pl.String,
    "roc_auc": pl.Float64,
    "roc_auc_deviation": pl.Float64,
    "pr_auc": pl.Float64,
    "log_loss": pl.Float64,
    "emp_churn": pl.Float64,
    "accuracy": pl.Float64,
    "balanced_accuracy": pl.Float64,
    "precision": pl.Float64,
    "recall": pl.Float64,
    "f1": pl.Float64,
    "seconds": pl.Float64,
}


@dataclass(frozen=True)
class ComparisonInput:
    """Training rows to compare on, groups of copies, answers of the old rule, and the aim."""

    part: TrainingData
    groups: IndexArray
    rule: FloatArray
    aim: ThresholdObjective
    seed: int


def compare(contest: ComparisonInput, step: ProgressCallback) -> pl.DataFrame:
    """One row per algorithm, the highest area under the ROC curve first.

    Means over three folds of at most 20,000 customers, each algorithm with its own preprocessing
    fitted inside the fold. Answers are by a threshold that serves the aim on the other folds.
    `seconds` are of one fit and its scores; `status` says which extra is not installed.
    """
    contest = _sampled(contest)
    pairs = folds(contest.part.actual, contest.groups, FOLDS, contest.seed)
    rows = [_score_legacy_rule(contest, pairs)]
    for number, algorithm in enumerate(ALGORITHMS):
        step(algorithm.name, number / (len(ALGORITHMS) + 1))
        rows.append(_row(contest, pairs, algorithm))
    step(RACE, len(ALGORITHMS) / (len(ALGORITHMS) + 1))
    rows.append(_row(contest, pairs, Algorithm(RACE, _score_ensemble(contest))))
    table = pl.DataFrame(rows, schema=SCHEMA)
    return table.sort(["roc_auc", "algorithm"], descending=[True, False], nulls_last=True)


def _sampled(contest: ComparisonInput) -> ComparisonInput:
    count = len(contest.part.actual)
    if count <= MAX_ROWS:
        return contest
    rows = np.sort(np.random.default_rng(contest.seed).choice(count, MAX_ROWS, replace=False))
    part, groups, rule = contest.part.take(rows), contest.groups[rows], contest.rule[rows]
    return ComparisonInput(part, groups, rule, contest.aim, contest.seed)


def _row(contest: ComparisonInput, pairs: Sequence[Pair], algorithm: Algorithm) -> dict[str, Any]:
    if not algorithm.is_installed:
        status = f"not installed: {algorithm.package}"
        return dict.fromkeys(SCHEMA) | {"algorithm": algorithm.name, "status": status}
    scores, seconds = [], 0.0
    for fit, check in pairs:
        start = perf_counter()
        part = contest.part.take(fit)
        matrix = contest.part.take(check).mask_unseen_categories(part).matrix
        scores.append(algorithm.answer(part, matrix, contest.seed))
        seconds += perf_counter() - start
    return {
        "algorithm": algorithm.name,
        "status": "measured",
        **_measured(contest, pairs, scores, returns_probability=algorithm.returns_probability),
        "seconds": seconds / len(pairs),
    }


def _measured(
    contest: ComparisonInput,
    pairs: Sequence[Pair],
    scores: list[FloatArray],
    *,
    returns_probability: bool,
) -> dict[str, float | None]:
    actual = [contest.part.actual[check] for _, check in pairs]
    measured = []
    for fold, (truth, score) in enumerate(zip(actual, scores, strict=True)):
        threshold = choose_threshold(
            _other_folds(actual, fold), _other_folds(scores, fold), contest.aim
        )
        measured.append(
            {
                "roc_auc": roc_auc(truth, score),
                "pr_auc": average_precision(truth, score),
                "log_loss": log_loss(truth, score),
                "emp_churn": expected_maximum_profit(truth, score, contest.aim.costs).value,
                **decision_metrics(truth, score >= threshold.value),
            }
        )
    means = {name: float(np.mean([row[name] for row in measured])) for name in measured[0]}
    deviation = float(np.std([row["roc_auc"] for row in measured]))
    kept: dict[str, float | None] = {name: mean for name, mean in means.items() if name in SCHEMA}
    return (
        kept
        | {"roc_auc_deviation": deviation}
        | ({} if returns_probability else {"log_loss": None})
    )


def _other_folds(folds_: list[FloatArray], fold: int) -> FloatArray:
    return np.concatenate([values for at, values in enumerate(folds_) if at != fold])


def _score_ensemble(contest: ComparisonInput) -> Callable[[TrainingData, Any, int], FloatArray]:
    def answer(part: TrainingData, matrix: Any, seed: int) -> FloatArray:
        fitted = select_and_fit(
            part, np.arange(len(part.actual)), SelectionConfig(CANDIDATES, seed=seed), _silent
        )
        margins = [member.weight * member.model.margin(matrix) for member in fitted.members]
        return sigmoid(fitted.intercept + np.sum(margins, axis=0))

    return answer


def _score_legacy_rule(contest: ComparisonInput, pairs: Sequence[Pair]) -> dict[str, Any]:
    """Measure the old business rule by its answers; it has no chances."""
    rows = [decision_metrics(contest.part.actual[c], contest.rule[c] > 0) for _, c in pairs]
    means = {name: float(np.mean([row[name] for row in rows])) for name in rows[0]}
    kept = {name: mean for name, mean in means.items() if name in SCHEMA}
    return dict.fromkeys(SCHEMA) | {"algorithm": RULE, "status": "measured"} | kept


def _silent(stage: str, fraction: float) -> None:
    """Report no progress of a fit inside a fit."""
