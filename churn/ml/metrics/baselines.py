"""What a model has to beat: the old business rule, and answering the same for everyone."""

from typing import Any

import numpy as np
import polars as pl

from churn.ml.arrays import BoolArray, FloatArray
from churn.ml.metrics.classification import decision_metrics
from churn.ml.metrics.profit import CampaignCosts

RULE_COLUMN = "service_type"
ALWAYS_CHURN_TYPE, COIN_FLIP_TYPE = "problema", "reclamo"


def legacy_rule(frame: pl.DataFrame, seed: int) -> BoolArray:
    """Answers (rows,) of the first version's rule: problems leave, every second complaint leaves.

    The coin is seeded and tossed in the order of the frame. A table without service types has
    neither problems nor complaints: there the rule says that everybody stays.
    """
    if RULE_COLUMN not in frame.columns:
        return np.zeros(frame.height, dtype=bool)
    kind = frame[RULE_COLUMN].cast(pl.String)
    coin = np.random.default_rng(seed).random(frame.height) < 0.5  # noqa: PLR2004 - a fair coin
    problem, complaint = (
        np.asarray(kind.eq_missing(name)) for name in (ALWAYS_CHURN_TYPE, COIN_FLIP_TYPE)
    )
    return problem | (complaint & coin)


def baselines(
    frame: pl.DataFrame, actual: FloatArray, costs: CampaignCosts, seed: int
) -> dict[str, Any]:
    """Measures of each baseline on the held-out customers of `frame`, by name."""
    answers = {
        "old_rule": legacy_rule(frame, seed),
        "nobody_leaves": np.zeros(frame.height, dtype=bool),
        "everybody_leaves": np.ones(frame.height, dtype=bool),
    }
    return {
        name: {**decision_metrics(actual, churns), "profit": campaign_profit(actual, churns, costs)}
        for name, churns in answers.items()
    }


def campaign_profit(actual: FloatArray, churns: BoolArray, costs: CampaignCosts) -> float:
    """Average the money over the base when those flagged (rows,) are contacted."""
    gain = np.where(actual > 0, costs.per_churner, costs.per_loyal)
    return float((gain * churns).sum() / len(actual))
