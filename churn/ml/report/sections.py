"""The sections about the model: its figures, its use, its ranking, its reasons."""

from collections.abc import Iterator
from typing import Any

from churn.ml.report.blocks import Plots, bar, narrow, pair, picture, section
from churn.ml.report.markup import Markup, table, tag
from churn.ml.report.speech import ReportLocale
from churn.ml.training import TrainedRun

SHARES = frozenset({"accuracy", "balanced_accuracy", "precision", "recall", "f1", "ece"})
MEASURES = (
    "roc_auc",
    "pr_auc",
    "log_loss",
    "brier",
    "ece",
    "top_decile_lift",
    "emp_churn",
    "accuracy",
    "balanced_accuracy",
    "precision",
    "recall",
    "f1",
)
CAMPAIGN_SHARES = (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0)
MAX_IMPORTANT = 15


def model_sections(run: TrainedRun, pictures: Plots, speech: ReportLocale) -> Iterator[Markup]:
    """Yield the sections in the order a reader asks."""
    yield section("figures", speech, _figures(run, speech))
    answered = (narrow(_confusion(run, speech)), _baselines(run, speech))
    yield section("at_threshold", speech, *answered)
    yield _campaign(run, pictures, speech)
    yield _ranking(run, pictures, speech)
    yield _drivers(run, pictures, speech)
    yield section("segments", speech, _segments(run, speech))
    yield _chosen(run, speech)
    if run.comparison is not None:
        yield _compared(run, pictures, speech)


def _figures(run: TrainedRun, speech: ReportLocale) -> Markup:
    header = [speech.say(key) for key in ("measure", "meaning", "value", "interval")]
    rows = [
        (
            speech.measure(key),
            speech.say(key),
            _figure(key, run.metrics[key], speech),
            _interval(key, run.metrics["intervals"].get(key), speech),
        )
        for key in MEASURES
    ]
    return table(header, rows, caption=speech.say("figures_caption"), words=2)


def _figure(key: str, value: float, speech: ReportLocale) -> str:
    return speech.percent(value) if key in SHARES else speech.number(value)


def _interval(key: str, interval: list[float] | None, speech: ReportLocale) -> str:
    if interval is None:
        return ""
    low, high = (_figure(key, value, speech) for value in interval)
    return f"{low} \N{EN DASH} {high}"


def _confusion(run: TrainedRun, speech: ReportLocale) -> Markup:
    counts = {name: speech.count(count) for name, count in run.metrics["confusion"].items()}
    header = ["", speech.say("flagged"), speech.say("not_flagged")]
    rows = [
        (speech.say("left"), counts["true_positive"], counts["false_negative"]),
        (speech.say("stayed"), counts["false_positive"], counts["true_negative"]),
    ]
    return table(header, rows, caption=speech.say("confusion_caption"))


def _baselines(run: TrainedRun, speech: ReportLocale) -> Markup:
    names = ("accuracy", "balanced_accuracy", "precision", "recall", "f1")
    header = [speech.say("answer"), *(speech.measure(name) for name in names), speech.say("profit")]
    answers = {"this_model": run.metrics, **run.metrics["baselines"]}
    rows = [
        (
            speech.say(key),
            *(speech.percent(measured[name]) for name in names),
            speech.number(measured["profit"], 2),
        )
        for key, measured in answers.items()
    ]
    return table(header, rows, caption=speech.say("baselines_caption"))


def _campaign(run: TrainedRun, pictures: Plots, speech: ReportLocale) -> Markup:
    costs = run.options.costs
    told = speech.say(
        "campaign_text",
        value=speech.number(costs.lifetime_value, 0),
        incentive=speech.number(costs.incentive, 0),
        contact=speech.number(costs.contact, 0),
        acceptance=speech.percent(costs.acceptance, 0),
    )
    keys = ("contacted", "threshold", "precision", "recall", "profit")
    rows = [
        (
            speech.percent(point["contacted"], 0),
            speech.percent(point["threshold"]),
            speech.percent(point["precision"]),
            speech.percent(point["recall"]),
            speech.number(point["profit"], 2),
        )
        for point in _points(run)
    ]
    header = [speech.measure(key) for key in keys]
    shown = table(header, rows, caption=speech.say("campaign_caption"))
    drawn = picture("trade_off", pictures, speech)
    return section("campaign", speech, tag("p", told), pair(drawn, shown))


def _points(run: TrainedRun) -> list[dict[str, Any]]:
    """Points of the curve nearest to round shares of the customers, each once."""
    contacted = run.curve["contacted"]
    nearest = [int((contacted - share).abs().arg_min() or 0) for share in CAMPAIGN_SHARES]
    return [run.curve.row(at, named=True) for at in dict.fromkeys(nearest)]


