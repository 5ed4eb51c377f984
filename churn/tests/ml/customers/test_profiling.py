import json
from pathlib import Path

import pytest

from churn.ml.customers.loading import Customers, load_customers
from churn.ml.customers.profiling import profile
from churn.tests.ml.files import inspect_content


@pytest.fixture
def customers(tmp_path: Path) -> Customers:
    rows = [f"{n},{n % 7},{'a' if n % 2 else 'b'},{'yes' if n % 2 else 'no'}" for n in range(100)]
    rows[3] = "100000,,,yes"
    return load_customers(
        inspect_content(tmp_path, "n,m,plan,churn\n" + "\n".join(rows)), require_target=True
    )


def test_a_profile_can_be_stored_as_json(customers: Customers) -> None:
    assert json.loads(json.dumps(profile(customers), allow_nan=False)) == profile(customers)


def test_a_profile_counts_churners_missing_values_and_outliers(customers: Customers) -> None:
    described = profile(customers)

    columns = {column["name"]: column for column in described["columns"]}
    assert described["target"] == {"churned": 50, "stayed": 50, "rate": 0.5}
    assert (columns["n"]["outliers"], columns["n"]["max"]) == (1, 100_000.0)
    assert (columns["m"]["missing"], columns["m"]["missing_share"]) == (1, 0.01)
    assert columns["plan"]["top"][0] == {"value": "b", "count": 50, "share": 0.5, "churn_rate": 0.0}


def test_correlations_are_sorted_by_strength_without_constants(customers: Customers) -> None:
    correlations = profile(customers)["correlations"]

    strengths = [abs(entry["correlation"]) for entry in correlations["with_target"]]
    assert correlations["with_target"][0]["name"].startswith("plan=")
    assert strengths == sorted(strengths, reverse=True)
    assert all(correlations["matrix"][i][i] == 1.0 for i in range(len(correlations["names"])))


def test_customers_without_a_target_have_a_profile(tmp_path: Path) -> None:
    described = profile(load_customers(inspect_content(tmp_path, "n,m\n1,5\n2,5\n")))

    assert described["target"] is None
    assert described["correlations"]["with_target"] == []
    assert described["correlations"]["names"] == ["n"]
