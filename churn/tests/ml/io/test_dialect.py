import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from churn.exceptions import FileUnreadable
from churn.ml.io.dialect import sniff
from churn.services.localization import error_message
from churn.tests.ml.files import write_file

TABLE = "id,churn,plan\n1,yes,básico\n2,no,pleno\n"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 99, "a PNG image"),
        (b"\x1f\x8b\x08\x00" + b"\x00" * 99, "compressed with gzip; decompress"),
        (b"PK\x03\x04" + b"\x00" * 99, "Excel workbook; save the sheet as CSV"),
        (b"%PDF-1.7", "a PDF document"),
        (b"", "The file is empty"),
        (b" \n\n \n", "The file is empty"),
        (b"\xef\xbb\xbf", "The file is empty"),
        (b"\xff\xfe\n\x00", "The file is empty"),
        (b"a,b\n1,\x002\n3,4\n", "Line 2 contains a NUL byte"),
        (bytes(range(1, 32)) * 9, "not text"),
        (b"alone\n1\n2\n", "Only one column"),
    ],
)
def test_a_file_that_is_no_table_is_rejected_with_advice(
    tmp_path: Path, content: bytes, message: str
) -> None:
    with pytest.raises(FileUnreadable, match=message):
        sniff(write_file(tmp_path, content))


@pytest.fixture
def short_fields() -> Iterator[None]:
    before = csv.field_size_limit(9)
    yield
    csv.field_size_limit(before)


@pytest.mark.usefixtures("short_fields")
def test_an_unreadable_line_is_reported_without_the_python_message(tmp_path: Path) -> None:
    with pytest.raises(FileUnreadable) as caught:
        sniff(write_file(tmp_path, "a,b\n1,2\n3,a field too long\n"))

    assert str(caught.value).startswith("Line 3 cannot be read as CSV; check")
    assert error_message(caught.value, "es").startswith("La línea 3 no se puede leer como CSV;")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_gives_rows_and_header_equal_field_counts(
    tmp_path: Path, delimiter: str
) -> None:
    text = 'a;b,c|d\n1;"x,y";3\n'.replace(";", delimiter) if delimiter == ";" else TABLE

    dialect = sniff(write_file(tmp_path, text.replace(",", delimiter)))

    assert dialect.delimiter == delimiter


def test_a_decimal_comma_is_not_taken_for_a_delimiter(tmp_path: Path) -> None:
    dialect = sniff(write_file(tmp_path, "a;b\n1,5;2,25\n3,5;1.234,75\n"))

    assert (dialect.delimiter, dialect.decimal) == (";", ",")


@pytest.mark.parametrize(
    ("encoding", "inferred"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("utf-32", "utf-32-le"),
        ("latin-1", "cp1252"),
    ],
)
def test_the_encoding_is_recognised(tmp_path: Path, encoding: str, inferred: str) -> None:
    dialect = sniff(write_file(tmp_path, TABLE.encode(encoding)))

    assert dialect.text_encoding.encoding == inferred
    assert dialect.header == ("id", "churn", "plan")
    assert dialect.rows[0] == ("1", "yes", "básico")


def test_a_header_may_span_lines_after_blanks_and_hint(tmp_path: Path) -> None:
    dialect = sniff(write_file(tmp_path, '\n\nsep=;\n"a\nb";c\n1;2\n'))

    assert dialect.header == ("a\nb", "c")
    assert dialect.header_lines == 5


def test_too_many_columns_are_rejected_with_the_limit(tmp_path: Path) -> None:
    header = ",".join(f"column_number_{number}" for number in range(200_000))

    with pytest.raises(FileUnreadable, match="200,000 columns; the limit is 10,000"):
        sniff(write_file(tmp_path, f"{header}\n{','.join(['1'] * 200_000)}\n"))


def test_lines_may_end_with_a_carriage_return(tmp_path: Path) -> None:
    dialect = sniff(write_file(tmp_path, TABLE.replace("\n", "\r")))

    assert dialect.text_encoding.newline == "\r"
    assert len(dialect.rows) == 2


def test_the_line_of_the_header_can_be_chosen(tmp_path: Path) -> None:
    path = tmp_path / "titled.csv"
    path.write_text("Customers of 2023\nsource, warehouse\n\na,b\n1,2\n3,4\n")

    dialect = sniff(path, header_row=4)

    assert (dialect.header, dialect.rows) == (("a", "b"), (("1", "2"), ("3", "4")))
    assert dialect.header_lines == 4
    with pytest.raises(FileUnreadable, match="line 9: the first 6 lines"):
        sniff(path, header_row=9)


def test_a_file_without_header_gets_numbered_columns(tmp_path: Path) -> None:
    path = tmp_path / "bare.csv"
    path.write_text("1,yes\n2,no\n")

    dialect = sniff(path, header_row=0)

    assert (dialect.header, dialect.header_lines) == (("column_1", "column_2"), 0)
    assert dialect.rows == (("1", "yes"), ("2", "no"))
