"""Above which probability a customer counts as leaving, chosen for a stated purpose."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import numpy as np
import polars as pl

from churn.exceptions import DataUnfit, ModelInvalid
from churn.ml.arrays import FloatArray
from churn.ml.i18n.formatting import fill
from churn.ml.i18n.languages import Language
from churn.ml.metrics.profit import CampaignCosts

Objective = Literal["recall", "f1", "profit", "budget"]
OBJECTIVES: tuple[Objective, ...] = ("recall", "f1", "profit", "budget")
DEFAULT_BUDGET = 0.1
CURVE_POINTS = 200
MIN_CONTACTED = 10

_REASONS: dict[str, tuple[str, str]] = {
    "recall": (
        "the most churners found with a precision of at least {asked:.1%}",
        "la mayor cantidad de bajas detectadas con una precisión de al menos {asked:.1%}",
    ),
    "recall_default": (
        "the most churners found with a precision of at least {asked:.1%}, root of the churn rate",
        "la mayor cantidad de bajas con precisión de al menos {asked:.1%}, raíz de su tasa",
    ),
    "recall_unreached": (
        "a precision of {asked:.1%} was out of reach; the highest one reached was taken",
        "no se alcanzó una precisión de {asked:.1%}; se tomó la más alta alcanzada",
    ),
    "f1": (
        "the best balance of precision and recall (F1)",
        "el mejor equilibrio entre precisión y sensibilidad (F1)",
    ),
    "profit": (
        "the highest profit of the campaign at the costs given",
        "la mayor ganancia de la campaña con los costos dados",
    ),
    "budget": (
        "the riskiest {asked:.1%} of the customers, as the contact budget allows",
        "el {asked:.1%} de clientes con mayor riesgo, según el presupuesto de contactos",
    ),
    "budget_default": (
        "the riskiest {asked:.1%} of the customers; no contact budget was given",
        "el {asked:.1%} de clientes con mayor riesgo; no se dio un presupuesto de contactos",
    ),
}


@dataclass(frozen=True, slots=True)
class ThresholdObjective:
    """What the threshold is for: an objective and what it needs to be told.

    `budget` is a share of the customers up to 1, a number of customers above.
    """

    objective: Objective = "recall"
    min_precision: float | None = None
    budget: float | None = None
    costs: CampaignCosts = field(default_factory=CampaignCosts)

    def __post_init__(self) -> None:
        if self.objective not in OBJECTIVES:
            raise DataUnfit(
                "Unknown objective {name!r}; choose one of {known}.",
                name=self.objective,
                known=", ".join(OBJECTIVES),
            )
        if self.min_precision is not None and not 0.0 < self.min_precision <= 1.0:
            raise DataUnfit("The least precision must be above 0 and at most 1.")
        if self.budget is not None and not self.budget > 0.0:
            raise DataUnfit("The contact budget must be above 0.")


@dataclass(frozen=True, slots=True)
class Threshold:
    """`probability >= value` counts as churn; expectations were measured on held-out customers."""

    value: float
    objective: Objective
    reason: str
    asked: float | None
    precision: float
    recall: float
    contacted: float

    def explain(self, language: Language) -> str:
        english, spanish = _REASONS[self.reason]
        sentence = spanish if language == "es" else english
        return fill(sentence, language, asked=self.asked or 0.0)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> "Threshold":
        try:
            threshold = cls(**stored)
            known = threshold.reason in _REASONS and 0.0 <= float(threshold.value) <= 1.0
        except (TypeError, ValueError) as error:
            raise ModelInvalid("The stored threshold is damaged: {error}.", error=error) from error
        if not known:
            raise ModelInvalid("The stored threshold is damaged.")
        return threshold


@dataclass(frozen=True)
class OperatingCurve:
    """Every threshold that tells customers apart, from the highest, and what it would give."""

    threshold: FloatArray
    contacted: FloatArray
    precision: FloatArray
    recall: FloatArray
    profit: FloatArray

    @property
    def f1(self) -> FloatArray:
        total = self.precision + self.recall
        return np.divide(
            2 * self.precision * self.recall, total, out=np.zeros_like(total), where=total > 0
        )

    def frame(self) -> pl.DataFrame:
        """At most 200 points, evenly spread over the share contacted; profit is per customer."""
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
    """Trade-off curve of probabilities (rows,) against outcomes (rows,)."""
    order = np.argsort(-probability, kind="stable")
    ends = np.flatnonzero(np.append(np.diff(probability[order]) != 0, True))
    contacted = ends + 1.0
    caught = np.cumsum(actual[order])[ends]
    gain = caught * costs.per_churner + (contacted - caught) * costs.per_loyal
    return OperatingCurve(
        threshold=probability[order][ends],
        contacted=contacted / len(actual),
        precision=caught / contacted,
        recall=caught / max(actual.sum(), 1.0),
        profit=gain / len(actual),
    )


def choose_threshold(
    actual: FloatArray, probability: FloatArray, aim: ThresholdObjective
) -> Threshold:
    """Find the threshold that serves `aim` best on held-out customers (rows,)."""
    curve = operating_curve(actual, probability, aim.costs)
    point, reason, asked = _CHOICES[aim.objective](curve, actual, aim)
    return Threshold(
        value=float(curve.threshold[point]),
        objective=aim.objective,
        reason=reason,
        asked=asked,
        precision=float(curve.precision[point]),
        recall=float(curve.recall[point]),
        contacted=float(curve.contacted[point]),
    )


Choice = tuple[int, str, float | None]


def _by_recall(curve: OperatingCurve, actual: FloatArray, aim: ThresholdObjective) -> Choice:
    floor = aim.min_precision or float(np.sqrt(actual.mean()))
    enough = curve.contacted * len(actual) >= min(MIN_CONTACTED, len(actual))
    reached = np.flatnonzero((curve.precision >= floor) & enough)
    if len(reached):
        return int(reached[-1]), "recall" if aim.min_precision else "recall_default", floor
    return int(np.where(enough, curve.precision, -1.0).argmax()), "recall_unreached", floor


def _by_f1(curve: OperatingCurve, actual: FloatArray, aim: ThresholdObjective) -> Choice:
    return int(curve.f1.argmax()), "f1", None


def _by_profit(curve: OperatingCurve, actual: FloatArray, aim: ThresholdObjective) -> Choice:
    return int(curve.profit.argmax()), "profit", None


def _by_budget(curve: OperatingCurve, actual: FloatArray, aim: ThresholdObjective) -> Choice:
    budget = aim.budget or DEFAULT_BUDGET
    share = budget if budget <= 1.0 else min(budget / len(actual), 1.0)
    affordable = np.flatnonzero(curve.contacted <= share + 1e-12)
    point = int(affordable[-1]) if len(affordable) else 0
    return point, "budget" if aim.budget else "budget_default", share


_CHOICES = {"recall": _by_recall, "f1": _by_f1, "profit": _by_profit, "budget": _by_budget}
