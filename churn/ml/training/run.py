"""A training run: customers in, a fitted and measured model out; no files, no other state."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np
import polars as pl

from churn.ml.arrays import FloatArray, sigmoid
from churn.ml.customers import Counts, Customers, as_of_text
from churn.ml.estimators import single_threaded_blas
from churn.ml.inspection import HeldOutPredictions, feature_importance, segment_metrics
from churn.ml.metrics import (
    Threshold,
    ThresholdObjective,
    choose_threshold,
    drift_baseline,
    legacy_rule,
    operating_curve,
)
from churn.ml.pipeline import ChurnModel
from churn.ml.progress import ProgressCallback, no_progress, subrange
from churn.ml.schema import CUSTOMER_ID
from churn.ml.selection import (
    ComparisonInput,
    FittedEnsemble,
    SelectionConfig,
    Split,
    compare_algorithms,
    select_and_fit,
    split_by_time,
)
from churn.ml.training.leaks import Leak, drop_harmless, find_leaks, reject_harmful
from churn.ml.training.measures import held_out_metrics, selection_metrics
from churn.ml.training.notes import describe_remark, run_remarks, warnings_of
from churn.ml.training.options import CANDIDATES_BY_ALGORITHM, TrainingOptions
from churn.ml.training.preparation import PreparedData, prepare

# Both names of XGBoost's distribution: the one without GPU code is a package of its own.
LIBRARIES = ("xgboost-cpu", "xgboost", "numpy", "polars")
# Costs that make every contact pay would flag everybody; below half the churn rate nobody is.
MIN_FLAGGED_SHARE_OF_BASE_RATE = 0.5


@dataclass(frozen=True)
class TrainedRun:
    """A model with its metrics, and with what is needed to report on it.

    `metrics` is ready for JSON; it and `curve` are of the held-out customers. `predictions` has
    every customer: customer_id, dataset_split, actual, prediction, probability. `customers` are
    those that were used, without harmless leaks.
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
    customers: Customers, options: TrainingOptions, on_progress: ProgressCallback = no_progress
) -> TrainedRun:
    """Fit a model, choose its threshold, and measure it on customers held out of both.

    Raises
    ------
    SchemaInvalid : the customers have no target, or a split by time is not possible.
    DataUnfit : too few customers left or stayed.
    LeakFound : a column leaks the target and `allow_leaks` is false.
    WorkCancelled : raised by `on_progress`.
    """
    on_progress("preparation", 0.0)
    with single_threaded_blas():
        leaks = find_leaks(customers, options.seed)
        if not options.allow_leaks:
            reject_harmful(leaks)
        customers = drop_harmless(customers, leaks)
        data = prepare(customers, options.split, options.seed)
        ensemble = _fit(data, options, subrange(on_progress, 0.05, 0.75))
        on_progress("evaluation", 0.75)
        model = _build_model(customers, data, ensemble, options)
        run = _with_remarks(_measure(customers, data, ensemble, model, options), leaks)
        if options.algorithm != "compare":
            return run
        comparison = _compare(data, options, subrange(on_progress, 0.8, 1.0))
        return replace(run, comparison=comparison)


def _fit(
    data: PreparedData, options: TrainingOptions, on_progress: ProgressCallback
) -> FittedEnsemble:
    config = SelectionConfig(
        candidates=CANDIDATES_BY_ALGORITHM[options.algorithm],
        trials=options.trials,
        seed=options.seed,
    )
    rows = data.split.train
    return select_and_fit(data.training_data(rows), data.groups[rows], config, on_progress)


def _build_model(
    customers: Customers, data: PreparedData, ensemble: FittedEnsemble, options: TrainingOptions
) -> ChurnModel:
    train_rows = data.split.train
    return ChurnModel(
        encoder=data.encoder,
        members=ensemble.members,
        intercept=ensemble.intercept,
        threshold=_choose_threshold(customers, data, ensemble, options.threshold_objective()),
        metadata={
            "algorithm": options.algorithm,
            "winner": ensemble.winner,
            "seed": options.seed,
            "trained_on": len(train_rows),
            "churn_rate": float(data.actual[train_rows].mean()),
            "customer_id": customers.source.customer_id,
            "as_of": as_of_text(customers.as_of),
            "data_sha256": _digest(data.frame),
            "libraries": _library_versions(),
        },
        drift_baseline=drift_baseline(data.frame[train_rows], customers.features),
    )


