import csv
import io
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from churn.exceptions import FileUnreadable
from churn.ml.io import blocks
from churn.ml.io.blocks import EXTRA_FIELD, ROW, BlockReader
from churn.ml.io.dialect import TextEncoding
from churn.tests.ml.files import write_file

QUOTED = 'a,b\n1,"x\ny"\n2,z\n3,"p ""q""\n\nr"\n4,w'


def read(path: Path) -> list[tuple[int, list[str | None]]]:
    """Return line and cells of every row."""
    rows = []
    for block in BlockReader(path, TextEncoding(), ",", 1):
        frame = block.scan(["a", "b"], missing=()).collect()
        lines = block.locate(np.arange(frame.height)).lines
        cells = frame.drop(ROW, EXTRA_FIELD).rows()
        rows += [(int(line), list(row)) for line, row in zip(lines, cells, strict=True)]
    return rows


@pytest.fixture(params=[False, True], ids=["RFC 4180", "lenient"])
def both_readers(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run a test with the fast and with the lenient reader."""
    if request.param:
        monkeypatch.setattr(blocks, "_quotes_are_rfc4180", lambda *text: False)


@pytest.mark.usefixtures("both_readers")
def test_each_row_is_located_on_its_file_line(tmp_path: Path) -> None:
    rows = read(write_file(tmp_path, QUOTED))

    assert rows == [(2, ["1", "x\ny"]), (4, ["2", "z"]), (5, ["3", 'p "q"\n\nr']), (8, ["4", "w"])]


@pytest.mark.usefixtures("both_readers")
@pytest.mark.parametrize("size", [7, 16, 64])
def test_blocks_of_any_size_consist_of_whole_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(blocks, "_BLOCK_BYTES", size)
    text = io.StringIO(newline="")
    rows = [[str(n), f'née "{n}",\nline {n}' if n % 3 else f"é{n}"] for n in range(40)]
    csv.writer(text, lineterminator="\r\n").writerows([["a", "b"], *rows])

    found = read(write_file(tmp_path, text.getvalue()))

    assert [cells for _, cells in found] == rows
    assert [line for line, _ in found][:4] == [2, 3, 5, 7]


def test_a_stray_quote_inside_a_field_is_text(tmp_path: Path) -> None:
    path = write_file(tmp_path, 'a,b\n1,5" pipe\n2,"x\ny"\n3,z\n')

    assert read(path) == [(2, ["1", '5" pipe']), (3, ["2", "x\ny"]), (5, ["3", "z"])]


def test_an_unclosed_quote_is_reported_with_its_line(tmp_path: Path) -> None:
    path = write_file(tmp_path, 'a,b\n1,x\n2,"open\n3,y\n')

    with pytest.raises(FileUnreadable, match="Line 3 opens a quote"):
        read(path)


def test_a_late_nul_byte_is_reported_with_its_line(tmp_path: Path) -> None:
    path = write_file(tmp_path, "a,b\n" + "1,2\n" * 9 + "1,\x00\n")

    with pytest.raises(FileUnreadable, match="Line 11 contains a NUL byte"):
        read(path)


def test_a_field_beyond_the_maximum_size_is_rejected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocks, "MAX_FIELD_BYTES", 1 << 10)
    monkeypatch.setattr(blocks, "_BLOCK_BYTES", 1 << 9)
    path = write_file(tmp_path, 'a,b\n1,x\n2,"' + "long\n" * 4_000)

    with pytest.raises(FileUnreadable, match="Line 3 opens a quote"):
        read(path)


def format_row(cells: list[str], *, bare: bool) -> str:
    """Return a line of CSV; `bare` cells with quotes inside are not enclosed in quotes."""
    texts = []
    for cell in cells:
        quoted = f'"{cell.replace(chr(34), chr(34) * 2)}"'
        unsafe = any(character in cell for character in ",\n") or cell.startswith('"')
        texts.append(quoted if unsafe or ('"' in cell and not bare) else cell)
    return ",".join(texts)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.text('xé,"\n1', max_size=5), st.text('y,"\n;', max_size=5), st.booleans()),
        min_size=1,
        max_size=12,
    ),
    st.sampled_from([8, 64, 1 << 20]),
)
def test_rows_and_lines_match_those_of_the_csv_module(
    rows: list[tuple[str, str, bool]], size: int
) -> None:
    text = "a,b\n" + "\n".join(format_row([a, b], bare=bare) for a, b, bare in rows)
    reader = csv.reader(io.StringIO(text, newline=""))
    next(reader)
    starts, expected = [reader.line_num + 1], []
    for row in reader:
        expected.append([cell or None for cell in row])
        starts.append(reader.line_num + 1)

    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "_BLOCK_BYTES", size)
        found = read(write_file(Path(folder), text))

    assert [[cell or None for cell in cells] for _, cells in found] == expected
    assert [line for line, _ in found] == starts[:-1]
