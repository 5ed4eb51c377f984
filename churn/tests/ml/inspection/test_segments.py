import numpy as np
import polars as pl

from churn.ml.inspection.segments import HeldOutPredictions, segment_metrics
from churn.ml.pipeline import EncodedColumn
from churn.ml.schema import Kind

PLAN, MONTHS = EncodedColumn("plan", Kind.CATEGORICAL), EncodedColumn("months", Kind.NUMERIC)


def _predictions(rows: int = 400) -> HeldOutPredictions:
    rng = np.random.default_rng(0)
    frame = pl.DataFrame(
        {
            "plan": [["a", "b", None, "c"][n % 4] for n in range(rows)],
            "months": [None if n % 10 == 0 else float(n % 40) for n in range(rows)],
        }
    )
    probability = rng.random(rows)
    return HeldOutPredictions(
        frame, (rng.random(rows) < probability).astype(float), probability, probability > 0.5
    )


def test_every_customer_is_in_one_segment_of_each_feature() -> None:
    table = segment_metrics(_predictions(), [PLAN, MONTHS])

    for feature in ("plan", "months"):
        assert sum(row["customers"] for row in table if row["feature"] == feature) == 400


def test_missing_values_are_a_segment_of_their_own() -> None:
    table = segment_metrics(_predictions(), [PLAN, MONTHS])

    assert [row["segment"] for row in table if row["feature"] == "plan"] == ["a", "b", "c", "?"]
    assert [row["segment"] for row in table][4:] == [
        "1 \N{EN DASH} 9",
        "11 \N{EN DASH} 19",
        "21 \N{EN DASH} 29",
        "31 \N{EN DASH} 39",
        "?",
    ]


def test_a_small_segment_has_no_auc() -> None:
    held_out = _predictions(40)

    assert all(row["roc_auc"] is None for row in segment_metrics(held_out, [PLAN]))


def test_only_the_most_important_features_have_segments() -> None:
    columns = [PLAN, MONTHS, PLAN, MONTHS, PLAN]

    assert len(segment_metrics(_predictions(), columns)) == 2 * (4 + 5)
