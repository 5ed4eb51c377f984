import csv
import io
from pathlib import Path

import numpy as np
import pytest

from churn.exceptions import FileUnreadable
from churn.ml import blocks
from churn.ml.blocks import EXTRA, ROW, BlockReader
from churn.ml.dialect import Written
from churn.tests.ml.files import saved

QUOTED = 'a,b\n1,"x\ny"\n2,z\n3,"p ""q""\n\nr"\n4,w'


def read(path: Path, *, careful: bool = False) -> list[tuple[int, list[str | None]]]:
    """Line and cells of every row."""
    reader = BlockReader(path, Written(), ",", 1)
    found = []
    for block in reader:
        if careful and reader.reread(block):
            continue
        frame = block.scan(["a", "b"], missing=()).collect()
        lines = block.locate(np.arange(frame.height)).lines
        found += [
            (int(line), list(row))
            for line, row in zip(lines, frame.drop(ROW, EXTRA).rows(), strict=True)
        ]
    return found


@pytest.mark.parametrize("careful", [False, True])
def test_rows_are_located_on_their_lines_in_the_file(tmp_path: Path, *, careful: bool) -> None:
    rows = read(saved(tmp_path, QUOTED), careful=careful)

    assert rows == [(2, ["1", "x\ny"]), (4, ["2", "z"]), (5, ["3", 'p "q"\n\nr']), (8, ["4", "w"])]


@pytest.mark.parametrize("careful", [False, True])
@pytest.mark.parametrize("size", [7, 16, 64])
def test_blocks_of_any_size_hold_whole_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int, *, careful: bool
) -> None:
    monkeypatch.setattr(blocks, "_BLOCK_BYTES", size)
    text = io.StringIO(newline="")
    rows = [[str(n), f'née "{n}",\nline {n}' if n % 3 else f"é{n}"] for n in range(40)]
    csv.writer(text, lineterminator="\r\n").writerows([["a", "b"], *rows])

    found = read(saved(tmp_path, text.getvalue()), careful=careful)

    assert [cells for _, cells in found] == rows
    assert [line for line, _ in found][:4] == [2, 3, 5, 7]


def test_a_stray_quote_inside_a_field_is_a_letter(tmp_path: Path) -> None:
    path = saved(tmp_path, 'a,b\n1,5" pipe\n2,"x\ny"\n3,z\n')

    assert read(path, careful=True) == [(2, ["1", '5" pipe']), (3, ["2", "x\ny"]), (5, ["3", "z"])]


def test_a_quote_that_is_never_closed_is_named_by_its_line(tmp_path: Path) -> None:
    path = saved(tmp_path, 'a,b\n1,x\n2,"open\n3,y\n')

    with pytest.raises(FileUnreadable, match="Line 3 opens a quote"):
        read(path, careful=True)


def test_a_nul_deep_in_the_file_is_named_by_its_line(tmp_path: Path) -> None:
    path = saved(tmp_path, "a,b\n" + "1,2\n" * 9 + "1,\x00\n")

    with pytest.raises(FileUnreadable, match="Line 11 holds a NUL byte"):
        read(path)


def test_a_field_beyond_reason_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "LARGEST_FIELD", 1 << 10)
    monkeypatch.setattr(blocks, "_BLOCK_BYTES", 1 << 9)
    path = saved(tmp_path, 'a,b\n1,x\n2,"' + "long\n" * 4_000)

    with pytest.raises(FileUnreadable, match="Line 3 opens a quote"):
        read(path)
