"""The files of a run: metrics, predictions, importance, plots, report and model."""

import json
from pathlib import Path

import polars as pl

from churn.ml.customers import profile
from churn.ml.i18n.formatting import ENGLISH, Localizer
from churn.ml.pipeline import save_model
from churn.ml.progress import ProgressCallback, no_progress
from churn.ml.report.localization import ReportLocale
from churn.ml.report.render import render_report
from churn.ml.training import TrainedRun


def write_artifacts(
    run: TrainedRun,
    folder: Path,
    *,
    localizer: Localizer = ENGLISH,
    progress: ProgressCallback = no_progress,
) -> str:
    """Write the files of a run into `folder`, created if absent; return the digest of the model.

    Texts are in the language of `localizer`. The same run gives the same bytes, except for the
    seconds in comparison.csv.
    """
    from churn.ml.report.plots import draw_plots  # noqa: PLC0415 - matplotlib takes half a second

    folder.mkdir(parents=True, exist_ok=True)
    progress("tables", 0.0)
    write_tables(run, folder)
    digest = save_model(run.model, folder / "model")
    progress("plots", 0.1)
    units = {feature.name: feature.unit for feature in run.customers.features}
    locale, description = ReportLocale(localizer, units), profile(run.customers)
    plots = draw_plots(run, description, locale)
    for name, content in plots.items():
        (folder / f"{name}.png").write_bytes(content)
    progress("report", 0.9)
    html = render_report(run, description, plots, locale)
    (folder / "report.html").write_text(html, encoding="utf-8")
    progress("report", 1.0)
    return digest


def write_tables(run: TrainedRun, folder: Path) -> None:
    """Write metrics, predictions, importance and comparison as JSON and CSV."""
    text = json.dumps(run.metrics, indent=1, sort_keys=True, allow_nan=False)
    (folder / "metrics.json").write_text(text + "\n", encoding="utf-8")
    scalars = {name: value for name, value in run.metrics.items() if isinstance(value, int | float)}
    metrics = pl.DataFrame(
        {"metric": list(scalars), "value": [float(value) for value in scalars.values()]}
    )
    metrics.sort("metric").write_csv(folder / "metrics.csv")
    run.predictions.write_csv(folder / "predictions.csv")
    run.importance.write_csv(folder / "feature_importance.csv")
    if run.comparison is not None:
        run.comparison.write_csv(folder / "comparison.csv")
