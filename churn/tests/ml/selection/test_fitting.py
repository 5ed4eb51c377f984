import numpy as np
import pytest

from churn.ml.arrays import log_loss
from churn.ml.estimators.data import TrainingData
from churn.ml.selection import fitting, race
from churn.ml.selection.fitting import SelectionConfig, select_and_fit
from churn.ml.selection.race import (
    BLEND,
    CANDIDATES,
    MEDIUM_TREES,
    SPLINES,
    SYMMETRIC_TREES,
    select_candidates,
)
from churn.ml.selection.splits import folds
from churn.tests.ml.estimators.test_boosting import make_part


def _silent(stage: str, fraction: float) -> None:
    pass


def test_every_contestant_answers_rows_it_was_not_fitted_on() -> None:
    part = make_part(rows=2000)
    noise = np.random.default_rng(9).normal(size=part.matrix.shape).astype(np.float32)
    pairs = folds(part.actual, np.arange(2000), 3, 1)

    verdict = select_candidates(
        TrainingData(noise, part.actual, (0, 0, 0)), pairs, CANDIDATES, 1, _silent
    )
    rate = part.actual.mean()
    blind = log_loss(part.actual, np.full(2000, np.log(rate / (1 - rate))))

    assert min(verdict.losses.values()) > blind - 0.01


def test_the_blend_is_made_of_the_members_it_names() -> None:
    part = make_part()

    fitted = select_and_fit(part, np.arange(500), SelectionConfig(CANDIDATES), _silent)
    names = [member.name for member in fitted.members]

    assert set(names) == set(fitted.settings)
    assert set(fitted.losses) >= {contestant.name for contestant in CANDIDATES}
    assert fitted.winner == (BLEND if len(names) > 1 else names[0])


def test_symmetric_trees_take_part_only_where_rows_are_few(monkeypatch: pytest.MonkeyPatch) -> None:
    part = make_part()
    recipe = SelectionConfig((SYMMETRIC_TREES, SPLINES))

    few = select_and_fit(part, np.arange(500), recipe, _silent)
    monkeypatch.setattr(race, "FEW_ROWS", 499)
    many = select_and_fit(part, np.arange(500), recipe, _silent)

    assert "symmetric trees" in few.losses
    assert list(many.losses) == ["splines"]


def test_a_field_of_one_wins_and_is_calibrated_by_its_held_out_answers() -> None:
    part = make_part()

    fitted = select_and_fit(part, np.arange(500), SelectionConfig((SPLINES,)), _silent)

    assert (fitted.winner, len(fitted.members)) == ("splines", 1)
    assert sorted(fitted.held.rows) == list(range(500))


def test_held_out_answers_come_in_folds() -> None:
    part = make_part()

    held = select_and_fit(part, np.arange(500), SelectionConfig((MEDIUM_TREES,)), _silent).held

    assert sum(held.fold_sizes) == len(held.margin) == 500
    assert len(held.fold_sizes) == 5


def test_many_rows_race_on_a_sample_and_stop_on_a_tenth(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fitting, "LARGE_DATA_ROWS", 400)
    part = make_part(rows=1000)

    fitted = select_and_fit(part, np.arange(1000), SelectionConfig(CANDIDATES), _silent)

    assert fitted.held.fold_sizes == [pytest.approx(100, abs=1)]
    assert {member.name for member in fitted.members} <= {c.name for c in CANDIDATES}


def test_trials_add_a_contestant_and_find_the_same_one_again() -> None:
    part = make_part(rows=200)
    recipe = SelectionConfig((SPLINES,), trials=2)

    first, again = (select_and_fit(part, np.arange(200), recipe, _silent) for _ in range(2))

    assert "tuned trees" in first.losses
    assert first.losses == again.losses


def test_work_can_be_called_off_between_contestants() -> None:
    def stop(stage: str, fraction: float) -> None:
        if stage == "symmetric trees":
            raise InterruptedError

    with pytest.raises(InterruptedError):
        select_and_fit(make_part(), np.arange(500), SelectionConfig(CANDIDATES), stop)
