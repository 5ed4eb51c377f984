from datetime import datetime

import polars as pl
import pytest

from churn.ml.io.cells import parse_boolean, stripped_cell
from churn.ml.io.dates import infer_date_formats, parse_datetime
from churn.ml.io.numbers import parse_amount, parse_number


def evaluate(expression: pl.Expr, *cells: str | None) -> list[object]:
    return (
        pl.DataFrame({"c": pl.Series(cells, dtype=pl.String)})
        .select(expression)
        .to_series()
        .to_list()
    )


def test_a_cell_of_white_space_is_null() -> None:
    assert evaluate(stripped_cell("c"), " a ", "  ", "", None) == ["a", None, None, None]


def test_numbers_that_are_not_finite_are_null() -> None:
    values = evaluate(
        parse_number(pl.col("c"), "."), "1", "-2.5", "1e3", "inf", "NaN", "12 %", "0x1F"
    )

    assert values == [1.0, -2.5, 1000.0, None, None, None, None]


def test_with_decimal_commas_a_point_must_separate_thousands() -> None:
    values = evaluate(parse_number(pl.col("c"), ","), "1,5", "1.234,5", "1.234.567", "12.5", "7")

    assert values == [1.5, 1234.5, 1234567.0, None, 7.0]


def test_currency_signs_and_thousands_separators_are_removed() -> None:
    assert evaluate(parse_amount(pl.col("c"), "."), "$1,234.50", "12 %", "₲ 5,000") == [
        1234.5,
        12,
        5000,
    ]


@pytest.mark.parametrize("word", ["yes", "Sí", "TRUE", "1", "1.0", "Churned", "Attrited Customer"])
def test_words_for_churn_are_true_in_any_case(word: str) -> None:
    assert evaluate(parse_boolean(pl.col("c")), word) == [True]


@pytest.mark.parametrize("word", ["No", "false", "0", "0.0", "Existing Customer", "ACTIVO"])
def test_words_for_staying_are_false_in_any_case(word: str) -> None:
    assert evaluate(parse_boolean(pl.col("c")), word) == [False]


def test_another_word_is_a_null_boolean() -> None:
    assert evaluate(parse_boolean(pl.col("c")), "maybe", "2", None) == [None, None, None]


@pytest.mark.parametrize(
    "text",
    ["2023-05-01 12:30:00", "2023-05-01T12:30:00", "2023-05-01T12:30:00Z", "2023-05-01 12:30",
     "2023-05-01T12:30:00.000", "01/05/2023 12:30:00", "2023-05-01T09:30:00-03:00"],
)  # fmt: skip
def test_dates_are_parsed_in_their_own_format(text: str) -> None:
    formats = infer_date_formats(pl.Series([text]))

    assert evaluate(parse_datetime(pl.col("c"), formats), text) == [datetime(2023, 5, 1, 12, 30)]  # noqa: DTZ001 - naive, as in the frames


def test_month_first_excludes_day_first_if_it_fits_more() -> None:
    formats = infer_date_formats(
        pl.Series(["04/25/2023 10:00:00", "04/26/2023 10:00:00", "25/04/2023 10:00:00"])
    )

    assert formats == ("%m/%d/%Y %H:%M:%S",)


def test_day_first_is_chosen_if_both_fit() -> None:
    assert infer_date_formats(pl.Series(["03/04/2023 10:00:00"])) == ("%d/%m/%Y %H:%M:%S",)


def test_two_date_formats_may_be_mixed() -> None:
    texts = pl.Series(["2023-05-01 12:30:00", "2023-05-01 12:31:00", "2023-05-01T12:32:00"])

    formats = infer_date_formats(texts)

    assert None not in evaluate(parse_datetime(pl.col("c"), formats), *texts)


def test_texts_that_are_no_dates_have_no_format() -> None:
    assert infer_date_formats(pl.Series(["pendiente", "mañana"])) == ()
    assert evaluate(parse_datetime(pl.col("c"), ()), "mañana") == [None]
