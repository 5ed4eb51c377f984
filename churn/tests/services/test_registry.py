from collections.abc import Callable

import pytest

from churn.exceptions import NoChampion, StateConflict
from churn.models import Dataset, Promotion, TrainingRun
from churn.services import registry, runs

MakeRun = Callable[[], TrainingRun]


def test_no_champion_before_the_first_promotion(db: None) -> None:
    with pytest.raises(NoChampion):
        registry.champion()


def test_latest_promoted_run_is_champion(champion: TrainingRun, make_run: MakeRun) -> None:
    newer = make_run()

    registry.promote(newer)

    assert registry.champion() == newer
    assert Promotion.objects.count() == 2


def test_rollbacks_walk_back_through_all_promotions(
    champion: TrainingRun, make_run: MakeRun
) -> None:
    second, third = make_run(), make_run()
    registry.promote(second)
    registry.promote(third)

    assert registry.roll_back() == second
    assert registry.roll_back() == champion
    with pytest.raises(NoChampion, match="no previous champion"):
        registry.roll_back()
    assert registry.champion() == champion


def test_rolled_back_run_can_be_promoted_again(champion: TrainingRun, make_run: MakeRun) -> None:
    second = make_run()
    registry.promote(second)
    registry.roll_back()

    registry.promote(second)

    assert registry.champion() == second
    assert registry.roll_back() == champion


def test_champion_cannot_be_promoted_again(champion: TrainingRun) -> None:
    with pytest.raises(StateConflict, match="already"):
        registry.promote(champion)


def test_run_without_model_cannot_be_promoted(dataset: Dataset) -> None:
    with pytest.raises(StateConflict, match="successful run"):
        registry.promote(runs.create_run(dataset))
