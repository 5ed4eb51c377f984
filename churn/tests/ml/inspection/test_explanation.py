import numpy as np
import polars as pl
import pytest

from churn.ml.inspection.explanation import (
    feature_importance,
    format_significant,
    top_reasons,
)
from churn.ml.training import TrainedRun


def test_reasons_are_the_largest_effects_with_their_values(made_run: TrainedRun) -> None:
    frame = made_run.customers.frame.head(50)
    effects = made_run.model.contributions(frame)

    reasons = top_reasons(made_run.model, frame, effects, 2)
    names = made_run.model.encoder.names

    assert len(reasons) == 50
    for row, told in enumerate(reasons):
        largest = np.argsort(-np.abs(effects[row, :-1]))[:2]
        assert [reason["feature"] for reason in told] == [names[at] for at in largest]
        assert [reason["contribution"] for reason in told] == effects[row, largest].tolist()
        assert told[0]["direction"] == ("raises" if effects[row, largest[0]] >= 0 else "lowers")


def test_contributions_of_a_blend_sum_to_its_margin(made_run: TrainedRun) -> None:
    frame = made_run.customers.frame

    total = made_run.model.contributions(frame).sum(axis=1)

    np.testing.assert_allclose(total, made_run.model.margins(frame), atol=1e-4)


def test_what_drives_churn_weighs_more_than_noise(made_run: TrainedRun) -> None:
    table = feature_importance(made_run.model, made_run.customers.frame, seed=1)

    assert table["feature"][-1] == "noise"
    assert table["share"].sum() == pytest.approx(1.0)
    assert table["importance"].is_sorted(descending=True)


@pytest.mark.parametrize(
    ("number", "text"),
    [(3.0, "3"), (29.85, "29.85"), (0.123456, "0.1235"), (1234.56, "1235"), (-2.5, "-2.5")],
)
def test_numbers_are_shown_short(number: float, text: str) -> None:
    assert format_significant(number) == text


def test_a_missing_value_is_a_reason_without_a_value(made_run: TrainedRun) -> None:
    frame = made_run.customers.frame.filter(pl.col("months").is_null())

    reasons = top_reasons(made_run.model, frame, made_run.model.contributions(frame), 4)
    values = {reason["feature"]: reason["value"] for reason in reasons[0]}

    assert values["months"] is None
    assert values["plan"] is not None
