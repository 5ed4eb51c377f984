from typing import Any

import pytest

from churn.exceptions import SchemaInvalid
from churn.ml.io.roles import HeadSample, Roles, infer_roles
from churn.ml.options import ReadOptions


def infer(columns: dict[str, list[str]], **options: Any) -> Roles:
    rows = list(zip(*columns.values(), strict=True))
    return infer_roles(HeadSample(tuple(columns), rows), ReadOptions(**options))


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("churn", ["Yes", "No", "", "Yes"]),
        ("Churn Label", ["1", "0", "0", "1"]),
        ("Exited", ["1.0", "0.0", "NA", "0.0"]),
        ("baja", ["Sí", "no", "no", "sí"]),
        ("Attrition_Flag", ["Existing Customer", "Attrited Customer", "", ""]),
    ],
)
def test_the_target_is_inferred_from_name_and_values(name: str, values: list[str]) -> None:
    assert infer({"plan": ["a", "b", "a", "b"], name: values}).target == name


def test_a_label_column_with_other_values_is_no_target() -> None:
    assert infer({"label": ["red", "green", "blue"], "x": ["1", "2", "3"]}).target is None


def test_an_empty_churn_column_is_the_target_without_another() -> None:
    columns = {"churn": ["", "", ""], "x": ["1", "2", "3"]}

    assert infer(columns).target == "churn"
    assert infer(columns | {"exited": ["yes", "no", "no"]}).target == "exited"


@pytest.mark.parametrize(
    "name", ["customerID", "cliente_id", "CLIENTNUM", "Account ID", "store_id"]
)
def test_an_identifier_is_inferred_from_distinct_values(name: str) -> None:
    columns = {"months": ["1", "1", "2"], name: ["a", "b", "c"]}

    assert infer(columns).customer_id == name


def test_one_column_cannot_be_both_target_and_identifier() -> None:
    with pytest.raises(SchemaInvalid, match="`churn` cannot be both"):
        infer({"churn": ["yes", "no"], "x": ["1", "2"]}, target="churn", customer_id="churn")


@pytest.mark.parametrize("cells", [["a", "b", "b"], ["a", "", "c"]])
def test_only_named_identifiers_may_have_repeated_or_empty_cells(cells: list[str]) -> None:
    assert infer({"customer_id": cells, "calls": ["1", "2", "3"]}).customer_id == "customer_id"
    assert infer({"store_id": cells, "calls": ["1", "2", "3"]}).customer_id is None


def test_a_column_of_customer_groups_is_no_identifier() -> None:
    groups = {"customer": ["private", "business"] * 30, "calls": ["1"] * 60}

    assert infer(groups).customer_id is None


def test_customer_columns_are_preferred_to_other_identifiers() -> None:
    assert infer({"id": ["1", "2"], "customer_id": ["8", "9"]}).customer_id == "customer_id"
