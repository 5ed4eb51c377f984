"""How numbers and dates of service records are written is decided per column, and stored."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from churn.ml.customers import Customers, customers_from_payload, load_customers
from churn.ml.io import inspect_source
from churn.ml.pipeline import fit_encoder
from churn.ml.pipeline.encoder import Encoder
from churn.ml.schema import Column, Feature
from churn.tests.ml.files import RECORD, write_records


def load(
    folder: Path, *changes: dict[Column, Any], expected: tuple[Feature, ...] = ()
) -> Customers:
    numbered = [{Column.ID: str(number)} | change for number, change in enumerate(changes)]
    return load_customers(inspect_source(write_records(folder, *numbered)), expected=expected)


def points(*cells: str) -> list[dict[Column, Any]]:
    return [{Column.POINTS: cell} for cell in cells]


def codes(customers: Customers) -> set[tuple[str, str]]:
    return {(one.code, one.column) for one in customers.findings}


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["8.341", "1.250.000"], [8341, 1_250_000]),
        (["Gs. 8.341", "₲ 950"], [8341, 950]),
        (["8,309", "1,250.50"], [8309, 1250.5]),
        (["R$ 15.125,41", "(2,5)"], [15125.41, -2.5]),
        (["5'804.68", "12"], [5804.68, 12]),
    ],
)
def test_points_are_read_as_they_are_meant(
    tmp_path: Path, cells: list[str], expected: list[float]
) -> None:
    customers = load(tmp_path, *points(*cells))

    assert customers.frame["points"].to_list() == expected
    assert customers.rejects.is_empty()


def test_ambiguous_columns_are_warnings(tmp_path: Path) -> None:
    times = {Column.START: "03/04/2023 12:00", Column.END: "03/04/2023 12:20"}

    customers = load(tmp_path, *(change | times for change in points("8.341", "1.250")))

    assert {("number_ambiguous_point", "puntos_de_loyalty")} <= codes(customers)
    assert ("date_ambiguous_day", "inicio_atencion_utc") in codes(customers)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("08/30/2023 3:05 PM", "08/30/2023 12:15 PM"),
        ("30-Aug-2023 15:05", "30-ago-2023 12:15"),
        ("2023-08-30 15:05:00 UTC", "2023-08-30 15:15:00 UTC"),
    ],
)
def test_starts_and_ends_are_read_as_they_are_meant(tmp_path: Path, start: str, end: str) -> None:
    customers = load(tmp_path, {Column.START: start, Column.END: end})

    assert customers.rejects.is_empty()
    assert customers.frame["minutes_mean"].to_list() in ([10.0], [-50.0], [70.0])


def stored_features(folder: Path) -> tuple[Feature, ...]:
    """Return the features of a model whose file had thousands after a point, and months first."""
    times = {Column.START: "08/30/2023 10:00", Column.END: "08/30/2023 10:20"}
    trained = load(folder, *(change | times for change in points("8.341", "1.250.000")))
    encoder = fit_encoder(trained.frame, trained.features)
    return Encoder.from_dict(encoder.to_dict()).features


def test_one_record_is_read_as_the_training_file(tmp_path: Path) -> None:
    features = stored_features(tmp_path)
    times = {Column.START: "03/04/2023 10:00", Column.END: "03/04/2023 10:20"}

    customers = load(tmp_path, {Column.POINTS: "9.876"} | times, expected=features)

    assert customers.frame["points"].item() == 9876
    assert customers.as_of is not None
    assert (customers.as_of.date.month, customers.as_of.date.day) == (3, 4)
    assert not {code for code, _ in codes(customers) if "ambiguous" in code}


def test_another_clear_format_of_records_is_reported(tmp_path: Path) -> None:
    features = stored_features(tmp_path)

    customers = load(tmp_path, {Column.POINTS: "12.5"}, expected=features)

    assert customers.frame["points"].item() == 12.5
    assert ("format_differs", "puntos_de_loyalty") in codes(customers)
    assert ("format_differs", "inicio_atencion_utc") in codes(customers)


def test_numbers_of_a_request_with_records_are_numbers(tmp_path: Path) -> None:
    features = stored_features(tmp_path)
    record = {column.value: value for column, value in RECORD.items()}

    customers = customers_from_payload([record | {"puntos_de_loyalty": 8.341}], features)

    assert customers.frame["points"].item() == 8.341


def test_a_later_row_decides_for_all(tmp_path: Path) -> None:
    customers = load(tmp_path, *points(*["8.341"] * 3_000, "1.250.000"))

    assert customers.frame.select(pl.col("points").min()).item() == 8341
