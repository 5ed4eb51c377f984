# ruff: noqa: DTZ001  dates are naive, as in the frames
"""How numbers and dates are written is decided on whole columns, stored, and used again."""

import random
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from churn.ml.customers import customers_from_payload, describe_finding, load_customers
from churn.ml.io import blocks, inspect_source
from churn.ml.options import ColumnKind
from churn.ml.schema import DAYS, Feature, Kind, Reading
from churn.tests.ml.files import inspect_content

AS_OF = datetime(2022, 1, 1)


def table_of(*columns: tuple[str, list[str]], outcome: bool = True) -> str:
    """Return a CSV file with quoted cells, and `churn` as its last column."""
    names = [name for name, _ in columns]
    rows = zip(*(cells for _, cells in columns), strict=True)
    lines = [",".join(f'"{cell}"' for cell in row) for row in rows]
    if outcome:
        names.append("churn")
        lines = [f"{line},{('yes', 'no')[number % 2]}" for number, line in enumerate(lines)]
    return "\n".join([",".join(names), *lines]) + "\n"


def load(folder: Path, cells: list[str], **options: Any) -> tuple[pl.Series, dict[str, str]]:
    """Return the values of a column of these cells, and its findings: message by code."""
    numbers = [str(number) for number in range(len(cells))]
    content = table_of(("id", numbers), ("v", cells))
    source = inspect_content(folder, content, as_of=AS_OF.date(), **options)
    customers = load_customers(source, require_target=True)
    frame = customers.frame.sort(pl.col("customer_id").cast(pl.Int64))
    codes = {one.code: str(describe_finding(one)) for one in customers.findings}
    assert customers.rejects.is_empty()
    return frame["v"], codes


def days(*dates: datetime) -> list[float]:
    """Return the days from each date to AS_OF, as the feature of a date column has them."""
    return [round(max((AS_OF - one).total_seconds(), 0) / 86_400, 6) for one in dates]


NUMBERS: dict[str, tuple[list[str], list[float]]] = {
    "points as thousands": (["8.341", "1.250.000", "950"], [8341, 1_250_000, 950]),
    "guaraníes": (["Gs. 8.341", "Gs. 1.250", "Gs. 950"], [8341, 1250, 950]),
    "guaraní sign": (["₲ 8.341", "₲1.250.000", "₲ 12.000"], [8341, 1_250_000, 12_000]),
    "quoted commas": (["8,309", "1,250", "12"], [8309, 1250, 12]),
    "reais": (["R$ 15.125,41", "R$ 2,50", "R$ 1.000"], [15125.41, 2.5, 1000]),
    "euros": (["1.465,78 €", "12,00 €", "1.000 €"], [1465.78, 12, 1000]),
    "apostrophes": (["5'804.68", "12.5", "1'000"], [5804.68, 12.5, 1000]),
    "parentheses": (["(2,643.93)", "1,000.00", "(5)"], [-2643.93, 1000, -5]),
    "spaces": (["1 465,78", "12,5", "1 250 000"], [1465.78, 12.5, 1_250_000]),
    "dollars": (["$1,200.50", "-$3,000.00", "$5"], [1200.5, -3000, 5]),
    "lakhs": (["12,34,567.50", "1,00,000", "5.25"], [1_234_567.5, 100_000, 5.25]),
    "trailing minus": (["1.465,78-", "12,00", "\N{MINUS SIGN}3,5"], [-1465.78, 12, -3.5]),
}
DATES = {
    "twelve hours": (["08/30/2021 3:05 PM", "07/04/2021 12:00 AM"],
                     [datetime(2021, 8, 30, 15, 5), datetime(2021, 7, 4)]),
    "month name": (["30-Aug-2021", "4-Sep-2021"], [datetime(2021, 8, 30), datetime(2021, 9, 4)]),
    "year of two digits": (["4-Sep-12", "30-Aug-99"],
                           [datetime(2012, 9, 4), datetime(1999, 8, 30)]),
    "slashes and minutes": (["2021/08/30 00:00", "2021/12/01 10:30"],
                            [datetime(2021, 8, 30), datetime(2021, 12, 1, 10, 30)]),
    "universal time": (["2021-08-30 10:11:12 UTC", "2021-08-31 00:00:00 UTC"],
                       [datetime(2021, 8, 30, 10, 11, 12), datetime(2021, 8, 31)]),
    "Spanish": (["30 de agosto de 2021", "4 de setiembre de 2021"],
                [datetime(2021, 8, 30), datetime(2021, 9, 4)]),
    "Spanish abbreviations": (["30-ago-2021", "04-ene-2021"],
                              [datetime(2021, 8, 30), datetime(2021, 1, 4)]),
    "Portuguese": (["1º de março de 2021", "3 fev 2021"],
                   [datetime(2021, 3, 1), datetime(2021, 2, 3)]),
    "Portuguese abbreviations": (["30-out-2021", "04-dez-2020"],
                                 [datetime(2021, 10, 30), datetime(2020, 12, 4)]),
    "months": (["Aug-2021", "setembro de 2021"], [datetime(2021, 8, 1), datetime(2021, 9, 1)]),
    "English sentence": (["Aug 30, 2021", "September 4, 2021"],
                         [datetime(2021, 8, 30), datetime(2021, 9, 4)]),
}  # fmt: skip


