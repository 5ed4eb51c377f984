from churn.models.datasets import Dataset
from churn.models.jobs import Job, Status
from churn.models.places import LocatedPlace
from churn.models.predictions import Prediction
from churn.models.promotions import Promotion
from churn.models.scoring import Scoring
from churn.models.training import TrainingRun
from churn.models.workers import WorkerHeartbeat

__all__ = [
    "Dataset",
    "Job",
    "LocatedPlace",
    "Prediction",
    "Promotion",
    "Scoring",
    "Status",
    "TrainingRun",
    "WorkerHeartbeat",
]
