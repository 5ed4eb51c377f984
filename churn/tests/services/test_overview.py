from churn.models import Scoring, TrainingRun
from churn.services.overview import overview


def test_an_empty_house_has_no_champion(db: None) -> None:
    assert overview() == {"datasets": 0, "runs": 0, "scorings": 0, "champion": None}


def test_the_overview_counts_and_names_the_champion(champion: TrainingRun, queued: Scoring) -> None:
    assert overview() == {"datasets": 1, "runs": 1, "scorings": 1, "champion": champion}