@pytest.mark.parametrize("name", NUMBERS)
def test_numbers_are_read_as_they_are_meant(tmp_path: Path, name: str) -> None:
    cells, expected = NUMBERS[name]

    values, codes = load(tmp_path, cells * 20)

    assert values.to_list() == expected * 20
    assert not {code for code in codes if "ambiguous" in code} - {
        "number_ambiguous_point" if name == "quoted commas" else ""
    }


@pytest.mark.parametrize("name", DATES)
def test_dates_are_read_as_they_are_meant(tmp_path: Path, name: str) -> None:
    cells, expected = DATES[name]

    values, codes = load(tmp_path, cells * 20)

    assert values.to_list() == pytest.approx(days(*expected) * 20)
    assert "date" in codes
    assert not {code for code in codes if "ambiguous" in code}


def test_a_column_of_ambiguous_numbers_is_a_warning_with_both_readings(tmp_path: Path) -> None:
    cells = ["8.341", "1.250", "12.000"] * 10

    values, codes = load(tmp_path, cells)
    as_thousands, decided = load(tmp_path, cells, kinds={"v": ColumnKind.DECIMAL_COMMA})

    assert values[0] == 8.341
    message = codes["number_ambiguous_point"]
    assert message.startswith("v: ")
    assert "1.234 or 1234" in message
    assert as_thousands[0] == 8341
    assert not {code for code in decided if "ambiguous" in code}


def test_many_numbers_with_three_digits_after_the_point_are_thousands(tmp_path: Path) -> None:
    cells = ["8.341", "1.250", "12.000", "950"] * 20

    values, codes = load(tmp_path, cells)

    assert values[0] == 8341
    assert "number_ambiguous_comma" in codes


def test_a_column_of_ambiguous_dates_is_a_warning_with_both_readings(tmp_path: Path) -> None:
    cells = ["03/04/2021", "05/06/2021", "11/12/2020"] * 10

    values, codes = load(tmp_path, cells)
    swapped, decided = load(tmp_path, cells, kinds={"v": ColumnKind.MONTH_FIRST})

    assert values[0] == days(datetime(2021, 4, 3))[0]
    assert "3 April or 4 March" in codes["date_ambiguous_day"]
    assert swapped[0] == days(datetime(2021, 3, 4))[0]
    assert not {code for code in decided if "ambiguous" in code}


