from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from churn.ml.io import RejectReason, describe_reject, inspect_source
from churn.ml.records.parsing import RecordBatch, read_records
from churn.ml.records.zones import read_zones
from churn.ml.schema import Column
from churn.tests.ml.files import RECORD, ZONES, write_file, write_records


def parse_records(
    folder: Path, *changes: dict[Column, str | None], with_target: bool = True
) -> RecordBatch:
    source = inspect_source(write_records(folder, {}, *changes))
    zone_map = read_zones(write_file(folder, ZONES, "zones.csv"))
    (batch,) = read_records(source, zone_map, with_target=with_target)
    return batch


def test_a_record_is_parsed_to_typed_columns(tmp_path: Path) -> None:
    row = parse_records(tmp_path).frame.row(0, named=True)

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
def test_an_invalid_cell_rejects_its_row_with_a_reason(
    tmp_path: Path, column: Column, cell: str | None, reason: RejectReason
) -> None:
    batch = parse_records(tmp_path, {Column.TEXT: "two\nlines"}, {column: cell}, {})

    assert batch.rejects.rows() == [(5, column.value, reason.value)]
    assert (batch.rows, batch.frame.height) == (4, 3)


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
def test_missing_and_unknown_cells_do_not_reject_the_record(
    tmp_path: Path, change: dict[Column, str | None], column: str, expected: Any
) -> None:
    batch = parse_records(tmp_path, change)

    assert batch.frame[column].to_list()[1:] == [expected]
    assert batch.rejects.is_empty()


def test_data_quality_issues_are_counted(tmp_path: Path) -> None:
    issue_counts = parse_records(
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


def test_an_ignored_target_rejects_no_row(tmp_path: Path) -> None:
    batch = parse_records(
        tmp_path, {Column.CHURN: "tal vez"}, {Column.CHURN: None}, with_target=False
    )

    assert "churn" not in batch.frame.columns
    assert batch.rejects.is_empty()


def test_ragged_rows_are_rejected_and_blank_lines_ignored(tmp_path: Path) -> None:
    path = write_records(tmp_path, {})
    line = path.read_text().splitlines()[1]
    path.write_text(path.read_text() + f"{line},x\n{line.rsplit(',', 1)[0]}\n{line},\n\n\n")

    (batch,) = read_records(inspect_source(path), None, with_target=True)

    assert batch.rejects.rows() == [(3, "", "fields_too_many"), (4, "", "fields_too_few")]
    assert (batch.rows, batch.frame.height) == (4, 2)


def test_a_parquet_file_gives_the_same_records_as_csv(tmp_path: Path) -> None:
    path = write_records(tmp_path, {}, {Column.AGE: None}, {Column.TYPE: "problema"})
    (text,) = read_records(inspect_source(path), None, with_target=True)
    pl.read_csv(path, try_parse_dates=True).write_parquet(path)

    (columns,) = read_records(inspect_source(path), None, with_target=True)

    assert columns.frame.equals(text.frame)


@pytest.mark.parametrize("reason", RejectReason)
def test_every_reject_reason_is_described(reason: RejectReason) -> None:
    assert str(describe_reject(reason))


def test_the_example_record_has_every_column() -> None:
    assert list(RECORD) == list(Column)
