"""Remarks on a training run that its metrics alone do not show."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from churn.ml.i18n.messages import Marked, Message, ngettext_noop
from churn.ml.i18n.messages import gettext_noop as _
from churn.ml.training.leaks import Leak, LeakType, describe_leak

OPTIMISTIC_SPLIT_GAP = 0.01  # area under the ROC curve
SUSPICIOUS_AUC = 0.985  # of held-out customers; churn is hardly ever that predictable
WARNINGS = frozenset({"leaks_allowed", "suspicious_auc"})  # remarks that question the metrics

_SENTENCES: dict[str, Marked] = {
    "left_out": _("{leak}: excluded"),
    "leaks_allowed": _("{leak}: kept because leaks are allowed; the metrics may be too optimistic"),
    "suspicious_auc": _(
        "the AUC of {auc:.3f} is too good to be true; check whether `{column}` was known before"
        " the customers left"
    ),
    "by_time": _(
        "AUC is {random:.3f} on random older customers, {newest:.3f} on the newest {test:,}"
    ),
    "flattered": _("a random split would overestimate the AUC by {gap:.3f}"),
    "not_by_time": _(
        "the newest customers have too few cases of one outcome; customers were held out at random"
    ),
    "copies": ngettext_noop(
        "{copies:,} row is a duplicate; duplicates were kept on one side of every split",
        "{copies:,} rows are duplicates; duplicates were kept on one side of every split",
    ),
    "churn_rate_moved": _(
        "the churn rate changed from {before:.1%} (older customers) to {after:.1%} (newest"
        " customers)"
    ),
    "precision_missed": _(
        "the threshold was chosen for a precision of {asked:.1%}; on held-out customers it is"
        " {met:.1%}"
    ),
    "few_churners": ngettext_noop(
        "only {left:,} held-out customer churned; the intervals are wide",
        "only {left:,} held-out customers churned; the intervals are wide",
    ),
}
_COUNTED = {"copies": "copies", "few_churners": "left"}  # the value that selects the plural
_MIN_RATE_CHANGE = 0.02
_MIN_CHURNERS = 50  # with fewer the intervals are wide


@dataclass(frozen=True, slots=True)
class RunRemark:
    """A remark: its code, and the values of its sentence."""

    code: str
    values: dict[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def describe_remark(remark: RunRemark) -> Message:
    """Return one sentence without a full stop."""
    values = dict(remark.values)
    if remark.code in _COUNTED:
        values["count"] = values[_COUNTED[remark.code]]
    if "leak" in values:
        leak = Leak(values["column"], LeakType(values["leak"]), values["auc"])
        values = {"leak": describe_leak(leak)}
    return Message.of(_SENTENCES[remark.code], **values)


def warnings_of(remarks: Iterable[RunRemark]) -> list[dict[str, str]]:
    """Return the remarks that are warnings as `code`, `column` and the English `message`."""
    return [
        {
            "code": remark.code,
            "column": remark.values.get("column", ""),
            "message": str(describe_remark(remark)),
        }
        for remark in remarks
        if remark.code in WARNINGS
    ]


def run_remarks(
    leaks: Sequence[Leak], metrics: dict[str, Any], strongest: str
) -> Iterator[RunRemark]:
    """Yield the leaks that were found, and what the metrics alone do not show.

    `strongest` is the most important feature.
    """
    if metrics["roc_auc"] >= SUSPICIOUS_AUC:
        yield RunRemark("suspicious_auc", {"column": strongest, "auc": metrics["roc_auc"]})
    for leak in leaks:
        values = {"column": leak.column, "leak": leak.leak_type.value, "auc": leak.auc}
        yield RunRemark("left_out" if leak.is_harmless else "leaks_allowed", values)
    split = metrics["split"]
    if split["way"] == "time":
        yield from _time_remarks(metrics)
    elif split["is_dated"]:
        yield RunRemark("not_by_time")
    if split["copies"]:
        yield RunRemark("copies", {"copies": split["copies"]})
    yield from _threshold_remarks(metrics)
    churners = metrics["confusion"]["true_positive"] + metrics["confusion"]["false_negative"]
    if churners < _MIN_CHURNERS:
        yield RunRemark("few_churners", {"left": churners})


def _threshold_remarks(metrics: dict[str, Any]) -> Iterator[RunRemark]:
    """Yield a remark if the requested precision is above the interval of the held-out one."""
    threshold, interval = metrics["threshold"], metrics["intervals"].get("precision")
    is_floor = threshold["reason"] in {"recall", "recall_default"}
    if is_floor and interval is not None and interval[1] < threshold["asked"]:
        yield RunRemark(
            "precision_missed", {"asked": threshold["asked"], "met": metrics["precision"]}
        )


def _time_remarks(metrics: dict[str, Any]) -> Iterator[RunRemark]:
    split, random, newest = metrics["split"], metrics["random"]["roc_auc"], metrics["roc_auc"]
    yield RunRemark("by_time", {"test": split["test"], "random": random, "newest": newest})
    if random - newest > OPTIMISTIC_SPLIT_GAP:
        yield RunRemark("flattered", {"gap": random - newest})
    if abs(split["train_churn_rate"] - metrics["base_rate"]) > _MIN_RATE_CHANGE:
        rates = {"before": split["train_churn_rate"], "after": metrics["base_rate"]}
        yield RunRemark("churn_rate_moved", rates)