def test_other_columns_decide_how_an_ambiguous_one_is_read(tmp_path: Path) -> None:
    numbers = [str(number) for number in range(30)]
    content = table_of(
        ("id", numbers),
        ("fee", ["12,5", "1.465,78", "3,25"] * 10),
        ("sales", ["8.341", "1.250", "12.000"] * 10),
        ("first", ["12/25/2020", "01/13/2021", "02/03/2021"] * 10),
        ("last", ["03/04/2021", "05/06/2021", "11/12/2020"] * 10),
    )
    source = inspect_content(tmp_path, content, as_of=AS_OF.date())

    frame = load_customers(source, require_target=True).frame.filter(pl.col("customer_id") == "0")

    assert frame["sales"].item() == 8341
    assert frame["last"].item() == days(datetime(2021, 3, 4))[0]


def test_a_decision_needs_the_whole_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "_BLOCK_BYTES", 512)
    numbers = ["8.341", "1.250"] * 150 + ["1.250.000"]
    dates = ["03/04/2021", "05/06/2021"] * 150 + ["04/25/2021"]

    values, codes = load(tmp_path, numbers)
    elapsed, date_codes = load(tmp_path, dates)

    assert (values[0], "number_comma" in codes) == (8341, True)
    assert elapsed[0] == days(datetime(2021, 3, 4))[0]
    assert "date_month_first" in date_codes


def test_mixed_numbers_and_dates_are_warnings_and_not_dropped_silently(tmp_path: Path) -> None:
    _, numbers = load(tmp_path, ["1.465,78", "1,465.78"] * 20)
    _, dates = load(tmp_path, ["25/04/2021", "04/25/2021"] * 20)

    assert "number_mixed" in numbers
    assert "date_mixed" in dates


def test_dates_in_no_known_format_are_a_warning(tmp_path: Path) -> None:
    _, codes = load(tmp_path, ["2021-08-30 25h", "2021-08-31 26h"] * 20)

    assert "date_unreadable" in codes


@pytest.mark.parametrize("cells", [["1.2.3", "2.0.1"], ["30-39", "40-49"], ["$0 - $25", "$5 - $9"]])
def test_versions_and_ranges_are_categories(tmp_path: Path, cells: list[str]) -> None:
    values, codes = load(tmp_path, cells * 20)

    assert values.to_list() == cells * 20
    assert not codes


