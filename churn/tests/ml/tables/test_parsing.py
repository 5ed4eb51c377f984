from pathlib import Path
from typing import Any

import polars as pl
import pytest

from churn.exceptions import SchemaInvalid
from churn.ml.customers import describe_finding, load_customers
from churn.ml.io import blocks, inspect_source
from churn.ml.options import ColumnKind
from churn.ml.progress import no_progress
from churn.ml.schema import Feature, Kind
from churn.ml.tables.parsing import TableData, read_table
from churn.tests.ml.files import inspect_content


def read(folder: Path, text: str, expected: tuple[Feature, ...] = ()) -> TableData:
    source = inspect_content(folder, text)
    return read_table(source, expected, with_target=bool(source.target), on_progress=no_progress)


def read_with(folder: Path, text: str, **options: Any) -> TableData:
    source = inspect_content(folder, text, **options)
    return read_table(source, (), with_target=True, on_progress=no_progress)


def rows_of(*cells: str, repeat: int = 1) -> str:
    return "".join(f"{row}\n" for _ in range(repeat) for row in cells)


def test_columns_are_numbers_currency_dates_or_categories(tmp_path: Path) -> None:
    text = (
        'n,fee,since,plan,empty,churn\n5,"$1,200.50",2023-01-02,a,,yes\n'
        '6,"$3,000.00",2023-01-01,b,,no\n,,,,,no\n'
    )

    data = read(tmp_path, text)

    assert [(f.name, f.kind.value, f.unit) for f in data.features] == [
        ("n", "numeric", ""),
        ("fee", "numeric", ""),
        ("since", "numeric", "days"),
        ("plan", "categorical", ""),
    ]
    assert data.issue_counts["empty", "empty"] == 3
    assert data.frame.select("n", "fee", "since", "plan").rows() == [
        (5.0, 1200.5, 0.0, "a"),
        (6.0, 3000.0, 1.0, "b"),
        (None, None, None, None),
    ]


@pytest.mark.parametrize(
    ("name", "is_chosen"),
    [
        ("snapshot_date", True),
        ("date", True),
        ("Fecha de corte", True),
        ("data_referencia", True),
        ("ReportDate", True),
        ("signup_date", False),
        ("birth_date", False),
        ("last_order_date", False),
        ("fecha_nacimiento", False),
        ("contract_start_date", False),
    ],
)
def test_only_observation_dates_split_in_time(
    tmp_path: Path, name: str, *, is_chosen: bool
) -> None:
    text = f"{name},churn\n2023-01-31,yes\n2023-02-28,no\n"

    data = read(tmp_path, text)
    on_request = read_with(tmp_path, text, time_column=name)
    without = read_with(tmp_path, text, time_column="none")

    assert data.time_column == ("date" if is_chosen else None)
    assert (on_request.time_column, without.time_column) == ("date", None)
    assert data.frame[data.features[0].name].to_list() == [28.0, 0.0]


def test_a_time_column_without_dates_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SchemaInvalid, match="`n` has no dates"):
        read_with(tmp_path, "n,churn\n1,yes\n2,no\n", time_column="n")


def test_words_among_numbers_are_named_and_can_be_kept(tmp_path: Path) -> None:
    text = "n,churn\n" + rows_of(*(f"{n},{'yes' if n % 2 else 'no'}" for n in range(1_470)))
    text += rows_of("abc,yes", repeat=30)

    customers = load_customers(inspect_content(tmp_path, text), require_target=True)
    kept = read_with(tmp_path, text, kinds={"n": ColumnKind.CATEGORY})

    found = {finding.code: finding for finding in customers.findings}
    assert str(describe_finding(found["read_as_missing"])) == "n: read as missing: abc (30)"
    assert found["read_as_missing"].severity == "warning"
    assert "missing" not in found
    assert (kept.frame["n"] == "abc").sum() == 30


@pytest.mark.parametrize(
    "name",
    ["Surname", "Apellido", "Nome", "CUST_NO", "DNI", "cpf_cliente", "Cédula", "customerName"],
)
def test_names_and_documents_are_no_features(tmp_path: Path, name: str) -> None:
    text = f"{name},n,churn\n" + rows_of(*(f"p{n},{n},{n % 2}" for n in range(60)))

    data = read(tmp_path, text)

    assert [feature.name for feature in data.features] == ["n"]
    assert data.issue_counts["personal", name] == 60 or data.source.customer_id == name


def test_excluded_columns_are_neither_parsed_nor_used(tmp_path: Path) -> None:
    text = "Edad,n,m,churn\n" + rows_of("1,x,2,yes", "2,3,4,no", repeat=30)

    data = read_with(tmp_path, text, exclude=("N", "édad"))

    assert [feature.name for feature in data.features] == ["m"]
    assert data.issue_counts["excluded", "Edad"] == 60
    assert data.rejects.is_empty()


def test_mapped_columns_get_their_new_names(tmp_path: Path) -> None:
    text = "Meses,Baja,n\n" + rows_of("1,si,2", "2,no,4", repeat=30)

    data = read_with(tmp_path, text, mapping={"tenure": "meses", "churn": "baja"})

    assert [feature.name for feature in data.features] == ["tenure", "n"]
    assert data.frame["churn"].sum() == 30


