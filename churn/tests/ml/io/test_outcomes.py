"""Which values of a target mean that a customer left."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from churn.exceptions import SchemaInvalid
from churn.ml.customers import Customers, load_customers
from churn.ml.io.outcomes import infer_outcome, resolve_outcome
from churn.tests.ml.files import inspect_content

PAIRS = {
    ("account_status", "inactive", "active"),
    ("Contract Status", "Terminated", "Open"),
    ("estado", "Cancelado", "Vigente"),
    ("situação", "Inativo", "Ativo"),
    ("Churn Status", "Yes", "No"),
    ("is_churned", "TRUE", "FALSE"),
    ("retained", "0", "1"),
    ("is_active", "0.0", "1.0"),
    ("inactive", "1", "0"),
    ("activo", "no", "sí"),
    ("Attrition_Flag", "Attrited Customer", "Existing Customer"),
}


def load(folder: Path, column: str, values: list[str], **options: Any) -> Customers:
    lines = [f"c{n},{n % 7},{value}" for n, value in enumerate(values)]
    text = "\n".join([f"customer_id,calls,{column}", *lines]) + "\n"
    return load_customers(inspect_content(folder, text, **options), require_target=True)


@pytest.mark.parametrize(("column", "left", "stayed"), sorted(PAIRS))
def test_values_are_understood_by_words_and_column_name(
    tmp_path: Path, column: str, left: str, stayed: str
) -> None:
    customers = load(tmp_path, column, [left, stayed, stayed, left] * 30)

    assert customers.source.target == column
    assert customers.frame.sort("customer_id")["churn"].sum() == 60


@settings(max_examples=300, derandomize=True)
@given(
    pair=st.sampled_from(sorted(PAIRS)),
    case=st.sampled_from([str.lower, str.upper, str.title, str.capitalize]),
    spaces=st.sampled_from(["", " "]),
)
def test_spelling_does_not_change_the_meaning(
    pair: tuple[str, str, str], case: Any, spaces: str
) -> None:
    column, left, stayed = pair
    left, stayed = (f"{spaces}{case(value)}" for value in (left, stayed))

    outcome = infer_outcome(column, [left, stayed])

    assert (set(outcome.left), set(outcome.stayed)) == ({left}, {stayed})


def test_joined_customers_count_as_stayed_and_this_is_reported(tmp_path: Path) -> None:
    customers = load(tmp_path, "Customer Status", ["Churned", "Stayed", "Joined", "Stayed"] * 30)
    remarks = " ".join(map(str, customers.source.remarks))

    assert customers.frame["churn"].sum() == 30
    assert "`Churned` means that the customer left, and `Joined`, `Stayed`" in remarks


@pytest.mark.parametrize(
    ("column", "values"),
    [("churn", ["1", "2"]), ("status", ["A", "B"]), ("churn", ["Gold", "Silver", "Yes"])],
)
def test_ambiguous_values_are_refused_and_listed(
    tmp_path: Path, column: str, values: list[str]
) -> None:
    with pytest.raises(SchemaInvalid, match=f"`{values[0]}`.*positive"):
        load(tmp_path, column, values * 40, target=column)


def test_a_positive_value_decides(tmp_path: Path) -> None:
    customers = load(tmp_path, "churn", ["1", "2", "2", "2"] * 30, positive="1.0")

    assert customers.frame["churn"].sum() == 30
    with pytest.raises(SchemaInvalid, match="no value `3`; its values are `1`"):
        load(tmp_path, "churn", ["1", "2"] * 30, positive="3")


def test_a_target_may_be_empty_in_the_first_rows(tmp_path: Path) -> None:
    customers = load(tmp_path, "churn", [""] * 250 + ["yes", "no"] * 1_000)

    assert (customers.counts.accepted, customers.counts.rejected) == (2_000, 250)


def test_a_target_without_values_is_refused() -> None:
    with pytest.raises(SchemaInvalid, match="`churn` is empty on every row"):
        resolve_outcome("churn", {})
