from pathlib import Path
from typing import Any

import polars as pl
import pytest

from churn.exceptions import DataUnfit, SchemaInvalid
from churn.ml.customers.loading import load_customers
from churn.ml.customers.payload import customers_from_payload
from churn.ml.io import inspect_source
from churn.ml.schema import RECORD_FEATURES, Column, Feature, Kind
from churn.tests.ml.files import RECORD, ZONES, write_file, write_records

FEATURES = (Feature("months", Kind.NUMERIC), Feature("plan", Kind.CATEGORICAL))


def test_a_payload_gives_the_same_customers_as_a_file(tmp_path: Path) -> None:
    zones = write_file(tmp_path, ZONES, "zones.csv")
    from_file = load_customers(
        inspect_source(write_records(tmp_path, {}, {Column.TYPE: "problema"})), zones=zones
    )
    record: dict[str, Any] = {column.value: value for column, value in RECORD.items()}
    record |= {Column.ID: 7, Column.AGE: 40, Column.PLACE: {"latitud": -57.55, "longitud": -25.25}}

    from_payload = customers_from_payload(
        [record, record | {Column.TYPE: "problema"}], (), zones=zones
    )

    assert from_payload.frame.equals(from_file.frame)


def test_payload_rows_are_parsed_by_the_kinds_of_the_model() -> None:
    rows: list[dict[str, Any]] = [
        {"customer_id": "a", "months": 3, "plan": 1},
        {"customer_id": "b", "months": "4.5"},
    ]

    customers = customers_from_payload(rows, FEATURES)

    assert customers.frame.rows() == [("a", 3.0, "1"), ("b", 4.5, None)]


def test_an_invalid_payload_row_is_rejected_with_its_number() -> None:
    rows: list[dict[str, Any]] = [
        {"months": 3, "plan": "a"},
        {"months": "x", "plan": "a"},
        {"months": None, "plan": True},
    ]

    customers = customers_from_payload(rows, FEATURES)

    assert customers.rejects.rows() == [(2, "months", "number_invalid")]
    assert customers.frame["customer_id"].to_list() == ["1", "3"]


def test_the_identifier_of_a_payload_can_be_chosen() -> None:
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
def test_a_payload_without_valid_records_is_an_error(
    rows: list[dict[str, Any]], error: type[Exception]
) -> None:
    with pytest.raises(error):
        customers_from_payload(rows, FEATURES)


def test_missing_record_columns_of_a_payload_are_named() -> None:
    with pytest.raises(SchemaInvalid, match="trained on service records; add `segmento_cliente`"):
        customers_from_payload([{"cliente_id": 1}], RECORD_FEATURES)


def test_column_types_do_not_depend_on_missing_values() -> None:
    frame = customers_from_payload([{"months": None, "plan": None}], FEATURES).frame

    assert frame.schema["months"] == pl.Float64
    assert frame.schema["plan"] == pl.String


def test_lone_surrogates_are_replaced_and_booleans_formatted() -> None:
    rows: list[dict[str, Any]] = [{"customer_id": "a", "months": 1, "plan": True, "x\ud800": 1}]
    rows.append({"customer_id": "b\udfff", "months": 2, "plan": "x\ud83d"})

    customers = customers_from_payload(rows, FEATURES)

    assert customers.frame.rows() == [("a", 1.0, "true"), ("b?", 2.0, "x?")]


def test_a_customer_sent_twice_is_rejected_once() -> None:
    twice = [{"customer_id": "a", "months": 3, "plan": "x"}] * 2

    customers = customers_from_payload(twice, FEATURES)

    assert customers.frame["customer_id"].to_list() == ["a"]
    assert customers.rejects.rows() == [(2, "customer_id", "customer_repeated")]


def test_a_payload_with_too_many_fields_is_rejected() -> None:
    records = [{f"{row}.{field}": 1 for field in range(101)} for row in range(100)]

    with pytest.raises(SchemaInvalid, match="10,100 distinct fields; the limit is 10,000"):
        customers_from_payload(records, FEATURES)
