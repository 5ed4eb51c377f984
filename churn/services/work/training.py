"""Trains a run: from the stored file of its data set to a folder of artifacts."""

import json
import math
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from django.core.files.storage import default_storage
from django.utils.translation import gettext_noop as _

from churn.exceptions import DataUnfit
from churn.ml.customers import Customers
from churn.ml.progress import ProgressCallback, subrange
from churn.ml.report import write_artifacts
from churn.ml.training import TrainedRun, TrainingOptions, train
from churn.models import TrainingRun
from churn.services import datasets, jobs, storage
from churn.services.localization import localizer
from churn.services.work import inspection
from churn.services.work.csv_export import escape_formulas

if TYPE_CHECKING:
    from churn.ml.metrics import Objective
    from churn.ml.training import SplitChoice

# Shares of the work that end when the file is read and when the model is trained.
_READ, _TRAINED = 0.15, 0.85
# Rows store what the page of a run shows; the artifacts have every point and feature.
_MAX_CURVE_POINTS = 101
_MAX_FEATURES = 25


def execute_run(
    run: TrainingRun,
    *,
    customers: Customers | None = None,
    on_progress: ProgressCallback | None = None,
    in_foreground: bool = False,
) -> None:
    """Train `run` once, however often it is called; its row has the results.

    `customers` are those of its data set, if the caller has read them already.
    """
    work = partial(run_training, run, customers)
    jobs.execute(run, work, on_progress=on_progress, in_foreground=in_foreground)


def run_training(
    run: TrainingRun, customers: Customers | None, on_progress: ProgressCallback
) -> dict[str, Any]:
    """Read the data set, train and write the artifacts; return the fields of `run` to set.

    Raises
    ------
    FileUnreadable, SchemaInvalid, DataUnfit, LeakFound : no model can be trained.
    WorkCancelled : it was cancelled, or another attempt owns the row.
    """
    run.discard_partial_results(storage.delete_folder)
    # A folder per attempt: one that was replaced may still write to its own.
    folder = f"churn/runs/{run.pk}/{run.attempts}"
    path = Path(default_storage.path(folder))
    path.mkdir(parents=True)
    try:
        return _train(run, customers, _RunLog(path / "run.log", on_progress)) | {"folder": folder}
    except BaseException:
        storage.delete_folder(folder)
        raise


class _RunLog:
    """A ProgressCallback that also writes `run.log`: one line per stage, with elapsed seconds."""

    def __init__(self, path: Path, on_progress: ProgressCallback) -> None:
        self.folder = path.parent
        self._path = path
        self._on_progress = on_progress
        self._stage = ""
        self._started = datetime.now(UTC)

    def __call__(self, stage: str, fraction: float) -> None:
        if stage != self._stage:
            self._stage = stage
            self.write(stage)
        self._on_progress(stage, fraction)

    def write(self, line: str) -> None:
        now = datetime.now(UTC)
        seconds = (now - self._started).total_seconds()
        with self._path.open("a", encoding="utf-8") as file:
            file.write(f"{now:%Y-%m-%dT%H:%M:%SZ} {seconds:9.2f} s  {line}\n")


def _train(run: TrainingRun, customers: Customers | None, run_log: _RunLog) -> dict[str, Any]:
    if run.engine != TrainingRun.Engine.LOCAL:
        raise DataUnfit(_("The Dask engine is not installed; use the engine “local”."))
    if customers is None:
        spec = datasets.source_spec(run.dataset, run.options)
        customers = inspection.read_labelled(spec, subrange(run_log, 0.0, _READ))
    counts = customers.counts
    run_log.write(f"{counts.rows} rows, {counts.rejected} rejected, {counts.customers} customers")
    trained = train(customers, _options(run), subrange(run_log, _READ, _TRAINED))
    # predictions.csv repeats identifiers of the file, which may be formulas.
    trained = replace(trained, predictions=escape_formulas(trained.predictions))
    digest = write_artifacts(
        trained,
        run_log.folder,
        localizer=localizer(run.language),
        progress=subrange(run_log, _TRAINED, 1.0),
    )
    run_log.write(f"done; model {digest}")
    return _results(trained) | {"model_sha256": digest}


def _options(run: TrainingRun) -> TrainingOptions:
    return TrainingOptions(
        algorithm=run.algorithm,
        objective=cast("Objective", run.objective),
        min_precision=run.min_precision,
        trials=run.trials,
        seed=run.seed,
        allow_leaks=run.allow_leaks,
        split=cast("SplitChoice", run.split),
    )


def _results(trained: TrainedRun) -> dict[str, Any]:
    every = max(1, math.ceil(trained.curve.height / _MAX_CURVE_POINTS))
    importance = trained.importance.head(_MAX_FEATURES).to_dicts()
    names = inspection.labels_as_json(trained.model.features)
    threshold = trained.threshold.to_dict() | {"text": trained.threshold.describe().to_dict()}
    model = trained.model
    as_of = trained.customers.as_of
    return {"as_of": as_of and as_of.date} | _finite(
        {
            "threshold": trained.threshold.value,
            "metrics": trained.metrics | {"threshold": threshold},
            "curve": trained.curve.gather_every(every).to_dicts(),
            "importance": [row | {"label": names[row["feature"]]} for row in importance],
            "signature": {"columns": model.encoder.to_dict(), "about": dict(model.metadata)},
            "notes": inspection.remarks_as_json(trained.metrics["notes"]),
        }
    )


def _finite(value: dict[str, Any]) -> dict[str, Any]:
    """Return `value` with null for NaN and infinity, which JSON columns cannot store."""
    finite: dict[str, Any] = json.loads(json.dumps(value), parse_constant=lambda name: None)
    return finite
