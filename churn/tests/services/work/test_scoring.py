import pytest

from churn.exceptions import ModelInvalid
from churn.models import TrainingRun
from churn.services.work.scoring import load_model


def test_model_is_loaded_once_per_digest(champion: TrainingRun) -> None:
    assert load_model(champion) is load_model(champion)


def test_model_with_wrong_digest_is_rejected(champion: TrainingRun) -> None:
    champion.model_sha256 = "0" * 64

    with pytest.raises(ModelInvalid):
        load_model(champion)
