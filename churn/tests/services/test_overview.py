from churn.models import Scoring, TrainingRun
from churn.services.overview import overview


def test_empty_database_has_no_champion(db: None) -> None:
    assert overview() == {"datasets": 0, "runs": 0, "scorings": 0, "champion": None}


def test_overview_counts_rows_and_names_the_champion(
    champion: TrainingRun, queued: Scoring
) -> None:
    assert overview() == {"datasets": 1, "runs": 1, "scorings": 1, "champion": champion}
