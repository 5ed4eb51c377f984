import pytest

from churn.exceptions import SchemaInvalid
from churn.ml.io.roles import HeadSample, Roles, infer_roles


def roles(columns: dict[str, list[str]], **named: str) -> Roles:
    rows = list(zip(*columns.values(), strict=True))
    return infer_roles(HeadSample(tuple(columns), rows), named)


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
    assert roles({"plan": ["a", "b", "a", "b"], name: values}).target == name


def test_a_column_called_label_that_is_no_yes_or_no_is_no_target() -> None:
    assert roles({"label": ["red", "green", "blue"], "x": ["1", "2", "3"]}).target is None


def test_a_churn_column_that_is_empty_is_no_target() -> None:
    assert roles({"churn": ["", "", ""], "x": ["1", "2", "3"]}).target is None


def test_a_named_target_must_say_yes_or_no() -> None:
    with pytest.raises(SchemaInvalid, match="`plan` has 3 different values"):
        roles({"plan": ["a", "b", "c"]}, churn="plan")


@pytest.mark.parametrize(
    "name", ["customerID", "cliente_id", "CLIENTNUM", "Account ID", "store_id"]
)
def test_an_identifier_is_inferred_if_its_values_differ(name: str) -> None:
    columns = {"months": ["1", "1", "2"], name: ["a", "b", "c"]}

    assert roles(columns).customer_id == name


def test_one_column_cannot_be_both_outcome_and_customer() -> None:
    with pytest.raises(SchemaInvalid, match="`churn` cannot be both"):
        roles({"churn": ["yes", "no"], "x": ["1", "2"]}, churn="churn", cliente_id="churn")


@pytest.mark.parametrize("cells", [["a", "b", "b"], ["a", "", "c"]])
def test_only_a_column_named_after_customers_may_repeat_or_lack_a_few(cells: list[str]) -> None:
    assert roles({"customer_id": cells, "calls": ["1", "2", "3"]}).customer_id == "customer_id"
    assert roles({"store_id": cells, "calls": ["1", "2", "3"]}).customer_id is None


def test_a_table_with_several_rows_for_most_customers_is_refused() -> None:
    months = {"customer_id": [str(row // 12) for row in range(60)], "calls": ["1"] * 60}

    with pytest.raises(SchemaInvalid, match="`customer_id` names 5 customers on the first 60 rows"):
        roles(months)


def test_a_column_that_tells_groups_of_customers_apart_is_a_feature() -> None:
    groups = {"customer": ["private", "business"] * 30, "calls": ["1"] * 60}

    assert roles(groups).customer_id is None


def test_customers_come_before_other_identifiers() -> None:
    assert roles({"id": ["1", "2"], "customer_id": ["8", "9"]}).customer_id == "customer_id"
