"""The report for people: one HTML file with its plots inside, which loads nothing else."""

from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from churn.ml.customers import describe_finding
from churn.ml.report import names
from churn.ml.report.localization import ReportLocale
from churn.ml.report.summary import remarks, sentences
from churn.ml.training import TrainedRun

CAMPAIGN_SHARES = (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0)
MAX_FEATURES = 15
MAX_COLUMNS = 60


def render_report(
    run: TrainedRun,
    description: Mapping[str, Any],
    plots: Mapping[str, bytes],
    locale: ReportLocale,
) -> str:
    """Return the HTML report of `run`.

    `description` is the profile of its customers, `plots` are PNG files by name.
    """
    importance = run.importance.head(MAX_FEATURES).to_dicts()
    return (
        _environment(locale)
        .get_template("report.html")
        .render(
            run=run,
            metrics=run.metrics,
            names=names,
            sentences=sentences(run, locale),
            remarks=list(remarks(run)),
            findings=[describe_finding(finding) for finding in run.customers.findings],
            columns=description["columns"][:MAX_COLUMNS],
            correlations=description["correlations"]["with_target"][:MAX_FEATURES],
            campaign=_campaign_points(run),
            classifiers={"this_model": run.metrics, **run.metrics["baselines"]},
            importance=importance,
            largest_share=max((row["share"] for row in importance), default=1.0) or 1.0,
            candidates=sorted(run.metrics["race"]["log_loss"].items(), key=lambda item: item[1]),
            comparison=None if run.comparison is None else run.comparison.to_dicts(),
            plots={name: b64encode(content).decode() for name, content in plots.items()},
        )
    )


def _environment(locale: ReportLocale) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=True,  # names and cells of the file are shown
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    localizer = locale.localizer
    environment.globals.update({"_": localizer.gettext, "language": localizer.language})
    environment.filters |= {
        "text": localizer.text,
        "number": localizer.number,
        "count": localizer.count,
        "percent": localizer.percent,
        "value": lambda value: localizer.number(value, _digits(value)),
        "metric": lambda value, metric: (
            localizer.percent(value) if metric.is_share else localizer.number(value)
        ),
        "label": locale.label_text,
        "segment": locale.segment,
        "algorithm": locale.algorithm,
    }
    return environment


def _digits(value: float | None) -> int:
    return 0 if value is None or value == round(value) else 2


def _campaign_points(run: TrainedRun) -> list[dict[str, Any]]:
    """Return the points of the curve nearest to round shares of the customers, each once."""
    contacted = run.curve["contacted"]
    nearest = [int((contacted - share).abs().arg_min() or 0) for share in CAMPAIGN_SHARES]
    return [run.curve.row(index, named=True) for index in dict.fromkeys(nearest)]
