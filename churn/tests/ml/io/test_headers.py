import random
from pathlib import Path

import pytest

from churn.exceptions import SchemaInvalid
from churn.ml.io.headers import find_header
from churn.ml.io.source import inspect_source
from churn.ml.io.workbooks import convert_workbook
from churn.ml.options import ReadOptions
from churn.tests.ml.files import inspect_content, write_file
from churn.tests.ml.workbooks import workbook_bytes

NAMES = (
    ["customer_id", "plan", "months", "charge", "since", "churn", "region", "support calls"],
    ["Código", "Tipo de plan", "Meses", "Importe", "Fecha de alta", "Baja", "Región", "Llamadas"],
    ["ID", "Plano", "Meses", "Valor", "Início", "Cancelado", "Região", "2024"],
)
TITLES = (
    "Customers of March 2024",
    "Informe de clientes, sucursal 3",
    "Exported on 2024-03-01 10:15",
    "Source: warehouse",
    "Total de registros: 1.250",
)


def make_rows(rng: random.Random, count: int, width: int) -> list[list[str]]:
    """Return rows whose columns are identifier, words, numbers, amounts, dates and outcomes."""
    return [
        [
            f"c{number:04}",
            rng.choice(["basic", "full"]),
            str(rng.randint(1, 72)),
            f"{rng.uniform(10, 99):.2f}",
            f"20{rng.randint(10, 24)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}",
            rng.choice(["yes", "no"]),
            rng.choice(["north", "south", "", "west"]),
            str(rng.randint(0, 9)),
        ][:width]
        for number in range(count)
    ]


def make_lines_above(rng: random.Random, width: int) -> list[list[str]]:
    """Return titles, a data dictionary or a row of groups above a table of `width` columns."""
    kind = rng.choice(["none", "title", "titles", "dictionary", "groups"])
    if kind == "dictionary" and width > 3:  # a dictionary of the table's width is another table
        return [["column", "meaning"], *[[f"name{n}", "what it is"] for n in range(width)]]
    if kind == "groups" and width > 4:
        return [["Account", *[""] * (width - 2), ""], ["", "Customer", *[""] * (width - 3), "Use"]]
    return [[title] for title in rng.sample(TITLES, {"title": 1, "titles": 2}.get(kind, 0))]


