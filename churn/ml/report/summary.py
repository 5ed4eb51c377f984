"""Sentences of the report that quote figures of the run."""

from collections.abc import Iterator
from typing import Any

from churn.ml.customers import describe_finding
from churn.ml.i18n.messages import Message
from churn.ml.i18n.messages import gettext_noop as _
from churn.ml.inspection import UNKNOWN
from churn.ml.report.localization import ReportLocale
from churn.ml.report.names import CANDIDATES
from churn.ml.training import RunRemark, TrainedRun, describe_remark

MIN_SEGMENT_CUSTOMERS = 100  # the AUC of a smaller segment is mostly noise


def sentences(run: TrainedRun, locale: ReportLocale) -> dict[str, Message]:
    """Return the sentences of the report, by the names that the templates use."""
    return {
        "verdict": _verdict(run),
        "measured_on": Message.of(
            _("Measured on {count:,} held-out customers."), count=run.metrics["split"]["test"]
        ),
        "intended_use": Message(
            _(
                "The model gives each customer a probability of leaving, with reasons, so that"
                " customers at risk can be contacted first. It ranks and explains; it does not"
                " predict what would make a customer stay."
            )
        ),
        "training_data": _training_data(run),
        "quality": _quality(run),
        "limitations": _limitations(run, locale),
        "usage": _usage(run),
        "campaign": _campaign(run),
        "calibration": Message.of(
            _(
                "On the diagonal, the churn rate equals the score. Larger points represent more"
                " customers. The mean gap (ECE) is {ece:.1%}."
            ),
            ece=run.metrics["ece"],
        ),
        "importance": Message(
            _(
                "Exact contributions in log-odds, averaged over customers. They explain the model,"
                " not causes: a feature that correlates with churn need not cause it."
            )
        ),
        "colours": Message(_("Teal: low value; orange: high value; beige: category or missing.")),
        "selection": _selection(run),
        "spread": _spread(run),
        "rows": Message.of(
            _("{rows:,} rows were read and {rejected:,} rejected; {customers:,} customers remain."),
            rows=run.counts.rows,
            rejected=run.counts.rejected,
            customers=run.counts.customers,
        ),
    }


def remarks(run: TrainedRun) -> Iterator[Message]:
    """Yield the remarks on the run, and the findings that are warnings."""
    for remark in run.metrics["notes"]:
        yield describe_remark(RunRemark(**remark))
    for finding in run.customers.findings:
        if finding.severity != "info":
            yield describe_finding(finding)


def _verdict(run: TrainedRun) -> Message:
    return Message.of(
        _(
            "In the highest risk decile, {rate:.0%} of customers left: {lift:.1f} times the"
            " average."
        ),
        rate=run.metrics["lift_table"][0]["churn_rate"],
        lift=run.metrics["top_decile_lift"],
    )


def _training_data(run: TrainedRun) -> Message:
    split = run.metrics["split"]
    how = (
        _("The newest customers were held out, as in real use.")
        if split["way"] == "time"
        else _("A random fifth of the customers was held out, stratified by outcome.")
    )
    return Message.of(
        _(
            "{train:,} customers, {features:,} features; churn rate {rate:.1%}. {test:,} customers"
            " were held out. {how}"
        ),
        train=split["train"],
        features=len(run.model.encoder.columns),
        rate=split["train_churn_rate"],
        test=split["test"],
        how=Message(how),
    )


def _quality(run: TrainedRun) -> Message:
    low, high = run.metrics["intervals"]["roc_auc"]
    return Message.of(
        _(
            "Given one customer who left and one who stayed, the model ranks them correctly"
            " {auc:.1%} of the time ({low:.1%} to {high:.1%}). The mean score is {score:.1%}; the"
            " churn rate is {rate:.1%}."
        ),
        auc=run.metrics["roc_auc"],
        low=low,
        high=high,
        score=run.metrics["mean_score"],
        rate=run.metrics["base_rate"],
    )


def _limitations(run: TrainedRun, locale: ReportLocale) -> Message:
    large = [
        row
        for row in run.metrics["segments"]
        if row["roc_auc"] is not None and row["customers"] >= MIN_SEGMENT_CUSTOMERS
    ]
    if not large:
        return Message(_("No segment is large enough to be measured separately."))
    weakest: dict[str, Any] = min(large, key=lambda row: row["roc_auc"])
    name = weakest["segment"]
    return Message.of(
        _("Weakest segment: {feature}, {segment} ({count:,} customers), AUC {auc:.3f}."),
        feature=locale.label(weakest["feature"]),
        segment=Message(_("unknown")) if name == UNKNOWN else name,
        count=weakest["customers"],
        auc=weakest["roc_auc"],
    )


def _usage(run: TrainedRun) -> Message:
    return Message.of(
        _(
            "Flag customers with a score of at least {threshold:.1%}: {reason}. This flags"
            " {flagged:.1%} of the customers, with a precision of {precision:.1%} and a recall of"
            " {recall:.1%}."
        ),
        threshold=run.threshold.value,
        reason=run.threshold.describe(),
        flagged=run.metrics["flagged"],
        precision=run.metrics["precision"],
        recall=run.metrics["recall"],
    )


def _campaign(run: TrainedRun) -> Message:
    costs = run.options.costs
    return Message.of(
        _(
            "Profit is per customer of the whole base, for a lifetime value of {value:,.0f}, an"
            " incentive of {incentive:,.0f}, a contact cost of {contact:,.0f} and an acceptance"
            " rate of {acceptance:.0%}."
        ),
        value=costs.lifetime_value,
        incentive=costs.incentive,
        contact=costs.contact,
        acceptance=costs.acceptance,
    )


def _selection(run: TrainedRun) -> Message:
    return Message.of(
        _(
            "Candidates were compared by log loss on training customers that were not used to fit"
            " them; the lowest wins. Selected: “{winner}”. The weight is the share of a candidate"
            " in the blend."
        ),
        winner=Message(CANDIDATES[run.metrics["race"]["winner"]]),
    )


def _spread(run: TrainedRun) -> Message:
    random = run.metrics["random"]
    if random["folds"] is None:
        return Message.of(
            _(
                "On {count:,} random training customers not used for fitting, the AUC was"
                " {auc:.3f}."
            ),
            count=random["customers"],
            auc=random["roc_auc"],
        )
    auc = random["folds"]["roc_auc"]
    return Message.of(
        _("Over {folds} training folds, the AUC was {mean:.3f} ± {deviation:.3f}."),
        folds=len(auc["folds"]),
        mean=auc["mean"],
        deviation=auc["standard_deviation"],
    )
