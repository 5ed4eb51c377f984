import numpy as np
import pytest

from churn.ml.arrays import log_loss_from_margin
from churn.ml.estimators import TrainingData
from churn.ml.progress import no_progress
from churn.ml.selection import fitting
from churn.ml.selection.candidates import CANDIDATES, MEDIUM_TREES, SPLINES, SYMMETRIC_TREES
from churn.ml.selection.fitting import SelectionConfig, select_and_fit
from churn.ml.selection.race import BLEND, select_candidates
from churn.ml.selection.splits import make_folds
from churn.tests.ml.estimators.test_boosting import make_data

pytestmark = pytest.mark.slow


def test_candidates_are_scored_on_rows_not_fitted_on() -> None:
    data = make_data(rows=2000)
    noise = np.random.default_rng(9).normal(size=data.matrix.shape).astype(np.float32)
    folds = make_folds(data.actual, np.arange(2000), 3, 1)

    result = select_candidates(
        TrainingData(noise, data.actual, (0, 0, 0)),
        folds,
        CANDIDATES,
        seed=1,
        on_progress=no_progress,
    )
    rate = data.actual.mean()
    blind = log_loss_from_margin(data.actual, np.full(2000, np.log(rate / (1 - rate))))

    assert min(result.losses.values()) > blind - 0.01


def test_the_ensemble_has_the_members_it_names() -> None:
    data = make_data()

    ensemble = select_and_fit(data, np.arange(500), SelectionConfig(CANDIDATES), no_progress)
    names = [member.name for member in ensemble.members]

    assert set(names) == set(ensemble.settings)
    assert set(ensemble.losses) >= {candidate.name for candidate in CANDIDATES}
    assert ensemble.winner == (BLEND if len(names) > 1 else names[0])


def test_symmetric_trees_take_part_on_few_rows_only(monkeypatch: pytest.MonkeyPatch) -> None:
    data = make_data()
    config = SelectionConfig((SYMMETRIC_TREES, SPLINES))

    few = select_and_fit(data, np.arange(500), config, no_progress)
    monkeypatch.setattr("churn.ml.selection.candidates.MAX_SYMMETRIC_ROWS", 499)
    many = select_and_fit(data, np.arange(500), config, no_progress)

    assert "symmetric trees" in few.losses
    assert list(many.losses) == ["splines"]


def test_a_single_candidate_wins_and_is_calibrated() -> None:
    data = make_data()

    ensemble = select_and_fit(data, np.arange(500), SelectionConfig((SPLINES,)), no_progress)

    assert (ensemble.winner, len(ensemble.members)) == ("splines", 1)
    assert sorted(ensemble.out_of_fold.rows) == list(range(500))


def test_out_of_fold_margins_come_in_folds() -> None:
    data = make_data()

    out_of_fold = select_and_fit(
        data, np.arange(500), SelectionConfig((MEDIUM_TREES,)), no_progress
    ).out_of_fold

    assert sum(out_of_fold.fold_sizes) == len(out_of_fold.margin) == 500
    assert len(out_of_fold.fold_sizes) == 5


def test_large_data_is_selected_on_a_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fitting, "LARGE_DATA_ROWS", 400)
    data = make_data(rows=1000)

    ensemble = select_and_fit(data, np.arange(1000), SelectionConfig(CANDIDATES), no_progress)

    assert ensemble.out_of_fold.fold_sizes == [pytest.approx(100, abs=1)]
    assert {member.name for member in ensemble.members} <= {c.name for c in CANDIDATES}


def test_trials_add_a_reproducible_candidate() -> None:
    data = make_data(rows=200)
    config = SelectionConfig((SPLINES,), trials=2)

    first, again = (select_and_fit(data, np.arange(200), config, no_progress) for _ in range(2))

    assert "tuned trees" in first.losses
    assert first.losses == again.losses


def test_a_selection_can_be_cancelled_between_candidates() -> None:
    def stop(stage: str, fraction: float) -> None:
        if stage == "symmetric trees":
            raise InterruptedError

    with pytest.raises(InterruptedError):
        select_and_fit(make_data(), np.arange(500), SelectionConfig(CANDIDATES), stop)
