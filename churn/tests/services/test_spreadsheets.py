from pathlib import Path

import polars as pl
import pytest

from churn.services.spreadsheets import harmless, write_csv


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
def test_only_a_text_that_a_spreadsheet_would_run_is_quoted(
    text: str | None, written: str | None
) -> None:
    frame = pl.DataFrame(
        {"customer_id": [text], "other": ["x"]}, schema_overrides={"customer_id": pl.String}
    )

    assert harmless(frame)["customer_id"].to_list() == [written]


def test_numbers_are_written_as_they_are(tmp_path: Path) -> None:
    frame = pl.DataFrame({"customer_id": ["=1"], "probability": [-0.5]})

    write_csv(frame, tmp_path / "new" / "results.csv")

    assert (tmp_path / "new" / "results.csv").read_text() == "customer_id,probability\n'=1,-0.5\n"
