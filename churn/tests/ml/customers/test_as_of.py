"""With the same as-of date, the features of a row do not depend on other rows."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

import polars as pl
import pytest

from churn.ml.customers import customers_from_payload, iter_customers, load_customers
from churn.ml.io import inspect_source
from churn.ml.options import ReadOptions
from churn.ml.schema import Column, Feature, Kind
from churn.tests.ml.files import RECORD, write_file, write_records

AS_OF = date(2023, 5, 31)
EXPECTED = (Feature("signup", Kind.NUMERIC, "days"), Feature("last_order", Kind.NUMERIC, "days"))


def _rows(random: Random, count: int) -> list[dict[str, str]]:
    def day() -> str:
        late = random.random() < 0.1
        return str(AS_OF + timedelta(days=random.randint(1, 3000) * (1 if late else -1)))

    return [
        {
            "customer_id": f"c{number}",
            "signup": random.choice([day(), f"{day()} 10:30:00", ""]),
            "last_order": day(),
        }
        for number in range(count)
    ]


def _table(folder: Path, rows: list[dict[str, str]], as_of: date | None = AS_OF) -> pl.DataFrame:
    path = folder / "table.csv"
    pl.DataFrame(rows).write_csv(path)
    source = inspect_source(path, ReadOptions(customer_id="customer_id", as_of=as_of))
    [customers] = iter_customers(source, expected=EXPECTED)
    return customers.frame.select("customer_id", "signup", "last_order")


@pytest.mark.slow
def test_row_of_a_table_is_the_same_alone_and_in_any_file(tmp_path: Path) -> None:
    for seed in range(60):
        random = Random(seed)  # noqa: S311  test data, no secret
        rows = _rows(random, random.randint(2, 30))
        whole = _table(tmp_path, rows)
        some = random.sample(rows, random.randint(1, len(rows)))

        part = _table(tmp_path, some)
        sent = customers_from_payload(some, EXPECTED, customer_id="customer_id", as_of=AS_OF)

        expected = whole.filter(pl.col("customer_id").is_in(part["customer_id"].to_list()))
        assert part.sort("customer_id").equals(expected.sort("customer_id"))
        assert sent.frame.select(part.columns).equals(expected.sort("customer_id"))


@pytest.mark.slow
def test_record_customers_are_the_same_alone_and_in_any_file(tmp_path: Path) -> None:
    for seed in range(15):
        random = Random(seed)  # noqa: S311  test data, no secret
        noon = datetime(2023, 5, 31, 12, tzinfo=UTC).replace(tzinfo=None)
        starts = [str(noon - timedelta(days=random.randint(-40, 900))) for _ in range(12)]
        changes: list[dict[Column, str | None]] = [
            {Column.ID: str(number % 4), Column.START: start, Column.END: start}
            for number, start in enumerate(starts)
        ]
        alone = [change for change in changes if change[Column.ID] == "2"]
        options = ReadOptions(as_of=AS_OF)

        [whole] = iter_customers(inspect_source(write_records(tmp_path, *changes), options))
        loaded = load_customers(inspect_source(write_records(tmp_path, *alone), options))
        records = [{column.value: value for column, value in (RECORD | c).items()} for c in alone]
        sent = customers_from_payload(records, (), as_of=AS_OF)

        expected = whole.frame.filter(pl.col("customer_id") == "2")
        assert loaded.frame.equals(expected)
        assert sent.frame.equals(expected)


def test_one_date_in_the_future_moves_no_other_customer(tmp_path: Path) -> None:
    rows = _rows(Random(1), 20)  # noqa: S311  test data, no secret
    for row in rows:
        row["last_order"] = min(row["last_order"], "2023-05-30")
    future = [*rows[:-1], rows[-1] | {"last_order": "2932-01-01"}]

    before, after = _table(tmp_path, rows, None), _table(tmp_path, future, None)

    assert before.head(19).equals(after.head(19))
    assert after["last_order"][19] is None


def test_dates_after_the_as_of_date_are_a_finding(tmp_path: Path) -> None:
    content = "customer_id,signup,last_order\n1,2023-06-01,2023-01-01\n2,2023-05-31,2023-01-02\n"
    source = inspect_source(write_file(tmp_path, content), ReadOptions(as_of=AS_OF))

    customers = load_customers(source, expected=EXPECTED)

    [finding] = [one for one in customers.findings if one.code == "date_late"]
    assert (finding.column, finding.count) == ("signup", 1)
    assert customers.frame["signup"].to_list() == [None, 0.0]


@pytest.mark.parametrize(
    ("column", "origin", "day"),
    [("snapshot_date", "observation", date(2023, 1, 15)), ("paid", "newest", date(2023, 1, 15))],
)
def test_default_is_the_observation_date_or_else_the_newest(
    tmp_path: Path, column: str, origin: str, day: date
) -> None:
    content = f"customer_id,joined,{column}\n1,2022-05-01,2023-01-15\n2,2022-06-01,2023-01-15\n"

    as_of = load_customers(inspect_source(write_file(tmp_path, content))).as_of

    assert as_of is not None
    assert (as_of.date, as_of.origin) == (day, origin)


def test_observation_date_comes_before_newer_dates(tmp_path: Path) -> None:
    content = (
        "customer_id,contract_end,snapshot\n1,2023-05-01,2023-01-15\n2,2023-06-01,2023-01-15\n"
    )

    customers = load_customers(inspect_source(write_file(tmp_path, content)))

    assert customers.as_of is not None
    assert customers.as_of.date == date(2023, 1, 15)


def test_as_of_date_in_the_future_is_used(tmp_path: Path) -> None:
    later = datetime.now(UTC).date() + timedelta(days=10)
    content = "customer_id,joined\n1,2022-05-01\n2,2022-06-01\n"
    options = ReadOptions(as_of=later)

    frame = load_customers(inspect_source(write_file(tmp_path, content), options)).frame

    assert frame["joined"][0] == (later - date(2022, 5, 1)).days
