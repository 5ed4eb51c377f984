"""Training runs, from customers to a measured model."""

from churn.ml.training.notes import RunRemark, describe_remark
from churn.ml.training.options import TrainingOptions
from churn.ml.training.preparation import SplitChoice
from churn.ml.training.run import TrainedRun, train

__all__ = ["RunRemark", "SplitChoice", "TrainedRun", "TrainingOptions", "describe_remark", "train"]
