"""The first page: a verdict, four figures, and the model card."""

from typing import Any

from churn.ml.customers import describe_finding
from churn.ml.report.markup import Markup, join, tag
from churn.ml.report.speech import ReportLocale
from churn.ml.training import RunRemark, TrainedRun, describe_remark

MIN_JUDGED = 100


def head(run: TrainedRun, speech: ReportLocale) -> Markup:
    """Title, verdict, and what they rest on."""
    metrics = run.metrics
    top = metrics["lift_table"][0]
    verdict = speech.say(
        "verdict",
        rate=speech.percent(top["churn_rate"], 0),
        lift=speech.number(metrics["top_decile_lift"], 1),
    )
    measured = speech.say("measured_on", count=speech.count(metrics["split"]["test"]))
    return tag(
        "header",
        tag("h1", speech.say("title")),
        tag("p", verdict, class_="verdict"),
        tag("p", measured, class_="muted"),
    )


def tiles(run: TrainedRun, speech: ReportLocale) -> Markup:
    """Show the four figures a manager asks for first."""
    metrics = run.metrics
    shown = (
        (speech.number(metrics["roc_auc"]), "ROC AUC"),
        (speech.percent(metrics["recall"], 0), speech.say("recall")),
        (speech.percent(metrics["precision"], 0), speech.say("precision")),
        (speech.number(metrics["emp_churn"], 2), speech.say("profit") + " (EMPC)"),
    )
    cells = (tag("div", tag("b", value), tag("span", name), class_="tile") for value, name in shown)
    return tag("div", *cells, class_="tiles")


def card(run: TrainedRun, speech: ReportLocale) -> Markup:
    """Say what it is for, trained on, how good, where weak, how to use; then what to mind."""
    parts = (
        ("for", speech.say("for_text")),
        ("trained_on", _trained(run, speech)),
        ("how_good", _good(run, speech)),
        ("where_weak", _weak(run, speech)),
        ("how_to_use", _use(run, speech)),
    )
    written = (tag("div", tag("h3", speech.say(key)), tag("p", text)) for key, text in parts)
    whole = tag("div", tag("h2", speech.say("card")), *written, class_="card")
    return join([whole, _notes(run, speech)])


def _trained(run: TrainedRun, speech: ReportLocale) -> str:
    split = run.metrics["split"]
    told = speech.say(
        "trained_text",
        train=speech.count(split["train"]),
        rate=speech.percent(split["train_churn_rate"]),
        features=speech.count(len(run.model.encoder.columns)),
        test=speech.count(split["test"]),
    )
    return f"{told} {speech.say('by_time' if split['way'] == 'time' else 'by_chance')}"


def _good(run: TrainedRun, speech: ReportLocale) -> str:
    metrics = run.metrics
    low, high = metrics["intervals"]["roc_auc"]
    return speech.say(
        "good_text",
        auc=speech.percent(metrics["roc_auc"]),
        low=speech.percent(low),
        high=speech.percent(high),
        score=speech.percent(metrics["mean_score"]),
        rate=speech.percent(metrics["base_rate"]),
    )


def _weak(run: TrainedRun, speech: ReportLocale) -> str:
    judged = [
        row
        for row in run.metrics["segments"]
        if row["roc_auc"] is not None and row["customers"] >= MIN_JUDGED
    ]
    if not judged:
        return speech.say("weak_none")
    weakest: dict[str, Any] = min(judged, key=lambda row: row["roc_auc"])
    return speech.say(
        "weak_text",
        feature=speech.label(weakest["feature"]),
        segment=speech.segment(weakest["segment"]),
        count=speech.count(weakest["customers"]),
        auc=speech.number(weakest["roc_auc"]),
    )


def _use(run: TrainedRun, speech: ReportLocale) -> str:
    metrics = run.metrics
    return speech.say(
        "use_text",
        threshold=speech.percent(run.threshold.value),
        reason=run.threshold.describe(),
        flagged=speech.percent(metrics["flagged"]),
        precision=speech.percent(metrics["precision"]),
        recall=speech.percent(metrics["recall"]),
    )


def _notes(run: TrainedRun, speech: ReportLocale) -> Markup | None:
    told = [speech.text(describe_remark(RunRemark(**note))) for note in run.metrics["notes"]]
    found = [
        speech.text(describe_finding(finding))
        for finding in run.customers.findings
        if finding.severity != "info"
    ]
    if not told and not found:
        return None
    items = (tag("li", text) for text in [*told, *found])
    return tag("div", tag("h3", speech.say("notes")), tag("ul", *items), class_="notes")
