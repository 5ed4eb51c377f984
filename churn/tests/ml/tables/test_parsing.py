from pathlib import Path

import polars as pl
import pytest

from churn.exceptions import SchemaInvalid
from churn.ml.io import blocks, inspect_source
from churn.ml.progress import no_progress
from churn.ml.schema import Feature, Kind
from churn.ml.tables.parsing import TableData, read_table
from churn.tests.ml.files import source_of


def table(folder: Path, text: str, expected: tuple[Feature, ...] = ()) -> TableData:
    source = source_of(folder, text)
    return read_table(source, expected, with_target=bool(source.target), on_progress=no_progress)


def rows_of(*cells: str, repeat: int = 1) -> str:
    return "".join(f"{row}\n" for _ in range(repeat) for row in cells)


def test_columns_are_numbers_amounts_dates_or_words(tmp_path: Path) -> None:
    text = (
        'n,fee,since,plan,empty,churn\n5,"$1,200.50",2023-01-02,a,,yes\n'
        '6,"$3,000.00",2023-01-01,b,,no\n,,,,,no\n'
    )

    read = table(tmp_path, text)

    assert [(f.name, f.kind.value, f.unit) for f in read.features] == [
        ("n", "numeric", ""),
        ("fee", "numeric", ""),
        ("since", "numeric", "days"),
        ("plan", "categorical", ""),
    ]
    assert read.issue_counts["empty", "empty"] == 3
    assert read.frame.select("n", "fee", "since", "plan").rows() == [
        (5.0, 1200.5, 0.0, "a"),
        (6.0, 3000.0, 1.0, "b"),
        (None, None, None, None),
    ]


def test_time_runs_by_the_date_column_that_says_so(tmp_path: Path) -> None:
    text = "born,snapshot_date,churn\n1990-05-01,2023-01-31,yes\n1985-06-02,2023-02-28,no\n"

    read = table(tmp_path, text)

    assert read.time_column == "date"
    assert read.issue_counts["date", "born"] == 2
    assert read.frame["date"].dt.year().to_list() == [2023, 2023]


def test_a_word_among_numbers_rejects_its_row(tmp_path: Path) -> None:
    text = "n,churn\n" + rows_of("1,yes", "2,no", repeat=20) + "x,yes\n"

    read = table(tmp_path, text)

    assert read.rejects.rows() == [(42, "n", "number_invalid")]
    assert (read.rows, read.frame.height) == (41, 40)


def test_a_word_that_comes_often_among_numbers_means_missing(tmp_path: Path) -> None:
    text = "n,churn\n" + rows_of("1,yes", "2,no", repeat=40) + rows_of("Unknown,no", repeat=5)

    read = table(tmp_path, text)

    assert read.rejects.is_empty()
    assert read.frame["n"].null_count() == 5


def test_a_repeated_customer_is_rejected_where_it_comes_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocks, "_BLOCK_BYTES", 400)
    lines = [f"c{n},{n},{'yes' if n % 2 else 'no'}" for n in range(300)]
    text = rows_of("id,n,churn", *lines, "c7,7,yes", "c299,1,no")

    read = table(tmp_path, text)

    assert read.rejects.rows() == [
        (302, "id", "customer_repeated"),
        (303, "id", "customer_repeated"),
    ]
    assert read.frame["customer_id"].n_unique() == read.frame.height == 300


def test_without_identifier_customers_are_numbered_by_row_and_blank_lines_do_not_count(
    tmp_path: Path,
) -> None:
    text = "n,m,churn\n5,1,yes\n\n6,x,no\n7,1,no\n" + rows_of("8,1,yes", repeat=10) + "\n\n"

    read = table(tmp_path, text)

    assert read.rejects.rows() == [(4, "m", "number_invalid")]
    assert read.rows == 13
    assert read.frame.filter(pl.col("n") == 7)["customer_id"].to_list() == ["3"]


def test_free_text_is_no_feature(tmp_path: Path) -> None:
    text = rows_of(
        "note,n,churn",
        *(f"words {n} of a letter,{n},{'yes' if n % 2 else 'no'}" for n in range(120)),
    )

    read = table(tmp_path, text)

    assert [feature.name for feature in read.features] == ["n"]
    assert read.issue_counts["free_text", "note"] == 120


def test_a_model_s_kinds_win_over_what_a_small_file_suggests(tmp_path: Path) -> None:
    expected = (
        Feature("code", Kind.CATEGORICAL),
        Feature("n", Kind.NUMERIC),
        Feature("m", Kind.NUMERIC),
    )

    read = table(tmp_path, "code,n,m,extra\n1,,x,0\n2,,5,0\n", expected)

    assert read.features == expected
    assert read.frame.select("code", "n", "m").rows() == [("2", None, 5.0)]
    assert read.frame.schema["n"] == pl.Float64
    assert read.rejects.rows() == [(2, "m", "number_invalid")]


def test_columns_named_like_our_own_are_kept_apart(tmp_path: Path) -> None:
    text = "ref_id,customer_id,churn,date,exited\n" + rows_of("a,5,2,x,yes", "b,5,3,y,no")
    source = source_of(tmp_path, text, target="exited", customer_id="ref_id")

    read = read_table(source, (), with_target=True, on_progress=no_progress)
    again = read_table(source, read.features, with_target=False, on_progress=no_progress)

    assert [f.name for f in read.features] == ["customer_id_", "churn_", "date_"]
    assert read.frame.row(0) == ("a", True, 5.0, 2.0, "x")
    assert again.frame.equals(read.frame.drop("churn"))


def test_a_column_that_the_model_needs_is_named_when_it_is_absent(tmp_path: Path) -> None:
    expected = (Feature("n", Kind.NUMERIC), Feature("m", Kind.NUMERIC))

    with pytest.raises(SchemaInvalid, match="The model needs the column `m`"):
        table(tmp_path, "n,churn\n1,yes\n2,no\n", expected)


def test_a_column_is_read_alike_wherever_its_odd_cells_lie(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocks, "_BLOCK_BYTES", 256)
    words, numbers = [f"w{n % 3},yes" for n in range(100)], [f"{n % 9},no" for n in range(100)]

    first = table(tmp_path, rows_of("v,churn", *words, *numbers))
    last = table(tmp_path, rows_of("v,churn", *numbers, *words))

    assert first.features == last.features == (Feature("v", Kind.CATEGORICAL),)


def test_a_nul_in_a_parquet_cell_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    pl.DataFrame({"customer_id": ["a\0", "b"], "plan": ["x", "\0x"]}).write_parquet(path)
    expected = (Feature("plan", Kind.CATEGORICAL),)

    read = read_table(inspect_source(path), expected, with_target=False, on_progress=no_progress)

    assert read.frame.rows() == [("a", "x"), ("b", "x")]
