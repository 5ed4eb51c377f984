"""The figures of the front page and of the churn overview."""

from typing import Any

from churn.models import Dataset, Scoring, TrainingRun


def overview() -> dict[str, Any]:
    """Count what there is, and name the champion with its figures; None before there is one."""
    champion = TrainingRun.objects.champion().select_related("dataset").first()
    return {
        "datasets": Dataset.objects.count(),
        "runs": TrainingRun.objects.count(),
        "scorings": Scoring.objects.count(),
        "champion": champion,
    }
