from collections.abc import Callable

import pytest

from churn.exceptions import NoChampion, StateConflict
from churn.models import Dataset, Promotion, TrainingRun
from churn.services import registry, runs

MakeRun = Callable[[], TrainingRun]


def test_there_is_no_champion_before_the_first_promotion(db: None) -> None:
    with pytest.raises(NoChampion):
        registry.champion()


def test_the_run_promoted_last_is_the_champion(champion: TrainingRun, make_run: MakeRun) -> None:
    newer = make_run()

    registry.promote(newer)

    assert registry.champion() == newer
    assert Promotion.objects.count() == 2


def test_the_way_back_leads_through_all_promotions(
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


def test_a_run_that_was_rolled_back_can_be_promoted_again(
    champion: TrainingRun, make_run: MakeRun
) -> None:
    second = make_run()
    registry.promote(second)
    registry.roll_back()

    registry.promote(second)

    assert registry.champion() == second
    assert registry.roll_back() == champion


def test_the_champion_is_not_promoted_twice(champion: TrainingRun) -> None:
    with pytest.raises(StateConflict, match="already"):
        registry.promote(champion)


def test_a_run_without_a_model_is_not_promoted(dataset: Dataset) -> None:
    with pytest.raises(StateConflict, match="successful run"):
        registry.promote(runs.create_run(dataset))
