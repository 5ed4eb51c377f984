"""A whole run does not depend on order and numbering, and Python does not loop over rows."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from churn.ml.customers import Customers, load_customers
from churn.ml.io import inspect_source
from churn.ml.schema import CUSTOMER_ID, Column
from churn.ml.synthetic import write_sample
from churn.ml.training import TrainingOptions, train

pytestmark = pytest.mark.slow

OPTIONS = TrainingOptions(algorithm="xgboost")
ROWS = 3000


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> tuple[pl.DataFrame, Path]:
    """Return valid records as text, and the path of their zones file."""
    folder = tmp_path_factory.mktemp("sample")
    records, zones = write_sample(folder, rows=ROWS, seed=1)
    rejected = load_customers(inspect_source(records), zones=zones).rejects["line"]
    lines = pl.read_csv(records, infer_schema=False, truncate_ragged_lines=True)
    assert rejected.len() < lines.height / 10
    return lines.filter(pl.col(Column.END).str.len_chars() == len("2022-01-01 10:00:00")), zones


def read(folder: Path, records: pl.DataFrame, zones: Path) -> Customers:
    path = folder / "records.csv"
    records.write_csv(path)
    return load_customers(inspect_source(path), zones=zones, require_target=True)


def test_order_of_rows_columns_and_keys_changes_nothing(
    sample: tuple[pl.DataFrame, Path], tmp_path: Path
) -> None:
    records, zones = sample
    reordered = records.with_columns(
        pl.col(Column.PLACE).map_elements(_with_reversed_keys, return_dtype=pl.String)
    )
    reordered = reordered.sample(fraction=1.0, shuffle=True, seed=7).select(
        reversed(records.columns)
    )

    assert reordered[Column.PLACE].to_list() != records[Column.PLACE].to_list()
    assert_frame_equal(
        read(tmp_path, reordered, zones).frame,
        read(tmp_path, records, zones).frame,
        check_exact=True,
    )


def _with_reversed_keys(place: str) -> str:
    try:
        return json.dumps(dict(reversed(json.loads(place).items())))
    except ValueError:
        return place


def test_numbering_of_customers_changes_no_probability(
    sample: tuple[pl.DataFrame, Path], tmp_path: Path
) -> None:
    records, zones = sample
    longest = records[Column.ID].str.len_chars().max()
    padded = records.with_columns(pl.col(Column.ID).str.pad_start(longest, "0"))  # type: ignore[arg-type]
    renamed = padded.with_columns("c" + pl.col(Column.ID))

    numbered, named = (train(read(tmp_path, one, zones), OPTIONS) for one in (padded, renamed))

    assert CUSTOMER_ID not in named.model.encoder.names
    assert named.predictions["probability"].equals(numbered.predictions["probability"])


def test_more_rows_need_no_more_python_calls(
    sample: tuple[pl.DataFrame, Path], tmp_path: Path
) -> None:
    records, zones = sample
    valid = records.filter(pl.col(Column.PLACE).str.starts_with("{"))
    few, many = valid.head(500), pl.concat([valid.head(500)] * 4)
    read(tmp_path, few, zones)  # imports and caches

    assert _calls(lambda: read(tmp_path, many, zones)) < 1.1 * _calls(
        lambda: read(tmp_path, few, zones)
    )


def _calls(work: Callable[[], object]) -> int:
    """Count the calls of Python functions in this thread."""
    count = 0

    def note(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event == "call"

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count
