from pathlib import Path

import polars as pl
import pytest

from churn.exceptions import FileUnreadable, SchemaInvalid
from churn.ml.io.source import inspect_source
from churn.ml.options import ReadOptions
from churn.ml.schema import Column, Shape
from churn.tests.ml.files import inspect_content, write_file, write_records

TABLE = "customer_id,plan,months,churn\n" + "".join(
    f"c{n},{'básico' if n % 2 else 'pleno'},{n},{'yes' if n % 3 else 'no'}\n" for n in range(20)
)


def test_the_remarks_of_a_table_describe_what_was_inferred(tmp_path: Path) -> None:
    source = inspect_content(tmp_path, TABLE.replace(",", ";"))

    assert (source.shape, source.target, source.customer_id) == (
        Shape.TABLE,
        "churn",
        "customer_id",
    )
    assert tuple(map(str, source.remarks)) == (
        "columns are separated by semicolons",
        "one row per customer",
        "the target column is `churn`, inferred from its name and values",
        "customers are identified by `customer_id`, inferred from its name and values",
    )


def test_service_records_are_recognised_in_any_column_order(tmp_path: Path) -> None:
    path = write_records(tmp_path, {})
    pl.read_csv(path).select(reversed(Column)).rename(str.upper).write_csv(path)

    source = inspect_source(path)

    assert source.shape is Shape.RECORDS
    assert source.mapping[Column.ID] == "CLIENTE_ID"
    assert source.target == "CHURN"


def test_renamed_record_columns_are_found_by_mapping(tmp_path: Path) -> None:
    path = write_records(tmp_path, {})
    pl.read_csv(path).rename({Column.AGE: "years"}).write_csv(path)

    source = inspect_source(path, ReadOptions(mapping={Column.AGE: "years"}))

    assert source.mapping[Column.AGE] == "years"


def test_a_missing_record_column_is_named_in_the_error(tmp_path: Path) -> None:
    path = write_records(tmp_path, {})
    pl.read_csv(path).drop(Column.POINTS).write_csv(path)

    with pytest.raises(SchemaInvalid, match="has no column `puntos_de_loyalty`"):
        inspect_source(path)


@pytest.mark.parametrize(
    ("content", "error", "message"),
    [
        ("a,b\n", FileUnreadable, "a header but no rows"),
        ("a,b,a\n1,2,3\n", SchemaInvalid, "Duplicate column names in the header: `a`"),
        ("a,b\n1,2,3\n4,5,6\n", FileUnreadable, "Every row has 3 fields but the header has 2"),
        ("a,b,c\n1,2\n4,5\n", FileUnreadable, "Every row has 2 fields but the header has 3"),
    ],
)
def test_an_ambiguous_table_is_rejected(
    tmp_path: Path, content: str, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        inspect_content(tmp_path, content)


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileUnreadable, match=r"File gone\.csv not found"):
        inspect_source(tmp_path / "gone.csv")


@pytest.mark.parametrize("named", [{"target": "left"}, {"customer_id": "left"}])
def test_the_error_for_an_absent_column_lists_all_columns(
    tmp_path: Path, named: dict[str, str]
) -> None:
    with pytest.raises(SchemaInvalid, match="no column `left`; its columns are `customer_id`"):
        inspect_content(tmp_path, TABLE, **named)


def test_a_trailing_delimiter_adds_no_column(tmp_path: Path) -> None:
    source = inspect_content(tmp_path, "a,b\n1,2,\n3,4,\n")

    assert source.columns == ("a", "b")


def test_a_column_without_a_name_is_given_one(tmp_path: Path) -> None:
    source = inspect_content(tmp_path, ",a,churn\n0,5,yes\n1,6,no\n")

    assert source.columns == ("unnamed_1", "a", "churn")
    assert "columns without a name are called unnamed_1 and so on" in map(str, source.remarks)


def test_parquet_is_recognised_by_content_and_nested_columns_ignored(
    tmp_path: Path,
) -> None:
    path = tmp_path / "table.csv"
    frame = pl.DataFrame({"id": [1, 2], "churn": [True, False], "tags": [["a"], []]})
    frame.write_parquet(path)

    source = inspect_source(path)

    assert (source.format, source.columns, source.target) == ("parquet", ("id", "churn"), "churn")
    assert str(source.remarks[0]) == "`tags`: excluded because of lists or structures in cells"


def test_a_damaged_parquet_file_is_an_error(tmp_path: Path) -> None:
    path = write_file(tmp_path, b"PAR1" + b"\x00" * 50)

    with pytest.raises(FileUnreadable, match="Parquet file is damaged"):
        inspect_source(path)


def test_a_parquet_column_name_with_nul_is_rejected(tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    pl.DataFrame({"id": ["a", "b"], "pl\0an": [1, 2]}).write_parquet(path)

    with pytest.raises(SchemaInvalid, match="NUL character; rename the column"):
        inspect_source(path)
