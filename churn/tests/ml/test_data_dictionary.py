"""docs/data-dictionary.md lists exactly the columns that the code reads and writes."""

from pathlib import Path

import pytest

from churn.ml.customers import Customers
from churn.ml.io.rejects import REJECT_SCHEMA
from churn.ml.schema import RECORD_FEATURES, Column
from churn.ml.scoring import results_frame, score
from churn.ml.selection.comparison import SCHEMA
from churn.ml.training import TrainedRun

DICTIONARY = Path(__file__).resolve().parents[3] / "docs" / "data-dictionary.md"


def documented(heading: str, table: int = 0) -> list[str]:
    """Return the first cells of a table below a heading, without its head."""
    section = DICTIONARY.read_text().split(f"\n## {heading}\n")[1].split("\n## ")[0]
    blocks = [block.strip() for block in section.split("\n\n")]
    tables = [block for block in blocks if block.startswith("|")]
    return [line.split("|")[1].strip(" `") for line in tables[table].splitlines()[2:]]


def test_service_records_are_documented() -> None:
    assert documented("Service records (input)") == list(Column)


def test_features_of_service_records_are_documented() -> None:
    names = documented("Features of a customer with service records")

    assert names == [feature.name for feature in RECORD_FEATURES]


@pytest.mark.parametrize(
    ("file", "columns"), [("rejects.csv", REJECT_SCHEMA), ("comparison.csv", SCHEMA)]
)
def test_files_with_fixed_columns_are_documented(file: str, columns: dict[str, object]) -> None:
    assert documented(file) == list(columns)


def test_the_files_of_a_run_are_documented(made_run: TrainedRun) -> None:
    scalars = [name for name, value in made_run.metrics.items() if isinstance(value, int | float)]

    assert documented("predictions.csv") == made_run.predictions.columns
    assert documented("feature_importance.csv") == made_run.importance.columns
    assert documented("metrics.csv", table=1) == sorted(scalars)
    assert set(documented("metrics.json")) <= made_run.metrics.keys()


def test_results_are_documented(made_run: TrainedRun, made_customers: Customers) -> None:
    results = results_frame(score(made_run.model, made_customers).frame)

    assert documented("results.csv") == results.columns