def test_numbers_of_parquet_have_one_reading(tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    frame = {"id": range(30), "v": [8.341, 1.25, 12.125] * 10, "churn": [True, False, True] * 10}
    pl.DataFrame(frame).write_parquet(path)

    customers = load_customers(inspect_source(path), require_target=True)

    assert customers.frame["v"].max() == 12.125
    assert not {one.code for one in customers.findings if "number" in one.code}


TRAINED = {
    "v": Feature("v", Kind.NUMERIC, "", Reading(",")),
    "d": Feature("d", Kind.NUMERIC, DAYS, Reading(formats=("%m/%d/%Y",))),
}


def score_cells(folder: Path, **cells: str) -> tuple[dict[str, Any], set[str]]:
    """Return the values of one row by column, as a model of TRAINED reads them, and findings."""
    content = table_of(("id", ["1"]), *((n, [c]) for n, c in cells.items()), outcome=False)
    source = inspect_content(folder, content, as_of=AS_OF.date())
    customers = load_customers(source, expected=[TRAINED[name] for name in cells])
    return customers.frame.row(0, named=True), {one.code for one in customers.findings}


def test_one_row_is_read_as_the_training_file(tmp_path: Path) -> None:
    row, codes = score_cells(tmp_path, v="8.341", d="03/04/2021")

    assert (row["v"], row["d"]) == (8341, days(datetime(2021, 3, 4))[0])
    assert not {code for code in codes if "ambiguous" in code or code == "format_differs"}


@pytest.mark.parametrize(
    ("column", "cell", "expected"),
    [
        ("v", "12.5", 12.5),
        ("v", "$1,465.78", 1465.78),
        ("d", "25/04/2021", days(datetime(2021, 4, 25))[0]),
        ("d", "2021-04-25", days(datetime(2021, 4, 25))[0]),
        ("d", "25-abr-2021", days(datetime(2021, 4, 25))[0]),
    ],
)
def test_another_clear_format_is_read_and_reported(
    tmp_path: Path, column: str, cell: str, expected: float
) -> None:
    row, codes = score_cells(tmp_path, **{column: cell})

    assert row[column] == expected
    assert "format_differs" in codes


def test_numbers_of_a_request_are_never_read_as_texts() -> None:
    features = list(TRAINED.values())
    records: list[dict[str, Any]] = [
        {"v": 8.341, "d": "03/04/2021"},
        {"v": "8.341", "d": "03/04/2021"},
    ]

    customers = customers_from_payload(records, features, as_of=AS_OF.date())

    assert customers.frame["v"].to_list() == [8.341, 8341]


def _write_number(rng: random.Random, value: float, style: tuple[str, str, str]) -> str:
    decimal, group, currency = style
    whole, cents = f"{abs(value):,.2f}".split(".")
    text = whole.replace(",", group) + (decimal + cents if cents != "00" else "")
    text = currency.format(text)
    if value >= 0:
        return text
    return rng.choice([f"-{text}", f"({text})"])


@pytest.mark.slow
def test_written_numbers_are_read_back(tmp_path: Path) -> None:
    rng = random.Random(7)  # noqa: S311  not for cryptography
    currencies = ["{}", "Gs. {}", "₲{}", "R$ {}", "{} €", "US$ {}", "EUR {}", "{}%"]
    for case in range(60):
        decimal, group = rng.choice([(".", ","), (",", "."), (".", "'"), (",", " "), (".", "")])
        style = (decimal, group, rng.choice(currencies))
        # The first value shows the decimal mark.
        values = [1234.56, *(round(rng.uniform(-9e6, 9e6), rng.choice([0, 2])) for _ in range(60))]
        cells = [_write_number(rng, value, style) for value in values]

        found, _ = load(tmp_path, cells)

        assert found.to_list() == pytest.approx(values), (case, style)


WRITTEN_DATES = (
    "%Y-%m-%d", "%Y/%m/%d %H:%M", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y %H:%M:%S",
    "%m/%d/%Y %I:%M %p", "%d-%b-%Y", "%d-%b-%y", "%B %d, %Y", "%d %B %Y", "%Y-%m-%dT%H:%M:%SZ",
    "%Y-%m-%d %H:%M:%S UTC", "%d/%m/%y", "%m/%d/%y %H:%M", "%d%b%Y", "%Y-%m-%d %H:%M:%S.%f",
)  # fmt: skip
SPANISH = dict(zip("Jan Apr Aug Dec".split(), "ene abr ago dic".split(), strict=True))  # noqa: SIM905
PORTUGUESE = dict(zip("Feb Sep Oct Dec".split(), "fev set out dez".split(), strict=True))  # noqa: SIM905


@pytest.mark.parametrize("fmt", WRITTEN_DATES)
def test_written_dates_are_read_back(tmp_path: Path, fmt: str) -> None:
    rng = random.Random(fmt)  # noqa: S311
    has_time = "%H" in fmt or "%I" in fmt
    for names in ({}, SPANISH, PORTUGUESE) if "%b" in fmt else ({},):
        minutes = [rng.randrange(0, 20 * 525_600) for _ in range(80)]
        dates = [datetime(2001, 1, 1) + timedelta(minutes=one) for one in minutes]
        if not has_time:
            dates = [one.replace(hour=0, minute=0) for one in dates]
        cells = [one.strftime(fmt) for one in dates]
        for english, other in names.items():
            cells = [cell.replace(english, other) for cell in cells]

        found, codes = load(tmp_path, cells)

        assert found.to_list() == pytest.approx(days(*dates)), names
        assert not {code for code in codes if "ambiguous" in code}


def test_reading_survives_storage() -> None:
    reading = Reading(",", ("%d/%m/%Y",), ("sin dato",))

    assert Reading.from_dict(reading.to_dict()) == reading
    assert Reading.from_dict(None) is None
