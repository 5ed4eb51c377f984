"""Cells that repeat are read once, with the same result as reading each."""

from pathlib import Path
from random import Random
from typing import Any

import polars as pl
import pytest

from churn.ml.customers import load_customers
from churn.ml.io import blocks, distinct
from churn.ml.io.cells import MISSING
from churn.ml.io.distinct import COUNT, TEXT, clean_cells, map_cells, tally_cells
from churn.tests.ml.files import inspect_content

ODD = [*MISSING, "", " ", "\t", " NA ", "NA ", "a", " a", "a ", "Año", "\N{NO-BREAK SPACE}a", None]


def reference(cell: str | None) -> str | None:
    if cell is None or cell in MISSING:
        return None
    return cell.strip() or None


@pytest.fixture(params=[2, 10, 100_000])
def sample(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(distinct, "_SAMPLE", request.param)
    return request.param


@pytest.mark.usefixtures("sample")
@pytest.mark.parametrize("seed", range(20))
def test_cells_are_cleaned_as_one_by_one(seed: int) -> None:
    random = Random(seed)  # noqa: S311
    cells = random.choices(random.sample(ODD, 4) if seed % 2 else ODD, k=random.randrange(60))
    raw = pl.Series("c", cells, dtype=pl.String)
    expected = [reference(cell) for cell in cells]

    assert clean_cells(raw).to_list() == expected
    tally = tally_cells(raw).group_by(TEXT).agg(pl.col(COUNT).sum())
    filled = [cell for cell in expected if cell is not None]
    assert dict(tally.iter_rows()) == {cell: filled.count(cell) for cell in filled}
    lengths = map_cells(raw, lambda cells: cells.str.len_bytes())
    assert lengths.to_list() == raw.str.len_bytes().to_list()


def odd_table(seed: int) -> str:
    """Return rows with spaces, words, other ways to write values, duplicates and wrong fields."""
    random = Random(seed)  # noqa: S311
    lines = ["customer_id,n,amount,day,plan,churn"]
    for number in range(120):
        day, month = random.randrange(1, 29), random.randrange(1, 13)
        row = [
            f"c{number if random.random() < 0.95 else number // 2}",
            random.choice(["5", " 6", "+7", "1e2", "NA", "", "8.5"] + ["inf"] * (seed % 2)),
            f'"R$ {random.randrange(1, 99)}.{random.randrange(1000):03},50"',
            f"{day:02}/{month:02}/2023" if random.random() < 0.98 else "soon",
            random.choice(["basic", " plus", "plus ", "NA ", "?", '"a\nb"']),
            random.choice(["yes", "no", "no", " yes"]),
        ]
        if random.random() < 0.04:
            row = random.choice([row[:-1], [*row, "x"], [""], [" "], [""] * 6])
        lines.append(",".join(row))
    return "\n".join(lines)


@pytest.mark.parametrize("seed", range(6))
def test_a_table_is_read_alike_by_distinct_cells(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    loaded = []
    for sample, block_bytes in ((100_000, 1 << 20), (2, 1 << 20), (2, 2_000)):
        monkeypatch.setattr(distinct, "_SAMPLE", sample)
        monkeypatch.setattr(blocks, "_BLOCK_BYTES", block_bytes)
        source = inspect_content(tmp_path, odd_table(seed), allow_rejects=True)
        loaded.append(load_customers(source, require_target=True))

    first = loaded[0]
    assert first.rejects.height > 0
    for other in loaded[1:]:
        assert other.frame.equals(first.frame)
        assert other.rejects.sort("line").equals(first.rejects.sort("line"))
        assert (other.features, other.counts) == (first.features, first.counts)
        assert other.findings == first.findings
