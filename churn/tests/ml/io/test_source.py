from pathlib import Path

import polars as pl
import pytest

from churn.exceptions import FileUnreadable, SchemaInvalid
from churn.ml.io.source import inspect_source
from churn.ml.schema import Column, Shape
from churn.tests.ml.files import records_file, saved, source_of

TABLE = "customer_id,plan,months,churn\n" + "".join(
    f"c{n},{'básico' if n % 2 else 'pleno'},{n},{'yes' if n % 3 else 'no'}\n" for n in range(20)
)


def test_a_table_says_what_was_inferred(tmp_path: Path) -> None:
    source = source_of(tmp_path, TABLE.replace(",", ";"))

    assert (source.shape, source.target, source.customer_id) == (
        Shape.TABLE,
        "churn",
        "customer_id",
    )
    assert tuple(map(str, source.remarks)) == (
        "columns are separated by semicolons",
        "one row per customer",
        "the target is `churn`, inferred from its name and values",
        "customers are identified by `customer_id`, inferred from its name and values",
    )


def test_the_private_schema_is_recognised_whatever_the_order_of_columns(tmp_path: Path) -> None:
    path = records_file(tmp_path, {})
    pl.read_csv(path).select(reversed(Column)).rename(str.upper).write_csv(path)

    source = inspect_source(path)

    assert source.shape is Shape.RECORDS
    assert source.mapping[Column.ID] == "CLIENTE_ID"
    assert source.target == "CHURN"


def test_records_under_other_names_are_read_by_mapping(tmp_path: Path) -> None:
    path = records_file(tmp_path, {})
    pl.read_csv(path).rename({Column.AGE: "years"}).write_csv(path)

    assert inspect_source(path, mapping={Column.AGE: "years"}).mapping[Column.AGE] == "years"


def test_a_missing_record_column_is_named(tmp_path: Path) -> None:
    path = records_file(tmp_path, {})
    pl.read_csv(path).drop(Column.POINTS).write_csv(path)

    with pytest.raises(SchemaInvalid, match="lacks the column `puntos_de_loyalty`"):
        inspect_source(path)


@pytest.mark.parametrize(
    ("content", "error", "message"),
    [
        ("a,b\n", FileUnreadable, "a header and no rows"),
        ("a,b,a\n1,2,3\n", SchemaInvalid, "names `a` more than once"),
        ("a,b\n1,2,3\n4,5,6\n", FileUnreadable, "Every row has 3 fields but the header names 2"),
        ("a,b,c\n1,2\n4,5\n", FileUnreadable, "Every row has 2 fields but the header names 3"),
        ("id,churn\n1,yes\n2,no\n3,maybe\n", SchemaInvalid, "`churn` has 3 different values"),
    ],
)
def test_a_table_that_would_mislead_is_refused(
    tmp_path: Path, content: str, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        source_of(tmp_path, content)


def test_a_file_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(FileUnreadable, match=r"no file gone\.csv"):
        inspect_source(tmp_path / "gone.csv")


@pytest.mark.parametrize("named", [{"target": "left"}, {"customer_id": "left"}])
def test_a_named_column_that_is_absent_is_named_among_those_there_are(
    tmp_path: Path, named: dict[str, str]
) -> None:
    with pytest.raises(SchemaInvalid, match="no column `left`; its columns are `customer_id`"):
        source_of(tmp_path, TABLE, **named)


def test_a_delimiter_after_the_last_field_shifts_nothing(tmp_path: Path) -> None:
    source = source_of(tmp_path, "a,b\n1,2,\n3,4,\n")

    assert source.columns == ("a", "b")


def test_a_column_without_a_name_gets_one(tmp_path: Path) -> None:
    source = source_of(tmp_path, ",a,churn\n0,5,yes\n1,6,no\n")

    assert source.columns == ("unnamed_1", "a", "churn")
    assert "columns without a name are called unnamed_1 and so on" in map(str, source.remarks)


def test_a_parquet_file_is_told_by_its_bytes_and_nested_columns_are_left_out(
    tmp_path: Path,
) -> None:
    path = tmp_path / "table.csv"
    frame = pl.DataFrame({"id": [1, 2], "churn": [True, False], "tags": [["a"], []]})
    frame.write_parquet(path)

    source = inspect_source(path)

    assert (source.format, source.columns, source.target) == ("parquet", ("id", "churn"), "churn")
    assert str(source.remarks[0]) == "`tags` left out: lists or structures in a cell"


def test_a_damaged_parquet_file_is_said_to_be_damaged(tmp_path: Path) -> None:
    path = saved(tmp_path, b"PAR1" + b"\x00" * 50)

    with pytest.raises(FileUnreadable, match="Parquet file is damaged"):
        inspect_source(path)


def test_a_parquet_column_whose_name_no_database_could_keep_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    pl.DataFrame({"id": ["a", "b"], "pl\0an": [1, 2]}).write_parquet(path)

    with pytest.raises(SchemaInvalid, match="NUL character; rename it"):
        inspect_source(path)
