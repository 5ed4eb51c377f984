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
from churn.tests.ml.files import records_file, source_of


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "_BLOCK_BYTES", 1 << 15)
    monkeypatch.setattr(batches, "_PARTITION_BYTES", 1 << 16)
    monkeypatch.setattr(batches, "_BUFFER_ROWS", 200)


def whole(parts: list[Customers]) -> pl.DataFrame:
    return pl.concat([part.frame for part in parts]).sort("customer_id")


@pytest.mark.usefixtures("small_parts")
def test_the_parts_of_a_records_file_are_the_customers_of_the_whole(tmp_path: Path) -> None:
    records, zones = write_sample(tmp_path, rows=2_000, seed=3)
    source = inspect_source(records)
    expected = load_customers(source, zones=zones)

    parts = list(iter_customers(source, zones=zones))

    assert len(parts) > 3
    assert whole(parts).equals(expected.frame)
    assert sum(part.counts.rows for part in parts) == expected.counts.rows == 2_000
    assert pl.concat([part.rejects for part in parts]).equals(expected.rejects)
    assert parts[0].findings == expected.findings


@pytest.mark.usefixtures("small_parts")
def test_the_parts_of_a_table_are_the_customers_of_the_whole(tmp_path: Path) -> None:
    lines = [f"c{n % 24_900},{n},{'x' if n == 7 else n % 9}" for n in range(25_000)]
    source = source_of(tmp_path, "id,n,m\n" + "\n".join(lines), customer_id="id")
    expected = load_customers(source)

    parts = list(iter_customers(source))

    assert len(parts) > 1
    assert whole(parts).equals(expected.frame)
    assert sum(part.counts.rejected for part in parts) == expected.counts.rejected == 100


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("where", ["first", "middle", "last"])
def test_a_part_of_rejects_alone_joins_its_neighbour(tmp_path: Path, where: str) -> None:
    sound, unfit = [f"c{n},5" for n in range(9_000)], [f"r,x{n}" for n in range(7_000)]
    lines = {"first": unfit + sound, "middle": sound + unfit + ["z,1"], "last": sound + unfit}
    text = "id,n\n1,2\n" + "\n".join(lines[where])
    expected = (Feature("n", Kind.NUMERIC),)

    parts = list(iter_customers(source_of(tmp_path, text, customer_id="id"), expected=expected))

    assert all(part.frame.height for part in parts)
    assert sum(part.counts.rejected for part in parts) == 7_000


def test_a_table_none_of_whose_rows_can_be_used_is_an_error_here_too(tmp_path: Path) -> None:
    source = source_of(tmp_path, "id,n\na,x\nb,y\n", customer_id="id")

    with pytest.raises(DataUnfit, match=r"2 rows .*line 2, column `n`"):
        list(iter_customers(source, expected=(Feature("n", Kind.NUMERIC),)))


def test_records_none_of_which_can_be_used_are_an_error_here_too(tmp_path: Path) -> None:
    source = inspect_source(records_file(tmp_path, {Column.ID: None}))

    with pytest.raises(DataUnfit, match="Not one of the 1 rows"):
        list(iter_customers(source))
