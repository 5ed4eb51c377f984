"""One training run from a stored file to a folder of artifacts; the work that a worker does."""

import json
import math
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from churn.exceptions import DataUnfit
from churn.ml.customers.loading import Customers
from churn.ml.pipeline.model import ChurnModel
from churn.ml.progress import ProgressCallback, subrange
from churn.ml.report import write_artifacts
from churn.ml.training.run import TrainedRun, TrainingOptions, train
from churn.models import TrainingRun
from churn.services import datasets, storage
from churn.services.jobs import Results
from churn.services.wording import resolve_language
from churn.services.work import inspection
from churn.services.work.csv_export import escape_formulas

if TYPE_CHECKING:
    from churn.ml.metrics.thresholds import Objective

_READ, _TRAINED = 0.15, 0.85
_SHOWN_POINTS = 101
_SHOWN_FEATURES = 25


def learn(run: TrainingRun, customers: Customers | None, progress: ProgressCallback) -> Results:
    """Read, train and write the artifacts; return the fields of `run` that say what came of it.

    Raises
    ------
    FileUnreadable, SchemaInvalid, DataUnfit, LeakFound, WorkCancelled : as of churn.ml.
    """
    storage.discard(f"churn/runs/{run.pk}")  # what an attempt that lost its worker left
    folder = f"churn/runs/{run.pk}/{run.attempts}"
    path = Path(default_storage.path(folder))
    path.mkdir(parents=True)
    try:
        return _train(run, customers, _RunLog(path / "run.log", progress)) | {"folder": folder}
    except BaseException:
        storage.discard(folder)
        raise


class _RunLog:
    """Passes progress on and writes `run.log`: a line for each stage, with the seconds so far."""

    def __init__(self, path: Path, progress: ProgressCallback) -> None:
        self.folder = path.parent
        self._path = path
        self._progress = progress
        self._stage = ""
        self._started = datetime.now(UTC)

    def __call__(self, stage: str, fraction: float) -> None:
        if stage != self._stage:
            self._stage = stage
            self.write(stage)
        self._progress(stage, fraction)

    def write(self, line: str) -> None:
        now = datetime.now(UTC)
        seconds = (now - self._started).total_seconds()
        with self._path.open("a", encoding="utf-8") as file:
            file.write(f"{now:%Y-%m-%dT%H:%M:%SZ} {seconds:9.2f} s  {line}\n")


def _train(run: TrainingRun, customers: Customers | None, journal: _RunLog) -> dict[str, Any]:
    if run.engine != TrainingRun.Engine.LOCAL:
        raise DataUnfit(_("The Dask engine is not installed here; choose the engine “local”."))
    if customers is None:
        question = datasets.source_spec(run.dataset)
        customers = inspection.read_labelled(question, subrange(journal, 0.0, _READ))
    counts = customers.counts
    journal.write(f"{counts.rows} rows, {counts.rejected} rejected, {counts.customers} customers")
    trained = train(customers, _options(run), subrange(journal, _READ, _TRAINED))
    trained = replace(trained, predictions=escape_formulas(trained.predictions))
    digest = write_artifacts(
        trained,
        journal.folder,
        language=resolve_language(run.language),
        progress=subrange(journal, _TRAINED, 1.0),
    )
    journal.write(f"done; model {digest}")
    return _fields(trained) | {"model_sha256": digest}


def _options(run: TrainingRun) -> TrainingOptions:
    return TrainingOptions(
        algorithm=run.algorithm,
        objective=cast("Objective", run.objective),
        min_precision=run.min_precision,
        trials=run.trials,
        seed=run.seed,
        allow_leaks=run.allow_leaks,
    )


def _fields(trained: TrainedRun) -> dict[str, Any]:
    every = max(1, math.ceil(trained.curve.height / _SHOWN_POINTS))
    importance = trained.importance.head(_SHOWN_FEATURES).to_dicts()
    names = inspection.labels(trained.model.features)
    return _finite(
        {
            "threshold": trained.threshold.value,
            "metrics": trained.metrics | {"threshold": _threshold(trained)},
            "curve": trained.curve.gather_every(every).to_dicts(),
            "importance": [row | {"label": names[row["feature"]]} for row in importance],
            "signature": _signature(trained.model),
            "notes": inspection.noted(trained.metrics["notes"]),
        }
    )


def _threshold(trained: TrainedRun) -> dict[str, Any]:
    words = {language: trained.threshold.explain(language) for language in inspection.LANGUAGES}
    return trained.threshold.to_dict() | {"text": words}


def _signature(model: ChurnModel) -> dict[str, Any]:
    return {"columns": model.encoder.to_dict(), "about": dict(model.about)}


def _finite(value: dict[str, Any]) -> dict[str, Any]:
    """Return `value` for a JSON column: what is not a number, or endless, becomes null."""
    finite: dict[str, Any] = json.loads(json.dumps(value), parse_constant=lambda name: None)
    return finite
