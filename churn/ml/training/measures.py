"""Everything that is measured of one run, as one mapping ready for JSON."""

from dataclasses import asdict
from typing import Any

from churn.ml.arrays import FloatArray, sigmoid
from churn.ml.inspection.segments import HeldOutPredictions
from churn.ml.metrics.baselines import baselines, campaign_profit
from churn.ml.metrics.bootstrap import bootstrap_intervals
from churn.ml.metrics.calibration import reliability
from churn.ml.metrics.classification import (
    confusion,
    cross_validation_summary,
    decision_metrics,
    lift_table,
    log_loss,
    ranking_metrics,
    roc_auc,
)
from churn.ml.metrics.profit import CampaignCosts
from churn.ml.selection.fitting import FittedEnsemble, OutOfFold
from churn.ml.training.preparation import PreparedData


def measure(answers: HeldOutPredictions, costs: CampaignCosts, seed: int) -> dict[str, Any]:
    """Scalars of the held-out customers under their usual names, and the tables behind them."""
    actual, probability, churns = answers.actual, answers.probability, answers.churns
    return {
        **ranking_metrics(actual, probability, costs),
        **decision_metrics(actual, churns),
        "profit": campaign_profit(actual, churns, costs),
        "flagged": float(churns.mean()),
        "confusion": confusion(actual, churns),
        "intervals": bootstrap_intervals(actual, probability, churns, seed),
        "baselines": baselines(answers.frame, actual, costs, seed),
        "lift_table": lift_table(actual, probability),
        "reliability": reliability(actual, probability),
        "costs": asdict(costs),
    }


def selection_metrics(table: PreparedData, fitted: FittedEnsemble) -> dict[str, Any]:
    """How the model was chosen, and what randomly held-out training customers say of it.

    Where the test customers are the newest ones, `random` is what a random split would have said.
    """
    held_out = table.actual[table.split.train][fitted.held.rows]
    return {
        "split": {
            "way": table.split.way,
            "is_dated": table.has_time_column,
            "train": len(table.split.train),
            "test": len(table.split.test),
            "train_churn_rate": float(table.actual[table.split.train].mean()),
            "copies": len(table.groups) - int(table.groups.max() + 1),
        },
        "random": out_of_fold_metrics(held_out, fitted.held),
        "race": {
            "winner": fitted.winner,
            "log_loss": fitted.losses,
            "settings": fitted.settings,
            "weights": {member.name: member.weight for member in fitted.members},
            "intercept": fitted.intercept,
        },
    }


def out_of_fold_metrics(actual: FloatArray, held: OutOfFold) -> dict[str, Any]:
    probability = sigmoid(held.margin)
    several = len(held.fold_sizes) > 1
    return {
        "customers": len(actual),
        "roc_auc": roc_auc(actual, probability),
        "log_loss": log_loss(actual, probability),
        "folds": cross_validation_summary(actual, probability, held.fold_sizes)
        if several
        else None,
    }
