import numpy as np
import polars as pl
import pytest

from churn.exceptions import ModelInvalid, SchemaInvalid
from churn.ml.pipeline.categories import as_text
from churn.ml.pipeline.encoder import MAX_CATEGORIES, Encoder, fit_encoder
from churn.ml.schema import Feature, Kind

FEATURES = (Feature("plan", Kind.CATEGORICAL), Feature("months", Kind.NUMERIC, "months"))


def _frame(plans: list[str | None], months: list[float | None]) -> pl.DataFrame:
    return pl.DataFrame(
        {"plan": plans, "months": months}, schema={"plan": pl.String, "months": pl.Float64}
    )


def test_categories_become_codes_and_missing_values_nan() -> None:
    frame = _frame(["b", "a", None], [1.5, None, 3.0])

    matrix = fit_encoder(frame, FEATURES).encode(frame)

    np.testing.assert_array_equal(matrix, np.array([[1, 1.5], [0, np.nan], [np.nan, 3]], "f4"))


def test_unknown_categories_become_missing_and_are_counted() -> None:
    encoder = fit_encoder(_frame(["a", "b"], [1.0, 2.0]), FEATURES)
    later = _frame(["c", "c", "a", None], [1.0] * 4)

    assert np.isnan(encoder.encode(later)[:, 0]).tolist() == [True, True, False, True]
    assert encoder.count_unknown_categories(later) == {"plan": 2}


def test_codes_do_not_depend_on_the_order_of_rows() -> None:
    frame = _frame(["b", "a", "c", "a"], [1.0] * 4)

    assert fit_encoder(frame, FEATURES) == fit_encoder(frame.reverse(), FEATURES)


def test_only_the_most_frequent_categories_are_kept() -> None:
    rare = [f"rare{number:03d}" for number in range(300)]
    frame = _frame(["often", "often", *rare], [1.0] * 302)

    kept = fit_encoder(frame, FEATURES).columns[0].categories

    assert len(kept) == MAX_CATEGORIES
    assert "often" in kept


def test_a_whole_number_is_one_category_in_any_type() -> None:
    encoder = fit_encoder(_frame(["1", "2"], [1.0, 1.0]), FEATURES)
    as_numbers = pl.DataFrame({"plan": [1.0, 2.0], "months": ["3", "x"]})

    matrix = encoder.encode(as_numbers)

    np.testing.assert_array_equal(matrix, np.array([[0, 3], [1, np.nan]], "f4"))
    assert as_text(pl.Series([1.5, 2.0])).to_list() == ["1.5", "2.0"]


def test_infinite_numbers_and_columns_without_a_value_are_missing() -> None:
    frame = _frame([None, None], [float("inf"), float("-inf")])

    assert np.isnan(fit_encoder(frame, FEATURES).encode(frame)).all()


def test_an_absent_column_is_named() -> None:
    frame = _frame(["a"], [1.0])

    with pytest.raises(SchemaInvalid, match="missing: months"):
        fit_encoder(frame, FEATURES).encode(frame.drop("months"))


def test_a_stored_encoder_is_restored() -> None:
    encoder = fit_encoder(_frame(["b", "a"], [1.0, 2.0]), FEATURES)

    assert Encoder.from_dict(encoder.to_dict()) == encoder


def test_a_damaged_column_is_refused() -> None:
    with pytest.raises(ModelInvalid, match="columns are damaged"):
        Encoder.from_dict([{"name": "plan", "kind": "ordinal"}])
