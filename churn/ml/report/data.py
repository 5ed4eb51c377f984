"""The sections about the data, and about how to make the model again."""

from collections.abc import Iterator, Mapping
from typing import Any

from churn.ml.customers import describe_finding
from churn.ml.report.blocks import Plots, bar, narrow, picture, section
from churn.ml.report.markup import Markup, table, tag
from churn.ml.report.speech import ReportLocale
from churn.ml.training import TrainedRun

MAX_COLUMNS = 60
MAX_CORRELATED = 15


def data_sections(
    run: TrainedRun, described: Mapping[str, Any], pictures: Plots, speech: ReportLocale
) -> Iterator[Markup]:
    """Yield what the data look like, by their profile, and the provenance of the model."""
    counts = run.counts
    told = speech.say(
        "data_text",
        rows=speech.count(counts.rows),
        rejected=speech.count(counts.rejected),
        customers=speech.count(counts.customers),
    )
    findings = [speech.text(describe_finding(f)) for f in run.customers.findings]
    yield section(
        "data",
        speech,
        tag("p", f"{told} {speech.say('outliers_text')}"),
        tag("ul", *(tag("li", text) for text in findings)) if findings else None,
        _columns(described, speech),
        narrow(picture("correlation_matrix", pictures, speech)),
        narrow(_with_churn(described, speech)),
    )
    yield section("made", speech, _provenance(run, speech))


def _columns(described: Mapping[str, Any], speech: ReportLocale) -> Markup:
    keys = ("feature", "kind", "typical", "missing", "distinct", "outliers")
    rows = [
        (
            speech.label(column["name"]),
            speech.say(column["kind"]),
            _typical(column, speech),
            speech.percent(column["missing_share"]),
            speech.count(column["distinct"]),
            speech.percent(column.get("outlier_share")) if "outliers" in column else "",
        )
        for column in described["columns"][:MAX_COLUMNS]
    ]
    header = [speech.say(key) for key in keys]
    return table(header, rows, caption=speech.say("columns_caption"), words=3)


def _typical(column: Mapping[str, Any], speech: ReportLocale) -> str:
    if column["kind"] == "numeric":
        quartiles = (column.get(name) for name in ("q1", "median", "q3"))
        return " · ".join(speech.number(value, _digits(value)) for value in quartiles)
    return ", ".join(str(entry["value"]) for entry in column["top"][:3])


def _digits(value: float | None) -> int:
    return 0 if value is None or value == round(value) else 2


def _with_churn(described: Mapping[str, Any], speech: ReportLocale) -> Markup:
    found = described["correlations"]["with_target"][:MAX_CORRELATED]
    rows = [
        (
            speech.label(entry["name"]),
            bar(
                abs(entry["correlation"]),
                speech.number(entry["correlation"], 2),
                up=entry["correlation"] > 0,
            ),
        )
        for entry in found
    ]
    header = [speech.say("feature"), speech.say("correlation")]
    return table(header, rows, caption=speech.say("with_churn_caption"), words=2)


def _provenance(run: TrainedRun, speech: ReportLocale) -> Markup:
    about, options = run.model.metadata, run.options
    libraries = ", ".join(f"{name} {version}" for name, version in about["libraries"].items())
    rows = [
        (speech.say("algorithm_asked"), options.algorithm),
        (speech.say("objective"), options.objective),
        (speech.say("seed"), str(options.seed)),
        (speech.say("trials"), str(options.trials)),
        (speech.say("hash"), tag("span", about["data_sha256"], class_="hash")),
        (speech.say("libraries"), libraries),
        (speech.say("columns"), ", ".join(run.model.encoder.names)),
    ]
    header = ["", speech.say("value")]
    return table(header, rows, caption=speech.say("made_caption"), words=2)
