import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import polars as pl
import pytest

from churn.exceptions import WorkCancelled
from churn.services.work.csv_export import escape_formulas, write_csv


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=cmd|'/c calc'!A1", "'=cmd|'/c calc'!A1"),
        ("+SUM(A1)", "'+SUM(A1)"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("-57.58", "-57.58"),
        ("+595981123456", "+595981123456"),
        ("-0,5", "-0,5"),
        ("C-001", "C-001"),
        ("a=b", "a=b"),
        ("", ""),
        (None, None),
    ],
)
def test_only_formulas_get_an_apostrophe(text: str | None, written: str | None) -> None:
    frame = pl.DataFrame(
        {"customer_id": [text], "other": ["x"]}, schema_overrides={"customer_id": pl.String}
    )

    assert escape_formulas(frame)["customer_id"].to_list() == [written]


def test_numbers_are_not_changed(tmp_path: Path) -> None:
    frame = pl.DataFrame({"customer_id": ["=1"], "probability": [-0.5]})

    write_csv([frame], tmp_path / "new" / "results.csv")

    assert (tmp_path / "new" / "results.csv").read_text() == "customer_id,probability\n'=1,-0.5\n"


def test_batches_share_one_header(tmp_path: Path) -> None:
    parts = [pl.DataFrame({"line": lines}) for lines in ([2, 3], [], [7])]

    write_csv(parts, tmp_path / "rejects.csv")

    assert (tmp_path / "rejects.csv").read_text() == "line\n2\n3\n7\n"


def test_interrupted_write_keeps_the_previous_file(tmp_path: Path) -> None:
    path = tmp_path / "results.csv"
    path.write_text("earlier")

    def broken() -> Iterator[pl.DataFrame]:
        yield pl.DataFrame({"line": [2]})
        raise WorkCancelled

    with pytest.raises(WorkCancelled):
        write_csv(broken(), path)

    assert path.read_text() == "earlier"
    assert list(tmp_path.iterdir()) == [path]


def test_pipe_is_written_and_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with ThreadPoolExecutor() as reader:
        read = reader.submit(pipe.read_text)
        write_csv([pl.DataFrame({"line": [2]})], pipe)

        assert read.result() == "line\n2\n"
    assert pipe.is_fifo()
