from pathlib import Path
from typing import Any

import polars as pl
import pytest

from churn.exceptions import DataUnfit, SchemaInvalid
from churn.ml.customers.loading import load_customers
from churn.ml.customers.payload import customers_from_payload
from churn.ml.io import inspect_source
from churn.ml.schema import RECORD_FEATURES, Column, Feature, Kind
from churn.tests.ml.files import RECORD, ZONES, records_file, saved

FEATURES = (Feature("months", Kind.NUMERIC), Feature("plan", Kind.CATEGORICAL))


def test_records_in_a_request_make_the_same_customer_as_a_file(tmp_path: Path) -> None:
    zones = saved(tmp_path, ZONES, "zones.csv")
    filed = load_customers(
        inspect_source(records_file(tmp_path, {}, {Column.TYPE: "problema"})), zones=zones
    )
    record: dict[str, Any] = {column.value: value for column, value in RECORD.items()}
    record |= {Column.ID: 7, Column.AGE: 40, Column.PLACE: {"latitud": -57.55, "longitud": -25.25}}

    given = customers_from_payload([record, record | {Column.TYPE: "problema"}], (), zones=zones)

    assert given.frame.equals(filed.frame)


def test_rows_of_a_table_are_read_by_the_kinds_of_the_model() -> None:
    rows: list[dict[str, Any]] = [
        {"customer_id": "a", "months": 3, "plan": 1},
        {"customer_id": "b", "months": "4.5"},
    ]

    customers = customers_from_payload(rows, FEATURES)

    assert customers.frame.rows() == [("a", 3.0, "1"), ("b", 4.5, None)]


def test_a_row_that_cannot_be_read_is_rejected_by_its_place() -> None:
    rows: list[dict[str, Any]] = [
        {"months": 3, "plan": "a"},
        {"months": "x", "plan": "a"},
        {"months": None, "plan": True},
    ]

    customers = customers_from_payload(rows, FEATURES)

    assert customers.rejects.rows() == [(2, "months", "number_invalid")]
    assert customers.frame["customer_id"].to_list() == ["1", "3"]


def test_the_identifier_can_be_named() -> None:
    rows = [{"who": "x", "months": 3, "plan": "a"}]

    assert customers_from_payload(rows, FEATURES, customer_id="who").frame["customer_id"][0] == "x"


@pytest.mark.parametrize(
    ("rows", "error"),
    [
        ([], SchemaInvalid),
        ([{}], SchemaInvalid),
        ([{"months": 1}], SchemaInvalid),
        ([{"months": "x", "plan": "a"}], DataUnfit),
    ],
)
def test_nothing_usable_is_an_error(rows: list[dict[str, Any]], error: type[Exception]) -> None:
    with pytest.raises(error):
        customers_from_payload(rows, FEATURES)


def test_a_model_of_service_records_says_which_columns_a_record_lacks() -> None:
    with pytest.raises(SchemaInvalid, match="trained on service records; add `segmento_cliente`"):
        customers_from_payload([{"cliente_id": 1}], RECORD_FEATURES)


def test_the_frame_has_float_and_text_columns_even_when_all_is_missing() -> None:
    frame = customers_from_payload([{"months": None, "plan": None}], FEATURES).frame

    assert frame.schema["months"] == pl.Float64
    assert frame.schema["plan"] == pl.String


def test_what_text_cannot_hold_is_replaced_and_truth_is_written_as_in_a_file() -> None:
    rows: list[dict[str, Any]] = [{"customer_id": "a", "months": 1, "plan": True, "x\ud800": 1}]
    rows.append({"customer_id": "b\udfff", "months": 2, "plan": "x\ud83d"})

    customers = customers_from_payload(rows, FEATURES)

    assert customers.frame.rows() == [("a", 1.0, "true"), ("b?", 2.0, "x?")]


def test_a_customer_sent_twice_is_not_renamed() -> None:
    twice = [{"customer_id": "a", "months": 3, "plan": "x"}] * 2

    customers = customers_from_payload(twice, FEATURES)

    assert customers.frame["customer_id"].to_list() == ["a"]
    assert customers.rejects.rows() == [(2, "customer_id", "customer_repeated")]


def test_records_of_too_many_different_fields_are_refused_before_they_fill_the_memory() -> None:
    records = [{f"{row}.{field}": 1 for field in range(101)} for row in range(100)]

    with pytest.raises(SchemaInvalid, match="10,100 different fields; at most 10,000"):
        customers_from_payload(records, FEATURES)