def test_an_unknown_name_is_answered_with_near_ones(tmp_path: Path) -> None:
    with pytest.raises(SchemaInvalid, match="no column `tenur`; did you mean `tenure`"):
        read_with(tmp_path, "tenure,churn\n1,yes\n", exclude=("tenur",))


def test_the_time_column_is_chosen_by_its_name(tmp_path: Path) -> None:
    text = "born,snapshot_date,churn\n1990-05-01,2023-01-31,yes\n1985-06-02,2023-02-28,no\n"

    data = read(tmp_path, text)

    assert data.time_column == "date"
    assert data.issue_counts["date", "born"] == 2
    assert data.frame["date"].dt.year().to_list() == [2023, 2023]


def test_a_word_among_numbers_rejects_its_row(tmp_path: Path) -> None:
    text = "n,churn\n" + rows_of("1,yes", "2,no", repeat=20) + "x,yes\n"

    data = read(tmp_path, text)

    assert data.rejects.rows() == [(42, "n", "number_invalid")]
    assert (data.rows, data.frame.height) == (41, 40)


def test_a_frequent_word_among_numbers_means_missing(tmp_path: Path) -> None:
    text = "n,churn\n" + rows_of("1,yes", "2,no", repeat=40) + rows_of("Unknown,no", repeat=5)

    data = read(tmp_path, text)

    assert data.rejects.is_empty()
    assert data.frame["n"].null_count() == 5


def test_repeated_customers_are_rejected_across_batches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocks, "_BLOCK_BYTES", 400)
    lines = [f"c{n},{n},{'yes' if n % 2 else 'no'}" for n in range(300)]
    text = rows_of("id,n,churn", *lines, "c7,7,yes", "c299,1,no")

    data = read(tmp_path, text)

    assert data.rejects.rows() == [
        (302, "id", "customer_repeated"),
        (303, "id", "customer_repeated"),
    ]
    assert data.frame["customer_id"].n_unique() == data.frame.height == 300


def test_without_identifier_rows_are_numbered_and_blank_lines_ignored(
    tmp_path: Path,
) -> None:
    text = "n,m,churn\n5,1,yes\n\n6,x,no\n7,1,no\n" + rows_of("8,1,yes", repeat=10) + "\n\n"

    data = read(tmp_path, text)

    assert data.rejects.rows() == [(4, "m", "number_invalid")]
    assert data.rows == 13
    assert data.frame.filter(pl.col("n") == 7)["customer_id"].to_list() == ["3"]


def test_a_column_of_free_text_is_no_feature(tmp_path: Path) -> None:
    text = rows_of(
        "note,n,churn",
        *(f"words {n} of a letter,{n},{'yes' if n % 2 else 'no'}" for n in range(120)),
    )

    data = read(tmp_path, text)

    assert [feature.name for feature in data.features] == ["n"]
    assert data.issue_counts["free_text", "note"] == 120


def test_the_kinds_of_the_model_override_inferred_kinds(tmp_path: Path) -> None:
    expected = (
        Feature("code", Kind.CATEGORICAL),
        Feature("n", Kind.NUMERIC),
        Feature("m", Kind.NUMERIC),
    )

    data = read(tmp_path, "code,n,m,extra\n1,,x,0\n2,,5,0\n", expected)

    assert data.features == expected
    assert data.frame.select("code", "n", "m").rows() == [("2", None, 5.0)]
    assert data.frame.schema["n"] == pl.Float64
    assert data.rejects.rows() == [(2, "m", "number_invalid")]


def test_columns_with_reserved_names_become_renamed_features(tmp_path: Path) -> None:
    text = "ref_id,customer_id,churn,date,exited\n" + rows_of("a,5,2,x,yes", "b,5,3,y,no")
    source = inspect_content(tmp_path, text, target="exited", customer_id="ref_id")

    data = read_table(source, (), with_target=True, on_progress=no_progress)
    scored = read_table(source, data.features, with_target=False, on_progress=no_progress)

    assert [f.name for f in data.features] == ["customer_id_", "churn_", "date_"]
    assert data.frame.row(0) == ("a", True, 5.0, 2.0, "x")
    assert scored.frame.equals(data.frame.drop("churn"))


def test_an_absent_column_of_the_model_is_named(tmp_path: Path) -> None:
    expected = (Feature("n", Kind.NUMERIC), Feature("m", Kind.NUMERIC))

    with pytest.raises(SchemaInvalid, match="The file has no column `m`"):
        read(tmp_path, "n,churn\n1,yes\n2,no\n", expected)


def test_a_column_type_depends_on_the_whole_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocks, "_BLOCK_BYTES", 256)
    words, numbers = [f"w{n % 3},yes" for n in range(100)], [f"{n % 9},no" for n in range(100)]

    first = read(tmp_path, rows_of("v,churn", *words, *numbers))
    last = read(tmp_path, rows_of("v,churn", *numbers, *words))

    assert first.features == last.features == (Feature("v", Kind.CATEGORICAL),)


def test_nul_characters_of_parquet_cells_are_removed(tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    pl.DataFrame({"customer_id": ["a\0", "b"], "plan": ["x", "\0x"]}).write_parquet(path)
    expected = (Feature("plan", Kind.CATEGORICAL),)

    data = read_table(inspect_source(path), expected, with_target=False, on_progress=no_progress)

    assert data.frame.rows() == [("a", "x"), ("b", "x")]