def _choose_threshold(
    customers: Customers, data: PreparedData, ensemble: FittedEnsemble, goal: ThresholdObjective
) -> Threshold:
    """Choose on out-of-fold training customers; with a split by time, on their newest fifth.

    Newer customers are nearer to those who will be scored than all customers are.
    """
    rows = data.split.train[ensemble.out_of_fold.rows]
    probability = sigmoid(ensemble.out_of_fold.margin)
    if data.split.strategy == "time" and customers.time_column is not None:
        recent = split_by_time(data.frame[customers.time_column][rows], data.actual[rows], rows)
        if recent is not None:
            rows, probability = rows[recent.test], probability[recent.test]
    # A model that separates the outcomes well could otherwise flag customers of almost no risk.
    base_rate = max(data.actual[rows].mean(), data.actual.mean())
    return choose_threshold(
        data.actual[rows],
        probability,
        goal,
        min_probability=MIN_FLAGGED_SHARE_OF_BASE_RATE * float(base_rate),
    )


def _measure(
    customers: Customers,
    data: PreparedData,
    ensemble: FittedEnsemble,
    model: ChurnModel,
    options: TrainingOptions,
) -> TrainedRun:
    probability = sigmoid(model.margins_from_matrix(data.matrix))
    held_out = _hold_out(data, model, probability)
    importance = feature_importance(model, held_out.frame, options.seed)
    columns = {column.name: column for column in model.encoder.columns}
    by_importance = [columns[name] for name in importance["feature"]]
    return TrainedRun(
        model=model,
        options=options,
        metrics={
            **held_out_metrics(held_out, options.costs, options.seed),
            **selection_metrics(data, ensemble),
            "segments": segment_metrics(held_out, by_importance),
            "threshold": model.threshold.to_dict(),
            "as_of": as_of_text(customers.as_of),
        },
        threshold=model.threshold,
        curve=operating_curve(held_out.actual, held_out.probability, options.costs).frame(),
        predictions=_predictions(data, model, probability),
        importance=importance,
        comparison=None,
        customers=customers,
        split=data.split,
        notes=(),
    )


def _with_remarks(run: TrainedRun, leaks: Iterable[Leak]) -> TrainedRun:
    strongest = run.importance["feature"][0]
    remarks = tuple(run_remarks(tuple(leaks), run.metrics, strongest))
    return replace(
        run,
        metrics={
            **run.metrics,
            "notes": [remark.to_dict() for remark in remarks],
            "warnings": warnings_of(remarks),
        },
        notes=tuple(str(describe_remark(remark)) for remark in remarks),
    )


def _hold_out(data: PreparedData, model: ChurnModel, probability: FloatArray) -> HeldOutPredictions:
    test = data.split.test
    return HeldOutPredictions(
        frame=data.frame[test],
        actual=data.actual[test],
        probability=probability[test],
        predicted=model.predict(probability[test]),
    )


def _compare(
    data: PreparedData, options: TrainingOptions, on_progress: ProgressCallback
) -> pl.DataFrame:
    rows = data.split.train
    comparison = ComparisonInput(
        data=data.training_data(rows),
        groups=data.groups[rows],
        legacy_predictions=legacy_rule(data.frame[rows], options.seed),
        goal=options.threshold_objective(),
        seed=options.seed,
    )
    return compare_algorithms(comparison, on_progress)


def _predictions(data: PreparedData, model: ChurnModel, probability: FloatArray) -> pl.DataFrame:
    split = np.full(data.frame.height, "train", dtype=object)
    split[data.split.test] = "test"
    return pl.DataFrame(
        {
            CUSTOMER_ID: data.frame[CUSTOMER_ID],
            "dataset_split": pl.Series(split.tolist(), dtype=pl.String),
            "actual": data.actual > 0,
            "prediction": model.predict(probability),
            "probability": probability,
        }
    )


def _digest(frame: pl.DataFrame) -> str:
    """Hash names and values column by column: numbers as doubles, all else as lines of text.

    polars' own hashes differ between processes and versions.
    """
    digest = sha256()
    for column in frame.iter_columns():
        digest.update(column.name.encode())
        if column.dtype.is_numeric():
            digest.update(column.cast(pl.Float64).fill_null(float("nan")).to_numpy().tobytes())
        else:
            lines = column.cast(pl.String).fill_null("").str.join("\n")
            digest.update(lines.item().encode())
    return digest.hexdigest()


def _library_versions() -> dict[str, str]:
    versions = {}
    for name in LIBRARIES:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            continue
    return versions
