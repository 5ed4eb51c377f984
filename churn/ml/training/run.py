"""One training run: customers in, a measured model out, and nothing else touched."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np
import polars as pl

from churn.exceptions import DataUnfit
from churn.ml.arrays import FloatArray, sigmoid
from churn.ml.customers import Counts, Customers
from churn.ml.estimators.threads import single_threaded_blas
from churn.ml.inspection.explanation import importance
from churn.ml.inspection.segments import HeldOutPredictions, segment_metrics
from churn.ml.metrics.baselines import legacy_rule
from churn.ml.metrics.drift import drift_baseline
from churn.ml.metrics.profit import CampaignCosts
from churn.ml.metrics.thresholds import (
    Objective,
    Threshold,
    ThresholdObjective,
    choose_threshold,
    operating_curve,
)
from churn.ml.pipeline.model import ChurnModel
from churn.ml.progress import ProgressCallback, no_progress, subrange
from churn.ml.schema import CUSTOMER_ID
from churn.ml.selection.fitting import FittedEnsemble, SelectionConfig, select_and_fit
from churn.ml.selection.race import CANDIDATES, MEDIUM_TREES, SPLINES, Candidate
from churn.ml.selection.splits import Split, split_by_time
from churn.ml.training.leaks import drop_harmless, find_leaks, reject_harmful
from churn.ml.training.measures import measure, selection_metrics
from churn.ml.training.notes import describe_note, run_remarks
from churn.ml.training.preparation import PreparedData, SplitChoice, prepare

LIBRARIES = ("xgboost-cpu", "xgboost", "numpy", "polars")
CANDIDATES_BY_ALGORITHM: dict[str, tuple[Candidate, ...]] = {
    "race": CANDIDATES,
    "compare": CANDIDATES,
    "xgboost": (MEDIUM_TREES,),
    "logistic": (SPLINES,),
}


@dataclass(frozen=True, slots=True)
class TrainingOptions:
    """What to train and what for.

    `algorithm` is race, xgboost, logistic, or compare (the race, and 14 algorithms beside it);
    `trials` adds a search for the shape of the trees; `split` tells how customers are held out:
    auto is by time where the file has an order in time.
    """

    algorithm: str = "race"
    objective: Objective = "recall"
    min_precision: float | None = None
    trials: int = 0
    seed: int = 42
    allow_leaks: bool = False
    costs: CampaignCosts = field(default_factory=CampaignCosts)
    budget: float | None = None
    split: SplitChoice = "auto"

    def __post_init__(self) -> None:
        if self.algorithm not in CANDIDATES_BY_ALGORITHM:
            raise DataUnfit(
                "Unknown algorithm {name!r}; choose one of {known}. `compare` measures the other"
                " algorithms beside the race.",
                name=self.algorithm,
                known=", ".join(CANDIDATES_BY_ALGORITHM),
            )
        if self.split not in {"auto", "random", "time"}:
            raise DataUnfit("Unknown split {name!r}; choose auto, random or time.", name=self.split)
        if self.trials < 0:
            raise DataUnfit("The number of trials must not be negative.")
        self.aim()

    def aim(self) -> ThresholdObjective:
        return ThresholdObjective(self.objective, self.min_precision, self.budget, self.costs)


@dataclass(frozen=True)
class TrainedRun:
    """A model and everything there is to say about how it came about and how good it is.

    `metrics` is ready for JSON. `curve` and the metrics are of the held-out customers;
    `predictions` holds every customer (customer_id, dataset_split, actual, prediction,
    probability). `customers` are those it was trained on and measured with, leaks left out.
    """

    model: ChurnModel
    options: TrainingOptions
    metrics: dict[str, Any]
    threshold: Threshold
    curve: pl.DataFrame
    predictions: pl.DataFrame
    importance: pl.DataFrame
    comparison: pl.DataFrame | None
    customers: Customers
    split: Split
    notes: tuple[str, ...]

    @property
    def counts(self) -> Counts:
        return self.customers.counts


def train(
    customers: Customers, options: TrainingOptions, progress: ProgressCallback = no_progress
) -> TrainedRun:
    """Fit, choose the threshold, and measure on customers held out of all of it.

    Raises
    ------
    SchemaInvalid : the customers have no target.
    DataUnfit : too few customers left or stayed.
    LeakFound : a column gives the answer away and `allow_leaks` is off.
    WorkCancelled : `progress` raised it.
    """
    progress("preparation", 0.0)
    with single_threaded_blas():
        return _trained(customers, options, progress)


def _trained(
    customers: Customers, options: TrainingOptions, progress: ProgressCallback
) -> TrainedRun:
    leaks = find_leaks(customers, options.seed)
    if not options.allow_leaks:
        reject_harmful(leaks)
    customers = drop_harmless(customers, leaks)
    table = prepare(customers, options.split, options.seed)
    recipe = SelectionConfig(
        CANDIDATES_BY_ALGORITHM[options.algorithm], options.trials, options.seed
    )
    rows = table.split.train
    fitted = select_and_fit(
        table.part(rows), table.groups[rows], recipe, subrange(progress, 0.05, 0.75)
    )
    progress("evaluation", 0.75)
    model = _model(customers, table, fitted, options)
    run = _measured(customers, table, fitted, model, options)
    notes = tuple(run_remarks(leaks, run.metrics))
    run = replace(
        run,
        metrics={**run.metrics, "notes": [note.to_dict() for note in notes]},
        notes=tuple(describe_note(note, "en") for note in notes),
    )
    if options.algorithm != "compare":
        return run
    return replace(run, comparison=_compared(table, options, subrange(progress, 0.8, 1.0)))


def _compared(
    table: PreparedData, options: TrainingOptions, step: ProgressCallback
) -> pl.DataFrame:
    from churn.ml.selection.comparison import ComparisonInput, compare  # noqa: PLC0415 - scikit-learn takes seconds

    rows = table.split.train
    rule = legacy_rule(table.frame[rows], options.seed).astype(np.float64)
    contest = ComparisonInput(
        table.part(rows), table.groups[rows], rule, options.aim(), options.seed
    )
    return compare(contest, step)


def _model(
    customers: Customers, table: PreparedData, fitted: FittedEnsemble, options: TrainingOptions
) -> ChurnModel:
    train_rows = table.split.train
    return ChurnModel(
        encoder=table.encoder,
        members=fitted.members,
        intercept=fitted.intercept,
        threshold=_threshold(customers, table, fitted, options.aim()),
        about={
            "algorithm": options.algorithm,
            "winner": fitted.winner,
            "seed": options.seed,
            "trained_on": len(train_rows),
            "churn_rate": float(table.actual[train_rows].mean()),
            "customer_id": customers.source.customer_id,
            "data_sha256": _digest(table.frame),
            "libraries": dict(_libraries()),
        },
        reference=drift_baseline(table.frame[train_rows], customers.features),
    )


def _threshold(
    customers: Customers, table: PreparedData, fitted: FittedEnsemble, aim: ThresholdObjective
) -> Threshold:
    """Choose on held-out training customers; where time runs, on the newest fifth of those."""
    rows = table.split.train[fitted.held.rows]
    probability = sigmoid(fitted.held.margin)
    if table.split.way == "time" and customers.time_column is not None:
        recent = split_by_time(table.frame[customers.time_column][rows], table.actual[rows], rows)
        if recent is not None:
            rows, probability = rows[recent.test], probability[recent.test]
    return choose_threshold(table.actual[rows], probability, aim)


def _measured(
    customers: Customers,
    table: PreparedData,
    fitted: FittedEnsemble,
    model: ChurnModel,
    options: TrainingOptions,
) -> TrainedRun:
    probability = sigmoid(model.margins_from_matrix(table.matrix))
    answers = _answers(table, model, probability)
    ranked = importance(model, answers.frame, options.seed)
    metrics = {
        **measure(answers, options.costs, options.seed),
        **selection_metrics(table, fitted),
        "segments": segment_metrics(answers, _by_weight(model, ranked)),
        "threshold": model.threshold.to_dict(),
    }
    curve = operating_curve(answers.actual, answers.probability, options.costs)
    return TrainedRun(
        model=model,
        options=options,
        metrics=metrics,
        threshold=model.threshold,
        curve=curve.frame(),
        predictions=_predictions(table, model, probability),
        importance=ranked,
        comparison=None,
        customers=customers,
        split=table.split,
        notes=(),
    )


def _answers(table: PreparedData, model: ChurnModel, probability: FloatArray) -> HeldOutPredictions:
    test = table.split.test
    held_out = probability[test]
    return HeldOutPredictions(
        table.frame[test], table.actual[test], held_out, model.churns(held_out)
    )


def _by_weight(model: ChurnModel, ranked: pl.DataFrame) -> list[Any]:
    columns = {column.name: column for column in model.encoder.columns}
    return [columns[name] for name in ranked["feature"]]


def _predictions(table: PreparedData, model: ChurnModel, probability: FloatArray) -> pl.DataFrame:
    split = np.full(table.frame.height, "train", dtype=object)
    split[table.split.test] = "test"
    return pl.DataFrame(
        {
            CUSTOMER_ID: table.frame[CUSTOMER_ID],
            "dataset_split": pl.Series(split.tolist(), dtype=pl.String),
            "actual": table.actual > 0,
            "prediction": model.churns(probability),
            "probability": probability,
        }
    )


def _digest(frame: pl.DataFrame) -> str:
    """Hash names and values column by column: numbers as doubles, all else as lines of text."""
    digest = sha256()
    for column in frame.iter_columns():
        digest.update(column.name.encode())
        if column.dtype.is_numeric():
            digest.update(column.cast(pl.Float64).fill_null(float("nan")).to_numpy().tobytes())
        else:
            lines = column.cast(pl.String).fill_null("").str.join("\n")
            digest.update(lines.item().encode())
    return digest.hexdigest()


def _libraries() -> Sequence[tuple[str, str]]:
    found = []
    for name in LIBRARIES:
        try:
            found.append((name, version(name)))
        except PackageNotFoundError:
            continue
    return found
