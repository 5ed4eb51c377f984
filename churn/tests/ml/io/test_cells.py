from datetime import datetime

import polars as pl
import pytest

from churn.ml.io.cells import (
    infer_date_formats,
    parse_boolean,
    parse_currency,
    parse_datetime,
    parse_number,
    stripped_cell,
)


def evaluated(expression: pl.Expr, *cells: str | None) -> list[object]:
    return (
        pl.DataFrame({"c": pl.Series(cells, dtype=pl.String)})
        .select(expression)
        .to_series()
        .to_list()
    )


def test_a_cell_of_blanks_is_empty() -> None:
    assert evaluated(stripped_cell("c"), " a ", "  ", "", None) == ["a", None, None, None]


def test_numbers_that_are_not_finite_are_none() -> None:
    read = evaluated(
        parse_number(pl.col("c"), "."), "1", "-2.5", "1e3", "inf", "NaN", "12 %", "0x1F"
    )

    assert read == [1.0, -2.5, 1000.0, None, None, None, None]


def test_a_point_in_a_file_of_decimal_commas_marks_thousands_or_is_refused() -> None:
    read = evaluated(parse_number(pl.col("c"), ","), "1,5", "1.234,5", "1.234.567", "12.5", "7")

    assert read == [1.5, 1234.5, 1234567.0, None, 7.0]


def test_amounts_lose_their_signs_and_thousands() -> None:
    assert evaluated(parse_currency(pl.col("c"), "."), "$1,234.50", "12 %", "₲ 5,000") == [
        1234.5,
        12,
        5000,
    ]


@pytest.mark.parametrize("word", ["yes", "Sí", "TRUE", "1", "1.0", "Churned", "Attrited Customer"])
def test_words_for_churn_in_two_languages_and_any_case(word: str) -> None:
    assert evaluated(parse_boolean(pl.col("c")), word) == [True]


@pytest.mark.parametrize("word", ["No", "false", "0", "0.0", "Existing Customer", "ACTIVO"])
def test_words_for_staying(word: str) -> None:
    assert evaluated(parse_boolean(pl.col("c")), word) == [False]


def test_a_word_that_is_neither_is_null() -> None:
    assert evaluated(parse_boolean(pl.col("c")), "maybe", "2", None) == [None, None, None]


@pytest.mark.parametrize(
    "text",
    ["2023-05-01 12:30:00", "2023-05-01T12:30:00", "2023-05-01T12:30:00Z", "2023-05-01 12:30",
     "2023-05-01T12:30:00.000", "01/05/2023 12:30:00", "2023-05-01T09:30:00-03:00"],
)  # fmt: skip
def test_dates_are_read_in_the_way_they_are_written(text: str) -> None:
    formats = infer_date_formats(pl.Series([text]))

    assert evaluated(parse_datetime(pl.col("c"), formats), text) == [datetime(2023, 5, 1, 12, 30)]  # noqa: DTZ001 - naive, as the frames hold them


def test_month_first_is_chosen_when_days_say_so_and_the_other_way_is_then_closed() -> None:
    formats = infer_date_formats(
        pl.Series(["04/25/2023 10:00:00", "04/26/2023 10:00:00", "25/04/2023 10:00:00"])
    )

    assert formats == ("%m/%d/%Y %H:%M:%S",)


def test_day_first_is_chosen_when_both_fit() -> None:
    assert infer_date_formats(pl.Series(["03/04/2023 10:00:00"])) == ("%d/%m/%Y %H:%M:%S",)


def test_a_file_that_mixes_two_ways_is_read_in_both() -> None:
    texts = pl.Series(["2023-05-01 12:30:00", "2023-05-01 12:31:00", "2023-05-01T12:32:00"])

    formats = infer_date_formats(texts)

    assert None not in evaluated(parse_datetime(pl.col("c"), formats), *texts)


def test_what_is_no_date_has_no_style() -> None:
    assert infer_date_formats(pl.Series(["pendiente", "mañana"])) == ()
    assert evaluated(parse_datetime(pl.col("c"), ()), "mañana") == [None]
