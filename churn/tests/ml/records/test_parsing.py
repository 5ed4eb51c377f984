from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from churn.ml.io import RejectReason, describe_reject, inspect_source
from churn.ml.records.parsing import RecordBatch, read_records
from churn.ml.records.zones import read_zones
from churn.ml.schema import Column
from churn.tests.ml.files import RECORD, ZONES, records_file, saved


def typed(
    folder: Path, *changes: dict[Column, str | None], with_target: bool = True
) -> RecordBatch:
    source = inspect_source(records_file(folder, {}, *changes))
    zone_map = read_zones(saved(folder, ZONES, "zones.csv"))
    (piece,) = read_records(source, zone_map, with_target=with_target)
    return piece


def test_a_record_becomes_a_narrow_row(tmp_path: Path) -> None:
    row = typed(tmp_path).frame.row(0, named=True)

    assert row.pop("start").isoformat() == "2023-05-01T12:00:00"
    assert row == {
        "customer_id": "7",
        "segment": 31,
        "service_type": 0,
        "zone": 0,
        "seconds": 1200,
        "points": 100.5,
        "age": 40.0,
        "churn": False,
    }


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        (Column.ID, None, RejectReason.CUSTOMER_MISSING),
        (Column.ID, "  ", RejectReason.CUSTOMER_MISSING),
        (Column.ID, "NULL", RejectReason.CUSTOMER_MISSING),
        (Column.AGE, "treinta", RejectReason.NUMBER_INVALID),
        (Column.POINTS, "1e999", RejectReason.NUMBER_INVALID),
        (Column.START, "2023-02-30 10:00:00", RejectReason.DATE_INVALID),
        (Column.END, "pendiente", RejectReason.DATE_INVALID),
        (Column.CHURN, None, RejectReason.TARGET_MISSING),
        (Column.CHURN, "tal vez", RejectReason.TARGET_INVALID),
    ],
)
def test_an_unfit_cell_rejects_its_row_by_line_column_and_reason(
    tmp_path: Path, column: Column, cell: str | None, reason: RejectReason
) -> None:
    piece = typed(tmp_path, {Column.TEXT: "two\nlines"}, {column: cell}, {})

    assert piece.rejects.rows() == [(5, column.value, reason.value)]
    assert (piece.rows, piece.frame.height) == (4, 3)


@pytest.mark.parametrize(
    ("change", "column", "expected"),
    [
        ({Column.AGE: None}, "age", None),
        ({Column.AGE: "NA"}, "age", None),
        ({Column.AGE: "999"}, "age", None),
        ({Column.POINTS: " 12.5 "}, "points", 12.5),
        ({Column.END: None}, "seconds", None),
        ({Column.SEGMENT: "Z9"}, "segment", None),
        ({Column.SEGMENT: " d8"}, "segment", 0),
        ({Column.TYPE: None}, "service_type", 4),
        ({Column.TYPE: "RECLAMO"}, "service_type", 2),
        ({Column.PLACE: "N/D"}, "zone", 2),
        ({Column.ID: " 08 "}, "customer_id", "08"),
    ],
)
def test_a_gap_or_an_odd_cell_does_not_lose_the_record(
    tmp_path: Path, change: dict[Column, str | None], column: str, expected: Any
) -> None:
    piece = typed(tmp_path, change)

    assert piece.frame[column].to_list()[1:] == [expected]
    assert piece.rejects.is_empty()


def test_what_was_odd_is_counted(tmp_path: Path) -> None:
    issue_counts = typed(
        tmp_path, {Column.AGE: "999"}, {Column.TYPE: "?"}, {Column.PLACE: "{}"}
    ).issue_counts

    assert {key: count for key, count in issue_counts.items() if count} == Counter(
        {
            ("place_swapped", Column.PLACE): 3,
            ("place_malformed", Column.PLACE): 1,
            ("number_implausible", Column.AGE): 1,
            ("missing", Column.AGE): 1,
            ("type_unknown", Column.TYPE): 1,
        }
    )


def test_without_a_target_a_row_is_not_rejected_for_it(tmp_path: Path) -> None:
    piece = typed(tmp_path, {Column.CHURN: "tal vez"}, {Column.CHURN: None}, with_target=False)

    assert "churn" not in piece.frame.columns
    assert piece.rejects.is_empty()


def test_ragged_rows_are_rejected_and_trailing_blank_lines_are_no_rows(tmp_path: Path) -> None:
    path = records_file(tmp_path, {})
    line = path.read_text().splitlines()[1]
    path.write_text(path.read_text() + f"{line},x\n{line.rsplit(',', 1)[0]}\n{line},\n\n\n")

    (piece,) = read_records(inspect_source(path), None, with_target=True)

    assert piece.rejects.rows() == [(3, "", "fields_too_many"), (4, "", "fields_too_few")]
    assert (piece.rows, piece.frame.height) == (4, 2)


def test_a_parquet_file_gives_the_same_records(tmp_path: Path) -> None:
    path = records_file(tmp_path, {}, {Column.AGE: None}, {Column.TYPE: "problema"})
    (text,) = read_records(inspect_source(path), None, with_target=True)
    pl.read_csv(path, try_parse_dates=True).write_parquet(path)

    (columns,) = read_records(inspect_source(path), None, with_target=True)

    assert columns.frame.equals(text.frame)


@pytest.mark.parametrize("reason", RejectReason)
def test_every_reason_has_words_in_both_languages(reason: RejectReason) -> None:
    assert describe_reject(reason, "en") != describe_reject(reason, "es")


def test_the_example_record_has_every_column() -> None:
    assert list(RECORD) == list(Column)
