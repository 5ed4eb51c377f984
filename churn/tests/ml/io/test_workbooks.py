import csv
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from churn.exceptions import FileUnreadable, UploadTooLarge
from churn.ml.io import workbooks
from churn.ml.io.workbooks import convert_workbook
from churn.tests.ml.files import write_file
from churn.tests.ml.workbooks import raw_workbook, workbook_bytes

HEADER = ["id", "value"]


def convert(folder: Path, content: bytes, limit: int = 1 << 20) -> tuple[str, list[str]]:
    """Return the CSV text and the remarks."""
    target = folder / "converted.csv"
    target.unlink(missing_ok=True)
    remarks = convert_workbook(write_file(folder, content, "book.xlsx"), target, limit)
    return target.read_text(), [str(remark) for remark in remarks]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3, "3"),
        (3.0, "3"),
        (29.85, "29.85"),
        (1e-07, "1e-07"),
        (123456789012345, "123456789012345"),
        (True, "true"),
        (False, "false"),
        ("007", "007"),
        ("1.234,50", '"1.234,50"'),
        ("São João", "São João"),
        ("two\nlines\r\nor three", "two lines or three"),
        (date(2024, 2, 29), "2024-02-29"),
        (datetime.fromisoformat("2024-02-29 15:30:01"), "2024-02-29 15:30:01"),
        (datetime.fromisoformat("2024-02-29"), "2024-02-29 00:00:00"),
        (time(7, 5), "07:05:00"),
        (timedelta(hours=30, minutes=5), "30:05:00"),
        ("#N/A", ""),
        ("#DIV/0!", ""),
    ],
)
def test_a_value_of_a_cell_is_written_as_csv(tmp_path: Path, value: Any, text: str) -> None:
    content = workbook_bytes([HEADER, ["a", value], ["b", None], ["c", 1]])

    assert convert(tmp_path, content)[0] == f"id,value\na,{text}\nb,\nc,1\n"


def test_formulas_are_their_stored_values_and_errors_empty(tmp_path: Path) -> None:
    rows = (
        '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><t>n</t></is></c></row>'
        '<row r="2"><c r="A2" t="str"><f>"x"</f><v>x</v></c><c r="B2"><f>1+1</f><v>2</v></c></row>'
        '<row r="3"><c r="A3" t="b"><v>1</v></c><c r="B3" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>'
    )

    text, _ = convert(tmp_path, raw_workbook(rows, "<si><r><t>i</t></r><r><t>d</t></r></si>"))

    assert text == "id,n\nx,2\ntrue,\n"


def test_a_line_is_a_row_of_the_sheet(tmp_path: Path) -> None:
    content = workbook_bytes([["Report"], [], HEADER, ["a", 1], [None, None], ["b\nc", 2]])

    assert convert(tmp_path, content)[0] == "Report,\n\nid,value\na,1\n\nb c,2\n"


def test_missing_rows_and_a_false_dimension_do_not_matter(tmp_path: Path) -> None:
    cell = '<c r="{}" t="inlineStr"><is><t>{}</t></is></c>'
    rows = "".join(
        f'<row r="{row}">{cell.format(f"B{row}", "x")}{cell.format(f"D{row}", "y")}</row>'
        for row in (3, 5)
    )

    text, _ = convert(tmp_path, raw_workbook(rows, dimension='<dimension ref="A1"/>'))

    assert text == "\n\n,x,,y\n\n,x,,y\n"


def add_sheets(workbook: Workbook) -> None:
    cover = workbook.create_sheet("Cover", 0)
    cover["B2"] = "Customers of 2024"
    cover.merge_cells("B2:F2")
    hidden = workbook.create_sheet("Lists", 0)
    for row in (HEADER, ["hidden", 1]):
        hidden.append(row)
    hidden.sheet_state = "hidden"
    workbook.create_sheet("Empty", 0)
    workbook.create_chartsheet("Chart", 0)


def test_the_first_visible_sheet_with_a_table_is_read(tmp_path: Path) -> None:
    content = workbook_bytes([HEADER, ["a", 1]], add_sheets)

    text, remarks = convert(tmp_path, content)

    assert text == "id,value\na,1\n"
    assert remarks == ["the sheet read is `Data`; left out: `Empty`, `Lists`, `Cover`"]


