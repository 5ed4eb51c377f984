"""The fitted model: encoder, members, threshold and storage."""

from churn.ml.pipeline.categories import as_text
from churn.ml.pipeline.encoder import EncodedColumn, Encoder, fit_encoder
from churn.ml.pipeline.model import ChurnModel, Estimator, Member
from churn.ml.pipeline.serialization import load_model, save_model

__all__ = [
    "ChurnModel",
    "EncodedColumn",
    "Encoder",
    "Estimator",
    "Member",
    "as_text",
    "fit_encoder",
    "load_model",
    "save_model",
]
