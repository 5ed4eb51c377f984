from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from churn.exceptions import ChurnError, DataUnfit, SchemaInvalid, WorkCancelled
from churn.ml.customers.findings import describe_finding
from churn.ml.customers.loading import Customers, load_customers
from churn.ml.io import RejectReason, inspect_source
from churn.ml.schema import Column
from churn.tests.ml.files import RECORD, ZONES, inspect_content, write_file, write_records

HEADER = "customer_id,plan,months,churn"
ROWS = [
    f"c{n:02},{'básico' if n % 2 else 'pleno'},{n}.5,{'yes' if n % 3 else 'no'}" for n in range(20)
]
LATE_MAYBE = "n,churn\n" + "5,yes\n6,no\n" * 150 + "7,maybe\n" * 99
TABLE = "\n".join([HEADER, *ROWS]) + "\n"


def load(folder: Path, content: str | bytes) -> Customers:
    return load_customers(inspect_content(folder, content), require_target=True)


def counts_add_up(customers: Customers) -> bool:
    counts = customers.counts
    return (
        counts.rows == counts.accepted + counts.rejected
        and counts.rejected == customers.rejects.height
        and counts.customers == customers.frame.height
    )


def with_semicolons(text: str) -> str:
    return text.replace(",", ";").replace(".5", ",5")


@pytest.mark.parametrize(
    "write",
    [
        pytest.param(lambda text: text, id="plain"),
        pytest.param(lambda text: text.encode("utf-8-sig"), id="byte order mark"),
        pytest.param(lambda text: text.encode("utf-16"), id="UTF-16"),
        pytest.param(lambda text: text.encode("utf-16-be"), id="UTF-16 without a mark"),
        pytest.param(lambda text: text.encode("latin-1"), id="Latin-1"),
        pytest.param(lambda text: text.replace("\n", "\r\n"), id="CRLF"),
        pytest.param(lambda text: text.replace("\n", "\r"), id="CR"),
        pytest.param(lambda text: text + "\n\n\r\n \n", id="trailing blank lines"),
        pytest.param(lambda text: text.rstrip(), id="no line end at the end"),
        pytest.param(lambda text: text.replace(",", "\t"), id="tabs"),
        pytest.param(lambda text: text.replace(",", "|"), id="bars"),
        pytest.param(with_semicolons, id="semicolons and decimal commas"),
        pytest.param(lambda text: "sep=;\n" + with_semicolons(text), id="Excel's hint"),
        pytest.param(lambda text: text.replace("\n", ",\n"), id="a delimiter too many"),
    ],
)  # fmt: skip
def test_every_dialect_of_a_table_gives_the_same_customers(
    tmp_path: Path, write: Callable[[str], str | bytes]
) -> None:
    expected = load(tmp_path, TABLE)

    customers = load(tmp_path, write(TABLE))

    names = ["customer_id", "plan", "months", "churn"]
    assert customers.frame.select(names).equals(expected.frame.select(names))
    assert customers.counts.rows == 20
    assert counts_add_up(customers)


def test_a_late_windows_1252_byte_is_decoded_and_reported(tmp_path: Path) -> None:
    content = TABLE.encode() + "c99,básico,1.5,yes\n".encode("latin-1")

    customers = load(tmp_path, content)

    plans = customers.frame.filter(pl.col("customer_id") == "c99")["plan"].to_list()
    assert plans == ["básico"]
    assert [finding.code for finding in customers.findings] == ["bytes_repaired"]


def test_formulas_are_text(tmp_path: Path) -> None:
    customers = load(tmp_path, TABLE.replace("c05,básico", '"=1+1","=cmd|\' /C calc\'!A0"'))

    row = customers.frame.filter(pl.col("customer_id") == "=1+1").row(0, named=True)

    assert row["plan"] == "=cmd|' /C calc'!A0"


def test_quoted_line_breaks_count_in_the_lines_of_rejects(tmp_path: Path) -> None:
    rows = [*ROWS[:3], 'c77,"two\nlines",1.5,yes', "c78,pleno,x,yes", *ROWS[3:]]

    customers = load(tmp_path, "\n".join([HEADER, *rows]))

    assert customers.rejects.rows() == [(7, "months", RejectReason.NUMBER_INVALID)]
    assert counts_add_up(customers)


def test_rows_with_wrong_field_counts_are_rejected_alone(tmp_path: Path) -> None:
    customers = load(tmp_path, TABLE + "c98,pleno,extra,1.5,yes\nc99,pleno,1.5\n")

    assert customers.rejects.rows() == [(22, "", "fields_too_many"), (23, "", "fields_too_few")]
    assert counts_add_up(customers)