@pytest.mark.parametrize("rows", [[], [["title"]], [["a", "b"]], [["a"], ["b"], ["c"]]])
def test_a_workbook_without_a_table_is_rejected(tmp_path: Path, rows: list[list[str]]) -> None:
    with pytest.raises(FileUnreadable, match="No sheet of the workbook has a table"):
        convert(tmp_path, workbook_bytes(rows))


def test_a_sheet_longer_than_the_limit_is_refused(tmp_path: Path) -> None:
    content = workbook_bytes([HEADER] * 5_000)

    with pytest.raises(UploadTooLarge, match="the limit; save the sheet as CSV"):
        convert(tmp_path, content, limit=1 << 14)


def test_a_text_repeated_in_many_cells_is_refused(tmp_path: Path) -> None:
    row = '<row r="{0}"><c r="A{0}" t="s"><v>0</v></c><c r="B{0}" t="s"><v>0</v></c></row>'
    rows = "".join(row.format(number) for number in range(1, 101))
    content = raw_workbook(rows, f"<si><t>{'x' * 30_000}</t></si>")

    with pytest.raises(UploadTooLarge, match="more than 1 MB"):
        convert(tmp_path, content)


@pytest.mark.parametrize("reference", ["A99999999999", "A2000000"])
@pytest.mark.slow
def test_a_row_beyond_those_of_excel_is_refused(tmp_path: Path, reference: str) -> None:
    cells = '<c r="{0}" t="s"><v>0</v></c><c r="{1}" t="s"><v>0</v></c>'
    last = f'<row r="{reference[1:]}">{cells.format(reference, reference)}</row>'
    first = "".join(f'<row r="{n}">{cells.format(f"A{n}", f"B{n}")}</row>' for n in (1, 2))

    with pytest.raises(FileUnreadable, match="more than 1,048,576 rows"):
        convert(tmp_path, raw_workbook(first + last, "<si><t>x</t></si>"))


def test_wide_rows_of_one_cell_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "_MAX_CELLS", 100_000)
    rows = "".join(f'<row r="{n}"><c r="XFD{n}"><v>1</v></c></row>' for n in range(1, 9))

    with pytest.raises(FileUnreadable, match="100,000 cells"):
        convert(tmp_path, raw_workbook(rows))


def test_parts_read_whole_are_limited(tmp_path: Path) -> None:
    rows = '<row r="1"><c r="A1"><v>1</v></c></row>'
    parts = {"xl/styles.xml": "<x>" + " " * (17 << 20) + "</x>"}

    with pytest.raises(UploadTooLarge, match="more than 16 MB"):
        convert(tmp_path, raw_workbook(rows, parts=parts), limit=64 << 20)


def test_entities_in_a_part_do_not_expand(tmp_path: Path) -> None:
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<!DOCTYPE x [<!ENTITY e0 "{"x" * 99}">{levels}]><x>&e9;</x>'

    with pytest.raises(FileUnreadable, match="workbook is damaged"):
        convert(tmp_path, raw_workbook("", parts={"xl/sheet1.xml": bomb}))


CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**9), 10**9),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.text('aé;,"| \t.0-', max_size=6).map(str.strip),
    st.dates(date(1950, 1, 1), date(2090, 1, 1)),
)


def expected(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)


def equal(text: str, value: Any) -> bool:
    if isinstance(value, float):
        return float(text) == pytest.approx(value)
    return text == expected(value)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=60))
def test_rows_of_any_values_are_those_of_the_sheet(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[Any]]
) -> None:
    content = workbook_bytes([["a", "b", "c"], ["x", "y", "z"], *rows])

    text, _ = convert(tmp_path_factory.mktemp("property"), content)

    found = list(csv.reader(text.splitlines()))[2:]
    found += [[] for _ in range(len(rows) - len(found))]  # blank rows at the end
    for cells, values in zip(found, rows, strict=True):
        filled = cells or ["", "", ""]
        assert all(map(equal, filled, values)), (filled, values)
