import pytest

from churn.exceptions import ModelInvalid
from churn.models import TrainingRun
from churn.services.work.scoring import load_model


def test_a_model_is_loaded_once_for_its_digest(champion: TrainingRun) -> None:
    assert load_model(champion) is load_model(champion)


def test_a_model_of_another_digest_is_refused(champion: TrainingRun) -> None:
    champion.model_sha256 = "0" * 64

    with pytest.raises(ModelInvalid):
        load_model(champion)
