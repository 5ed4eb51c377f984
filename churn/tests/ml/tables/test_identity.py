"""Which column identifies customers is decided on the whole file."""

from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from churn.exceptions import DataUnfit, SchemaInvalid
from churn.ml.customers import Customers, load_customers
from churn.ml.io import blocks, inspect_source
from churn.ml.schema import GROUP, Column
from churn.ml.training.preparation import prepare
from churn.tests.ml.files import inspect_content, write_records

ENGLISH = {
    Column.ID: "customer_id",
    Column.SEGMENT: "Customer Segment",
    Column.TYPE: "service type",
    Column.PLACE: "branch_coordinates",
    Column.START: "service_start_utc",
    Column.END: "service_end",
    Column.POINTS: "loyalty points",
    Column.AGE: "Age",
}


def load(folder: Path, text: str, **options: Any) -> Customers:
    return load_customers(inspect_content(folder, text, **options), require_target=True)


def snapshots(customers: int, months: int, *, by_month: bool = True) -> str:
    """Return one row per customer and month, with a unique number of the row."""
    pairs = [(c, m) for m in range(months) for c in range(customers)]
    rows = [
        f"a{c},s{c * months + m},{m},{'yes' if c % 4 == 0 else 'no'}"
        for c, m in (pairs if by_month else sorted(pairs))
    ]
    return "\n".join(["account_id,subscription_id,month,churn", *rows]) + "\n"


def without_unique_column(text: str) -> str:
    return "\n".join(",".join([*row.split(",")[::2], row.split(",")[3]]) for row in text.split())


def test_a_unique_column_identifies_rows_of_repeated_accounts(tmp_path: Path) -> None:
    customers = load(tmp_path, snapshots(500, 10, by_month=False))

    assert customers.counts.accepted == customers.counts.customers == 5_000
    assert (customers.source.customer_id, customers.source.group) == (
        "subscription_id",
        "account_id",
    )


@pytest.mark.parametrize("by_month", [True, False])
def test_repeated_accounts_without_a_unique_column_are_refused(
    tmp_path: Path, *, by_month: bool
) -> None:
    text = without_unique_column(snapshots(500, 10, by_month=by_month))

    with pytest.raises(SchemaInvalid, match="`account_id` names 500 customers on 5,000 rows"):
        load(tmp_path, text)


def test_a_chosen_group_keeps_all_rows_on_one_side_of_the_split(tmp_path: Path) -> None:
    text = without_unique_column(snapshots(200, 6))
    customers = load(tmp_path, text, group="account_id")
    data = prepare(customers, "random", 42)
    names = data.frame[GROUP].to_numpy()

    assert customers.counts.accepted == 1_200
    assert not set(names[data.split.train]) & set(names[data.split.test])


@settings(max_examples=25, deadline=None, derandomize=True)
@given(
    rows=st.integers(20, 400),
    repeats=st.integers(0, 400),
    seed=st.integers(0, 1_000),
)
def test_rows_are_never_dropped_for_a_repeated_customer_in_silence(
    tmp_path_factory: pytest.TempPathFactory, rows: int, repeats: int, seed: int
) -> None:
    random = Random(seed)  # noqa: S311  test data
    names = [f"c{n}" for n in range(rows)]
    names += [random.choice(names) for _ in range(repeats)]
    random.shuffle(names)
    lines = [f"{name},{n},{'yes' if n % 3 else 'no'}" for n, name in enumerate(names)]
    text = "\n".join(["customer_id,n,churn", *lines]) + "\n"
    folder = tmp_path_factory.mktemp("repeated")

    if repeats > 0.2 * len(names):
        with pytest.raises(SchemaInvalid, match="one row per customer"):
            load(folder, text)
    else:
        counts = load(folder, text).counts
        assert (counts.accepted, counts.rejected) == (rows, repeats)


def test_repeated_customers_are_found_across_many_batches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocks, "_BLOCK_BYTES", 300)
    lines = [f"c{n},{n},{'yes' if n % 2 else 'no'}" for n in range(1_000)]
    text = "\n".join(["id,n,churn", *lines, *lines[::10]]) + "\n"

    customers = load(tmp_path, text)

    assert customers.rejects["line"].sort().to_list() == list(range(1_002, 1_102))


def test_records_with_english_headers_are_records(tmp_path: Path) -> None:
    changes: list[dict[Column, str | None]] = [
        {Column.ID: str(n // 5), Column.CHURN: str(n % 2 == 0)} for n in range(100)
    ]
    path = write_records(tmp_path, *changes)
    header, rest = path.read_text().split("\n", 1)
    names = [ENGLISH.get(Column(name), name) for name in header.split(",")]
    path.write_text(",".join(names) + "\n" + rest)

    customers = load_customers(inspect_source(path), require_target=False)

    assert (customers.counts.accepted, customers.counts.customers) == (100, 20)


def test_many_rows_rejected_for_one_reason_need_consent(tmp_path: Path) -> None:
    lines = [f"c{n},{n},{'yes' if n % 2 else 'no'}" for n in range(80)]
    lines += [f"c{n},{n}," for n in range(80, 110)]
    text = "\n".join(["customer_id,n,churn", *lines]) + "\n"

    with pytest.raises(DataUnfit, match=r"30 of 110 rows .*line 82, column `churn`"):
        load(tmp_path, text)
    assert load(tmp_path, text, allow_rejects=True).counts.rejected == 30