def _ranking(run: TrainedRun, pictures: Plots, speech: ReportLocale) -> Markup:
    keys = ("tenth", "customers", "churners", "churn_rate", "lift", "gain")
    rows = [
        (
            str(row["decile"]),
            speech.count(row["customers"]),
            speech.count(row["churners"]),
            speech.percent(row["churn_rate"]),
            speech.number(row["lift"], 2),
            speech.percent(row["gain"]),
        )
        for row in run.metrics["lift_table"]
    ]
    caption = speech.say("lift_caption")
    shown = table([speech.say(key) for key in keys], rows, caption=caption)
    meaning = speech.say("scores_text", ece=speech.percent(run.metrics["ece"]))
    return section(
        "ranking",
        speech,
        pair(picture("lift", pictures, speech), shown),
        pair(picture("roc", pictures, speech), picture("precision_recall", pictures, speech)),
        pair(picture("calibration", pictures, speech, meaning), _reliability(run, speech)),
    )


def _reliability(run: TrainedRun, speech: ReportLocale) -> Markup:
    rows = [
        (
            speech.percent(row["mean_score"]),
            speech.percent(row["churn_rate"]),
            speech.count(row["rows"]),
        )
        for row in run.metrics["reliability"]
    ]
    header = [speech.say(key) for key in ("mean_score", "churn_rate", "customers")]
    return table(header, rows, caption=speech.say("reliability_caption"))


def _drivers(run: TrainedRun, pictures: Plots, speech: ReportLocale) -> Markup:
    top = run.importance.head(MAX_IMPORTANT)
    largest = max(top["share"].to_list(), default=1.0) or 1.0
    rows = [
        (speech.label(name), bar(share / largest, speech.percent(share)))
        for name, share in top.select("feature", "share").iter_rows()
    ]
    header = [speech.say("feature"), speech.say("share")]
    return section(
        "drivers",
        speech,
        tag("p", speech.say("drivers_text")),
        narrow(table(header, rows, caption=speech.say("importance_caption"), words=2)),
        picture("shap_summary", pictures, speech, speech.say("colours")),
    )


def _segments(run: TrainedRun, speech: ReportLocale) -> Markup:
    keys = ("feature", "segment", "customers", "churn_rate", "mean_score")
    header = [
        *(speech.say(key) for key in keys),
        *map(speech.measure, ("roc_auc", "precision", "recall")),
    ]
    rows = [
        (
            speech.label(row["feature"]),
            speech.segment(row["segment"]),
            speech.count(row["customers"]),
            speech.percent(row["churn_rate"]),
            speech.percent(row["mean_score"]),
            speech.number(row["roc_auc"]),
            speech.percent(row["precision"]),
            speech.percent(row["recall"]),
        )
        for row in run.metrics["segments"]
    ]
    return table(header, rows, caption=speech.say("segments_caption"), words=2)


def _chosen(run: TrainedRun, speech: ReportLocale) -> Markup:
    race = run.metrics["race"]
    told = speech.say("chosen_text", winner=speech.say(race["winner"]))
    rows = [
        (
            speech.say(name),
            speech.number(loss, 4),
            speech.number(race["weights"][name], 2) if name in race["weights"] else "",
        )
        for name, loss in sorted(race["log_loss"].items(), key=lambda item: item[1])
    ]
    header = [speech.say("contestant"), speech.measure("log_loss"), speech.say("weight")]
    shown = narrow(table(header, rows, caption=speech.say("race_caption")))
    return section("chosen", speech, tag("p", f"{told} {_spread(run, speech)}"), shown)


def _spread(run: TrainedRun, speech: ReportLocale) -> str:
    random = run.metrics["random"]
    if random["folds"] is None:
        told = {"count": speech.count(random["customers"]), "auc": speech.number(random["roc_auc"])}
        return speech.say("random_text", **told)
    area = random["folds"]["roc_auc"]
    return speech.say(
        "spread_text",
        folds=len(area["folds"]),
        mean=speech.number(area["mean"]),
        deviation=speech.number(area["standard_deviation"]),
    )


def _compared(run: TrainedRun, pictures: Plots, speech: ReportLocale) -> Markup:
    if run.comparison is None:
        return section("compared", speech)
    names = ("roc_auc", "log_loss", "emp_churn", "precision", "recall", "f1")
    header = [
        speech.say("algorithm"),
        *(speech.measure(name) for name in names),
        speech.say("seconds"),
    ]
    rows = [
        (
            speech.algorithm(row["algorithm"]),
            *(speech.number(row[name]) for name in names),
            speech.number(row["seconds"], 2)
            if row["status"] == "measured"
            else speech.say("not_installed"),
        )
        for row in run.comparison.iter_rows(named=True)
    ]
    shown = table(header, rows, caption=speech.say("compared_caption"))
    return section("compared", speech, narrow(picture("comparison", pictures, speech)), shown)
