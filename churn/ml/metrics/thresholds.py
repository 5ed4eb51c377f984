"""Thresholds: the probability from which a customer is flagged, chosen for an objective."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np
import polars as pl

from churn.exceptions import DataUnfit, ModelInvalid
from churn.ml.arrays import FloatArray
from churn.ml.i18n.messages import Message
from churn.ml.i18n.messages import gettext_noop as _
from churn.ml.metrics.curves import ranked_counts
from churn.ml.metrics.profit import CampaignCosts

Objective: TypeAlias = Literal["recall", "f1", "profit", "budget"]
OBJECTIVES: tuple[Objective, ...] = ("recall", "f1", "profit", "budget")
DEFAULT_BUDGET = 0.1
CURVE_POINTS = 200
MIN_CONTACTED = 10  # the precision of fewer customers is mostly noise

_REASONS = {
    "recall": _("highest recall with a precision of at least {asked:.1%}"),
    "recall_default": _(
        "highest recall with a precision of at least {asked:.1%} (square root of the churn rate)"
    ),
    "recall_unreached": _(
        "a precision of {asked:.1%} was not reached; the highest precision was used"
    ),
    "f1": _("best balance of precision and recall (F1)"),
    "profit": _("highest campaign profit at the given costs"),
    "budget": _(
        "the {asked:.1%} of customers with the highest risk, according to the contact budget"
    ),
    "budget_default": _(
        "the {asked:.1%} of customers with the highest risk (no contact budget was given)"
    ),
    "min_probability": _(
        "nobody is contacted below half the churn rate; without this limit the threshold would be"
        " lower"
    ),
}


@dataclass(frozen=True, slots=True)
class ThresholdObjective:
    """What a threshold is chosen for, with the parameters of the objective.

    `budget` up to 1 is a share of the customers, above 1 a number of customers.

    Raises
    ------
    DataUnfit : the objective is unknown, or a parameter is out of range.
    """

    objective: Objective = "recall"
    min_precision: float | None = None
    budget: float | None = None
    costs: CampaignCosts = field(default_factory=CampaignCosts)

    def __post_init__(self) -> None:
        if self.objective not in OBJECTIVES:
            raise DataUnfit(
                _("Unknown objective {name!r}; choose one of {known}."),
                name=self.objective,
                known=", ".join(OBJECTIVES),
            )
        if self.min_precision is not None and not 0.0 < self.min_precision <= 1.0:
            raise DataUnfit(_("The minimum precision must be above 0 and at most 1."))
        if self.budget is not None and not self.budget > 0.0:
            raise DataUnfit(_("The contact budget must be above 0."))

    @property
    def is_explicit(self) -> bool:
        """Whether the user decided how many customers to contact, by a budget or by costs."""
        if self.objective == "budget":
            return True
        return self.objective == "profit" and self.costs != CampaignCosts()


@dataclass(frozen=True, slots=True)
class Threshold:
    """A customer with `probability >= value` is flagged.

    `requested` is the precision or the share of customers that was asked for. `precision`, `recall`
    and `contacted` (a share) are those of the out-of-fold predictions it was chosen on.
    """

    value: float
    objective: Objective
    reason: str
    requested: float | None
    precision: float
    recall: float
    contacted: float

    def describe(self) -> Message:
        """Return why this threshold was chosen."""
        return Message.of(_REASONS[self.reason], asked=self.requested or 0.0)

    def to_dict(self) -> dict[str, Any]:
        """Return the stored form; its keys are those of stored models and do not change."""
        return {_STORED_KEYS.get(name, name): value for name, value in asdict(self).items()}

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> "Threshold":
        """Read what `to_dict` wrote.

        Raises
        ------
        ModelInvalid : an entry is absent, unknown or out of range.
        """
        names = {key: name for name, key in _STORED_KEYS.items()}
        try:
            threshold = cls(**{names.get(key, key): value for key, value in stored.items()})
            known = threshold.reason in _REASONS and 0.0 <= float(threshold.value) <= 1.0
        except (TypeError, ValueError) as error:
            raise ModelInvalid(
                _("The stored threshold is damaged: {error}."), error=error
            ) from error
        if not known:
            raise ModelInvalid(_("The stored threshold is damaged."))
        return threshold


_STORED_KEYS = {"requested": "asked"}


@dataclass(frozen=True)
class OperatingCurve:
    """The distinct thresholds (thresholds,), highest first, and what each would give.

    `contacted` is a share of the customers, `profit` money per customer of the base.
    """

    threshold: FloatArray
    contacted: FloatArray
    precision: FloatArray
    recall: FloatArray
    profit: FloatArray

    def above(self, probability: float) -> "OperatingCurve":
        """Return the points whose threshold is at least `probability`."""
        size = int((self.threshold >= probability).sum())
        return OperatingCurve(
            threshold=self.threshold[:size],
            contacted=self.contacted[:size],
            precision=self.precision[:size],
            recall=self.recall[:size],
            profit=self.profit[:size],
        )

    @property
    def f1(self) -> FloatArray:
        total = self.precision + self.recall
        return np.divide(
            2 * self.precision * self.recall, total, out=np.zeros_like(total), where=total > 0
        )

    def frame(self) -> pl.DataFrame:
        """Return at most 200 points, evenly spread over the share contacted."""
        spread = np.searchsorted(self.contacted, np.linspace(0.0, 1.0, CURVE_POINTS))
        points = np.unique(np.minimum(spread, len(self.threshold) - 1))
        columns = {
            "threshold": self.threshold,
            "contacted": self.contacted,
            "precision": self.precision,
            "recall": self.recall,
            "f1": self.f1,
            "profit": self.profit,
        }
        return pl.DataFrame({name: values[points] for name, values in columns.items()})


def operating_curve(
    actual: FloatArray, probability: FloatArray, costs: CampaignCosts
) -> OperatingCurve:
    """Return the trade-off curve of probabilities (rows,) against outcomes (rows,)."""
    counts = ranked_counts(actual, probability)
    gain = counts.true_positives * costs.per_churner + counts.false_positives * costs.per_loyal
    return OperatingCurve(
        threshold=counts.score,
        contacted=counts.flagged / len(actual),
        precision=counts.true_positives / counts.flagged,
        recall=counts.true_positives / max(actual.sum(), 1.0),
        profit=gain / len(actual),
    )


def choose_threshold(
    actual: FloatArray,
    probability: FloatArray,
    goal: ThresholdObjective,
    *,
    min_probability: float = 0.0,
) -> Threshold:
    """Find the best threshold for `goal` by outcomes and out-of-fold probabilities.

    Both are (rows,), of training customers. A threshold below `min_probability` is not chosen,
    unless the user limited the number of contacts or gave the costs of the campaign.
    """
    full = operating_curve(actual, probability, goal.costs)
    choose = _CHOICES[goal.objective]
    point, reason, requested = choose(full, actual, goal)
    if goal.is_explicit or full.threshold[point] >= min_probability:
        return _threshold_at(full, goal, Choice(point, reason, requested))
    curve = full.above(min_probability)
    if not len(curve.threshold):
        return Threshold(
            min_probability, goal.objective, "min_probability", min_probability, 0.0, 0.0, 0.0
        )
    point, _reason, _requested = choose(curve, actual, goal)
    return _threshold_at(curve, goal, Choice(point, "min_probability", min_probability))


def _threshold_at(curve: OperatingCurve, goal: ThresholdObjective, choice: "Choice") -> Threshold:
    point, reason, requested = choice
    return Threshold(
        value=float(curve.threshold[point]),
        objective=goal.objective,
        reason=reason,
        requested=requested,
        precision=float(curve.precision[point]),
        recall=float(curve.recall[point]),
        contacted=float(curve.contacted[point]),
    )


class Choice(NamedTuple):
    """A point of the curve, the code of the reason, and the value that was requested."""

    point: int
    reason: str
    requested: float | None


def _choose_by_recall(
    curve: OperatingCurve, actual: FloatArray, goal: ThresholdObjective
) -> Choice:
    # The root of the churn rate lies between contacting everybody and contacting the certain ones.
    floor = goal.min_precision or float(np.sqrt(actual.mean()))
    is_large_enough = curve.contacted * len(actual) >= min(MIN_CONTACTED, len(actual))
    reached = np.flatnonzero((curve.precision >= floor) & is_large_enough)
    if len(reached):
        reason = "recall" if goal.min_precision else "recall_default"
        return Choice(int(reached[-1]), reason, floor)
    most_precise = int(np.where(is_large_enough, curve.precision, -1.0).argmax())
    return Choice(most_precise, "recall_unreached", floor)


def _choose_by_f1(curve: OperatingCurve, actual: FloatArray, goal: ThresholdObjective) -> Choice:
    return Choice(int(curve.f1.argmax()), "f1", None)


def _choose_by_profit(
    curve: OperatingCurve, actual: FloatArray, goal: ThresholdObjective
) -> Choice:
    return Choice(int(curve.profit.argmax()), "profit", None)


def _choose_by_budget(
    curve: OperatingCurve, actual: FloatArray, goal: ThresholdObjective
) -> Choice:
    budget = goal.budget or DEFAULT_BUDGET
    share = budget if budget <= 1.0 else min(budget / len(actual), 1.0)
    # The tolerance is for rounding: 30 of 100 customers are a share of 0.3.
    affordable = np.flatnonzero(curve.contacted <= share + 1e-12)
    point = int(affordable[-1]) if len(affordable) else 0
    return Choice(point, "budget" if goal.budget else "budget_default", share)


_CHOICES = {
    "recall": _choose_by_recall,
    "f1": _choose_by_f1,
    "profit": _choose_by_profit,
    "budget": _choose_by_budget,
}
