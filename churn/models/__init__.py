from churn.models.datasets import Dataset
from churn.models.jobs import Job, Status
from churn.models.predictions import Prediction
from churn.models.promotions import Promotion
from churn.models.scoring import Scoring
from churn.models.training import TrainingRun
from churn.models.workers import WorkerHeartbeat

__all__ = [
    "Dataset",
    "Job",
    "Prediction",
    "Promotion",
    "Scoring",
    "Status",
    "TrainingRun",
    "WorkerHeartbeat",
]
