from pathlib import Path

import polars as pl
import pytest

from churn.exceptions import DataUnfit
from churn.ml.customers import batches
from churn.ml.customers.batches import iter_customers
from churn.ml.customers.loading import Customers, load_customers
from churn.ml.io import blocks, inspect_source
from churn.ml.schema import Column, Feature, Kind
from churn.ml.synthetic import write_sample
from churn.tests.ml.files import inspect_content, write_records


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "_BLOCK_BYTES", 1 << 15)
    monkeypatch.setattr(batches, "_PARTITION_BYTES", 1 << 16)
    monkeypatch.setattr(batches, "_BUFFER_ROWS", 200)


def concatenate(loaded: list[Customers]) -> pl.DataFrame:
    return pl.concat([batch.frame for batch in loaded]).sort("customer_id")


@pytest.mark.usefixtures("small_batches")
def test_batches_of_records_give_the_customers_of_the_file(tmp_path: Path) -> None:
    records, zones = write_sample(tmp_path, rows=2_000, seed=3)
    source = inspect_source(records)
    expected = load_customers(source, zones=zones)

    loaded = list(iter_customers(source, zones=zones))

    assert len(loaded) > 3
    assert concatenate(loaded).equals(expected.frame)
    assert sum(batch.counts.rows for batch in loaded) == expected.counts.rows == 2_000
    assert pl.concat([batch.rejects for batch in loaded]).equals(expected.rejects)
    assert loaded[0].findings == expected.findings


@pytest.mark.usefixtures("small_batches")
def test_batches_of_a_table_give_the_customers_of_the_file(tmp_path: Path) -> None:
    lines = [f"c{n % 24_900},{n},{'x' if n == 7 else n % 9}" for n in range(25_000)]
    source = inspect_content(tmp_path, "id,n,m\n" + "\n".join(lines), customer_id="id")
    expected = load_customers(source)

    loaded = list(iter_customers(source))

    assert len(loaded) > 1
    assert concatenate(loaded).equals(expected.frame)
    assert sum(batch.counts.rejected for batch in loaded) == expected.counts.rejected == 100


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize("where", ["first", "middle", "last"])
def test_a_batch_of_rejects_alone_is_merged_with_another(tmp_path: Path, where: str) -> None:
    valid, invalid = [f"c{n},5" for n in range(9_000)], [f"r{n},x{n}" for n in range(7_000)]
    lines = {
        "first": invalid + valid,
        "middle": valid + invalid + ["z,1"],
        "last": valid + invalid,
    }
    text = "id,n\n1,2\n" + "\n".join(lines[where])
    expected = (Feature("n", Kind.NUMERIC),)

    loaded = list(
        iter_customers(inspect_content(tmp_path, text, customer_id="id"), expected=expected)
    )

    assert all(batch.frame.height for batch in loaded)
    assert sum(batch.counts.rejected for batch in loaded) == 7_000


def test_a_table_without_valid_rows_is_an_error(tmp_path: Path) -> None:
    source = inspect_content(tmp_path, "id,n\na,x\nb,y\n", customer_id="id")

    with pytest.raises(DataUnfit, match=r"2 rows .*line 2, column `n`"):
        list(iter_customers(source, expected=(Feature("n", Kind.NUMERIC),)))


def test_records_without_valid_rows_are_an_error(tmp_path: Path) -> None:
    source = inspect_source(write_records(tmp_path, {Column.ID: None}))

    with pytest.raises(DataUnfit, match="The only row is invalid"):
        list(iter_customers(source))
