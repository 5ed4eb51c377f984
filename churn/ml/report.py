"""What a training run leaves in a folder: measures, predictions, importance, model."""

import json
from pathlib import Path

import polars as pl

from churn.ml.schema import Language, Progress, quiet
from churn.ml.serialization import save_model
from churn.ml.training import TrainedRun


def write_artifacts(
    run: TrainedRun, folder: Path, *, language: Language = "en", progress: Progress = quiet
) -> str:
    """Write the files of a run into `folder`, made if absent; returns the digest of the model.

    The same run gives the same bytes: no file holds a time.
    """
    folder.mkdir(parents=True, exist_ok=True)
    progress("artifacts", 0.0)
    _write_tables(run, folder)
    digest = save_model(run.model, folder / "model")
    progress("artifacts", 1.0)
    return digest


def _write_tables(run: TrainedRun, folder: Path) -> None:
    text = json.dumps(run.metrics, indent=1, sort_keys=True, allow_nan=False)
    (folder / "metrics.json").write_text(text + "\n", encoding="utf-8")
    scalars = {
        name: value for name, value in run.metrics.items() if isinstance(value, (int, float))
    }
    metrics = pl.DataFrame(
        {"metric": list(scalars), "value": [float(value) for value in scalars.values()]}
    )
    metrics.sort("metric").write_csv(folder / "metrics.csv")
    run.predictions.write_csv(folder / "predictions.csv")
    run.importance.write_csv(folder / "feature_importance.csv")
    if run.comparison is not None:
        run.comparison.write_csv(folder / "comparison.csv")
