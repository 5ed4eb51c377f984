"""Metrics of the held-out customers and of the selection, as mappings ready for JSON.

`train` merges both with segments, threshold, notes and warnings into the metrics of a run;
docs/data-dictionary.md lists all keys of metrics.json and where each is computed.
"""

from dataclasses import asdict
from typing import Any

from churn.ml.arrays import FloatArray, sigmoid
from churn.ml.inspection import HeldOutPredictions
from churn.ml.metrics import (
    CampaignCosts,
    baseline_metrics,
    bootstrap_intervals,
    campaign_profit,
    confusion,
    cross_validation_summary,
    decision_metrics,
    lift_table,
    log_loss,
    ranking_metrics,
    reliability,
    roc_auc,
)
from churn.ml.selection import FittedEnsemble, OutOfFold
from churn.ml.training.preparation import PreparedData


def held_out_metrics(
    held_out: HeldOutPredictions, costs: CampaignCosts, seed: int
) -> dict[str, Any]:
    """Return the scalar metrics under their usual names, and the tables behind them."""
    actual, probability, predicted = held_out.actual, held_out.probability, held_out.predicted
    return {
        **ranking_metrics(actual, probability, costs),
        **decision_metrics(actual, predicted),
        "profit": campaign_profit(actual, predicted, costs),
        "flagged": float(predicted.mean()),
        "confusion": confusion(actual, predicted),
        "intervals": bootstrap_intervals(actual, probability, predicted, seed),
        "baselines": baseline_metrics(held_out.frame, actual, costs, seed),
        "lift_table": lift_table(actual, probability),
        "reliability": reliability(actual, probability),
        "costs": asdict(costs),
    }


def selection_metrics(data: PreparedData, ensemble: FittedEnsemble) -> dict[str, Any]:
    """Return how the ensemble was selected, and its out-of-fold metrics.

    `random` is out-of-fold on the training customers: where the test customers are the newest ones,
    it is what a random split would have shown.
    """
    train = data.split.train
    out_of_fold = ensemble.out_of_fold
    return {
        "split": {
            "way": data.split.strategy,
            "is_dated": data.has_time_column,
            "train": len(train),
            "test": len(data.split.test),
            "train_churn_rate": float(data.actual[train].mean()),
            "copies": len(data.groups) - int(data.groups.max() + 1),
        },
        "random": out_of_fold_metrics(data.actual[train][out_of_fold.rows], out_of_fold),
        "race": {
            "winner": ensemble.winner,
            "log_loss": ensemble.losses,
            "settings": ensemble.settings,
            "weights": {member.name: member.weight for member in ensemble.members},
            "intercept": ensemble.intercept,
        },
    }


def out_of_fold_metrics(actual: FloatArray, out_of_fold: OutOfFold) -> dict[str, Any]:
    """Return the metrics of out-of-fold margins against their outcomes (rows,)."""
    probability = sigmoid(out_of_fold.margin)
    sizes = out_of_fold.fold_sizes
    return {
        "customers": len(actual),
        "roc_auc": roc_auc(actual, probability),
        "log_loss": log_loss(actual, probability),
        "folds": cross_validation_summary(actual, probability, sizes) if len(sizes) > 1 else None,
    }