def write(rows: list[list[str]], delimiter: str, *, pad: int) -> str:
    return "".join(
        delimiter.join(f'"{c}"' if delimiter in c else c for c in row + [""] * (pad - len(row)))
        + "\n"
        for row in rows
    )


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.slow
def test_the_header_is_found_below_lines_of_any_kind(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311  not a secret
    for _case in range(200):
        width = rng.randint(3, 8)
        names = rng.choice(NAMES)[:width]
        above = make_lines_above(rng, width)
        blank: list[list[str]] = [[]] * rng.randint(0, 2) if above else []
        rows = make_rows(rng, rng.choice([12, 60, 300]), width)
        pad = rng.choice([0, width])  # as spreadsheets write short rows
        delimiter = rng.choice(",;\t|")
        text = write([*above, *blank, names, *rows], delimiter, pad=pad)

        source = inspect_source(write_file(tmp_path, text))

        assert (source.columns, source.delimiter) == (tuple(names), delimiter), text[:400]
        assert source.header_lines == len(above) + len(blank) + 1
        assert not source.is_header_absent


@pytest.mark.parametrize("title", ["", "Informe\n\n", "Informe, sucursal 3\n"])
def test_decimal_commas_are_no_delimiters_below_any_header(tmp_path: Path, title: str) -> None:
    rng = random.Random(7)  # noqa: S311  not a secret
    for _case in range(100):
        width, delimiter = rng.randint(3, 8), rng.choice(";\t|")
        amounts = [[f"{rng.uniform(1, 99):.2f}" for _ in range(width)] for _ in range(40)]
        names = [f"importe {n}" for n in range(width)]
        text = write([names], delimiter, pad=0)
        text += write(amounts, delimiter, pad=0).replace(".", ",")

        source = inspect_source(write_file(tmp_path, title + text))

        assert (source.columns, source.delimiter) == (tuple(names), delimiter)
        assert source.decimal == ","


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.slow
def test_a_table_without_header_gets_numbered_columns(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311  not a secret
    for _case in range(100):
        width = rng.randint(4, 8)
        rows = make_rows(rng, rng.choice([10, 60, 300]), width)
        drop = rng.choice([0, 1])  # the identifier

        source = inspect_source(write_file(tmp_path, write([r[drop:] for r in rows], ",", pad=0)))

        assert source.columns == tuple(f"column_{n}" for n in range(1, width + 1 - drop))
        assert (source.is_header_absent, source.header_lines) == (True, 0)
        assert "the first line looks like data" in str(source.remarks[0])


@pytest.mark.parametrize(
    "content",
    [
        "0,1,2\n5.5,3,yes\n6.5,4,no\n7.5,5,no\n",
        "id,2019,2020,2021\n1,5,6,7\n2,6,7,8\n3,2019,2,1\n",
        "churn,plan\nchurn,basic\nactive,full\nchurn,basic\n",
        ",a,churn\n0,5,yes\n1,6,no\n2,7,yes\n",
        "customer,30,60,90\nc1,30,1,2\nc2,3,60,9\nc3,30,90,90\n",
        "a,b\n1,2\n",
    ],
)
def test_names_that_look_like_values_are_still_names(tmp_path: Path, content: str) -> None:
    source = inspect_content(tmp_path, content)

    assert source.header_lines == 1
    assert not source.is_header_absent


@pytest.mark.parametrize(
    ("rows", "index"),
    [
        ([["Report", "", ""], ["", "", ""], ["a", "b", "c"], ["1", "2", "3"]], 2),
        ([["", "", "Report"], ["a", "b", "c"], ["1", "2", "3"], ["4", "5", "6"]], 1),
        ([["Report"], ["id", "churn"], ["1", "yes"], ["2", "no"]], 1),
        (
            [
                ["Report"],
                ["id", "2019", "2020", "2022"],
                ["a", "5", "4", "1"],
                ["b", "6", "1", "2"],
            ],
            1,
        ),
        ([["Report"], ["c1", "7", "5"], ["c2", "8", "5"], ["c3", "9", "6"]], 0),
        ([["Report"], ["a", "b", "c", "d"], ["1", "", "", ""], ["2", "3", "", ""]], 1),
        ([["a", "b"], ["1", "2", "3"], ["4", "5", "6"]], 0),
        ([["a", "b"], ["x", "y", "z"], ["x", "y", "z"]], 0),
        ([["Report"], ["1", "2", "3"], ["4", "5", "6"]], 0),
        ([["1", "2.5", "no"], ["2", "3.5", "no"], ["3", "1.5", "yes"]], None),
        ([["2024-01-05", "no"], ["2024-02-05", "no"], ["2024-03-01", "yes"]], None),
        ([["id", "n"], ["1", "2"], ["id", "n"], ["3", "4"]], 0),
    ],
)
def test_the_row_of_names_of_a_small_table(rows: list[list[str]], index: int | None) -> None:
    assert find_header(rows) == index


def test_a_named_line_is_the_header_whatever_it_looks_like(tmp_path: Path) -> None:
    content = "Report\n1,2.5,yes\n2,3.5,no\n3,4.5,yes\n"

    source = inspect_content(tmp_path, content, header_row=2)

    assert source.columns == ("1", "2.5", "yes")
    assert source.header_lines == 2


def test_the_line_of_a_header_counts_line_feeds_alone(tmp_path: Path) -> None:
    source = inspect_content(tmp_path, "a\x0cb\u2028c\nid,churn\n1,yes\n2,no\n", header_row=2)

    assert source.columns == ("id", "churn")


def test_the_lines_above_a_header_are_reported(tmp_path: Path) -> None:
    source = inspect_content(tmp_path, "Report\n\n\nid,plan,churn\n1,a,yes\n2,b,no\n")

    assert str(source.remarks[0]) == "the header is on line 4; the lines above it are left out"


def test_a_sheet_with_title_rows_is_read_like_a_text(tmp_path: Path) -> None:
    rows = [["Customers"], [], ["id", "plan", "churn"], ["c1", "a", "yes"], ["c2", "b", "no"]]
    path, target = write_file(tmp_path, workbook_bytes(rows)), tmp_path / "sheet.csv"
    convert_workbook(path, target, 1 << 20)

    source = inspect_source(target)

    assert (source.columns, source.header_lines) == (("id", "plan", "churn"), 3)


@pytest.mark.parametrize("header", ["a,b,a\n", "Report\n\na,b,a\n"])
def test_repeated_names_are_an_error_below_titles_too(tmp_path: Path, header: str) -> None:
    with pytest.raises(SchemaInvalid, match="Duplicate column names"):
        inspect_content(tmp_path, header + "1,2,x\n3,4,y\n5,6,x\n", header_row=header.count("\n"))


def test_the_hint_of_excel_may_precede_a_title(tmp_path: Path) -> None:
    source = inspect_content(tmp_path, "sep=;\nReport\nid;x;churn\n1;2,5;yes\n2;3,5;no\n")

    assert (source.columns, source.header_lines) == (("id", "x", "churn"), 3)
    assert source.options == ReadOptions()