@pytest.mark.parametrize(
    ("content", "error", "message"),
    [
        (TABLE.replace("churn", "gone"), SchemaInvalid, "No target column"),
        (TABLE.replace("no\n", "yes\n"), DataUnfit, "Every customer has the same value of `churn`"),
        (
            "churn,n\nyes,1\n,2\n",
            DataUnfit,
            r"value of `churn`.*1 of 2 rows were rejected",
        ),
        (LATE_MAYBE, SchemaInvalid, r"`churn` has 3 different values: .*`maybe` \(99\)"),
    ],
)
def test_data_unfit_for_training_is_rejected_with_a_reason(
    tmp_path: Path, content: str, error: type[ChurnError], message: str
) -> None:
    with pytest.raises(error, match=message):
        load(tmp_path, content)


def test_records_without_any_start_have_no_days(tmp_path: Path) -> None:
    source = inspect_source(write_records(tmp_path, {Column.START: None}))

    assert load_customers(source).frame["days_since_last"].to_list() == [None]


def test_if_all_rows_are_rejected_the_first_is_described(tmp_path: Path) -> None:
    path = write_records(tmp_path, {Column.AGE: "x"}, {Column.ID: None})

    with pytest.raises(DataUnfit, match=r"2 rows .* \(line 2, column `edad`: not a number\)"):
        load_customers(inspect_source(path))


def test_a_target_is_ignored_unless_it_is_required(tmp_path: Path) -> None:
    source = inspect_content(tmp_path, TABLE.replace("c05,básico,5.5,yes", "c05,básico,5.5,"))

    scored, trained = load_customers(source), load_customers(source, require_target=True)

    assert "churn" not in scored.frame.columns
    assert (scored.counts.rejected, trained.counts.rejected) == (0, 1)


def test_the_order_of_records_does_not_change_customers(tmp_path: Path) -> None:
    zones = write_file(tmp_path, ZONES, "zones.csv")
    changes: list[dict[Column, str | None]] = [
        {
            Column.ID: str(n % 4),
            Column.AGE: str(20 + n),
            Column.TYPE: kind,
            Column.CHURN: str(n == 5),
        }
        for n in range(12)
        for kind in ("consulta", "problema")
    ]

    def frame(records: list[dict[Column, str | None]]) -> pl.DataFrame:
        source = inspect_source(write_records(tmp_path, *records))
        return load_customers(source, zones=zones, require_target=True).frame

    one, other = frame(changes), frame(changes[::-1])

    assert one.equals(other)
    assert one["customer_id"].to_list() == ["0", "1", "2", "3"]
    assert one["churn"].to_list() == [False, True, False, False]
    assert one["zone"].unique().to_list() == ["norte"]


def test_days_are_counted_from_the_date_of_the_latest_start(tmp_path: Path) -> None:
    path = write_records(
        tmp_path,
        {Column.ID: "1", Column.START: "2023-05-11 12:00:00", Column.END: None},
        {Column.ID: "2", Column.START: "2023-05-01 12:00:00"},
    )

    customers = load_customers(inspect_source(path))

    assert customers.frame["days_since_last"].to_list() == [0.0, 9.5]
    assert customers.time_column == "last_start"


def test_findings_have_shares_and_descriptions(tmp_path: Path) -> None:
    path = write_records(tmp_path, {Column.TYPE: None}, {})

    found = {f.code: f for f in load_customers(inspect_source(path)).findings}

    assert (found["type_unknown"].share, found["type_unknown"].severity) == (0.5, "warning")
    assert "1 record has an unknown service type" in str(describe_finding(found["type_unknown"]))


def test_progress_ends_at_one_and_can_cancel(tmp_path: Path) -> None:
    source = inspect_content(tmp_path, TABLE)
    seen: list[float] = []

    load_customers(source, on_progress=lambda stage, fraction: seen.append(fraction))

    def cancel(stage: str, fraction: float) -> None:
        raise WorkCancelled

    assert seen[-1] == 1.0
    with pytest.raises(WorkCancelled):
        load_customers(source, on_progress=cancel)


def test_a_stray_quote_does_not_join_rows(tmp_path: Path) -> None:
    text = TABLE.replace("c05,básico", 'c05,5" tubo')

    customers = load(tmp_path, text)

    assert customers.counts.customers == 20
    assert '5" tubo' in customers.frame["plan"].to_list()


def test_the_record_example_is_accepted(tmp_path: Path) -> None:
    assert (
        RECORD[Column.ID]
        in load_customers(inspect_source(write_records(tmp_path, {}))).frame["customer_id"]
    )
