"""Options of a training run."""

from dataclasses import dataclass, field

from churn.exceptions import DataUnfit
from churn.ml.i18n.messages import gettext_noop as _
from churn.ml.metrics import CampaignCosts, Objective, ThresholdObjective
from churn.ml.selection import CANDIDATES, MEDIUM_TREES, SPLINES, Candidate
from churn.ml.training.preparation import SplitChoice

CANDIDATES_BY_ALGORITHM: dict[str, tuple[Candidate, ...]] = {
    "race": CANDIDATES,
    "compare": CANDIDATES,
    "xgboost": (MEDIUM_TREES,),
    "logistic": (SPLINES,),
}


@dataclass(frozen=True, slots=True)
class TrainingOptions:
    """How to train, and what to choose the threshold for.

    `algorithm` is race (all candidates), xgboost, logistic, or compare (all candidates, measured
    together with fourteen other algorithms). `trials` adds a search for tree parameters. `split`
    says how test customers are held out: auto is by time where the file has a time column.

    Raises
    ------
    DataUnfit : an option is unknown or out of range.
    """

    algorithm: str = "race"
    objective: Objective = "recall"
    min_precision: float | None = None
    trials: int = 0
    seed: int = 42
    allow_leaks: bool = False
    costs: CampaignCosts = field(default_factory=CampaignCosts)
    budget: float | None = None
    split: SplitChoice = "auto"

    def __post_init__(self) -> None:
        if self.algorithm not in CANDIDATES_BY_ALGORITHM:
            raise DataUnfit(
                _(
                    "Unknown algorithm {name!r}; choose one of {known}. `compare` also measures"
                    " other algorithms."
                ),
                name=self.algorithm,
                known=", ".join(CANDIDATES_BY_ALGORITHM),
            )
        if self.split not in {"auto", "random", "time"}:
            raise DataUnfit(
                _("Unknown split {name!r}; choose auto, random or time."), name=self.split
            )
        if self.trials < 0:
            raise DataUnfit(_("The number of trials must not be negative."))
        self.threshold_objective()  # an invalid objective fails now, not after the training

    def threshold_objective(self) -> ThresholdObjective:
        return ThresholdObjective(
            objective=self.objective,
            min_precision=self.min_precision,
            budget=self.budget,
            costs=self.costs,
        )
