import numpy as np
import polars as pl
import pytest

from churn.exceptions import DataUnfit, SchemaInvalid
from churn.ml.customers import Customers
from churn.ml.scoring.scorer import assign_deciles, predict_records, results_frame, score
from churn.ml.training import TrainedRun
from churn.services.localization import localizer
from churn.tests.ml.handmade import customers_of, make_frame


@pytest.fixture(scope="module")
def new_customers() -> Customers:
    return customers_of(make_frame(rows=200, seed=5).drop("churn"))


def test_every_customer_is_scored_once_with_chance_answer_decile_and_reasons(
    made_run: TrainedRun, new_customers: Customers
) -> None:
    frame = score(made_run.model, new_customers).frame

    assert frame["customer_id"].to_list() == new_customers.frame["customer_id"].to_list()
    assert frame["probability"].is_between(0, 1).all()
    assert (frame["churn"] == (frame["probability"] >= made_run.threshold.value)).all()
    assert frame["reasons"].list.len().unique().to_list() == [3]


def test_blocks_change_no_score(
    made_run: TrainedRun, new_customers: Customers, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once = score(made_run.model, new_customers).frame
    monkeypatch.setattr("churn.ml.scoring.scorer.BATCH_ROWS", 7)

    assert score(made_run.model, new_customers).frame.equals(at_once)


def test_the_order_of_columns_changes_no_score(
    made_run: TrainedRun, new_customers: Customers
) -> None:
    turned = customers_of(new_customers.frame.select(reversed(new_customers.frame.columns)))

    assert score(made_run.model, turned).frame.equals(score(made_run.model, new_customers).frame)


def test_the_first_tenth_is_the_riskiest() -> None:
    chance = np.random.default_rng(0).random(105)

    tenth = assign_deciles(chance)

    assert set(np.bincount(tenth)[1:]) == {10, 11}
    assert chance[tenth == 1].min() > chance[tenth == 2].max()


def test_categories_never_met_are_scored_and_counted(
    made_run: TrainedRun, new_customers: Customers
) -> None:
    strange = customers_of(new_customers.frame.with_columns(plan=pl.lit("lifelong")))

    scores = score(made_run.model, strange, allow_unknown=True)

    assert scores.unknown_categories == {"plan": 200}
    assert scores.frame["probability"].is_between(0, 1).all()


def test_an_absent_column_is_named_and_nothing_scored(
    made_run: TrainedRun, new_customers: Customers
) -> None:
    with pytest.raises(SchemaInvalid, match="calls"):
        score(made_run.model, customers_of(new_customers.frame.drop("calls")))


def test_no_customers_are_said_to_be_none(made_run: TrainedRun, new_customers: Customers) -> None:
    with pytest.raises(DataUnfit, match="no customer"):
        score(made_run.model, customers_of(new_customers.frame.clear()))


def test_the_results_hold_the_promised_columns_in_the_language_asked_for(
    made_run: TrainedRun, new_customers: Customers
) -> None:
    results = results_frame(score(made_run.model, new_customers).frame, localizer("es"))

    assert results.columns == [
        "customer_id",
        "probability",
        "churn",
        "contact",
        "decile",
        "reason_1",
        "reason_2",
        "reason_3",
    ]
    assert results["reason_1"].str.contains("el riesgo").all()


def test_fewer_reasons_leave_the_later_columns_empty(
    made_run: TrainedRun, new_customers: Customers
) -> None:
    none = results_frame(score(made_run.model, new_customers, reasons=0).frame)
    one = results_frame(score(made_run.model, new_customers, reasons=1).frame)

    assert none["reason_1"].unique().to_list() == [""]
    assert one["reason_1"].str.len_chars().min() > 0  # type: ignore[operator]
    assert one["reason_2"].unique().to_list() == [""]


def test_records_of_a_request_are_scored_like_those_of_a_file(
    made_run: TrainedRun, new_customers: Customers
) -> None:
    records = new_customers.frame.head(3).to_dicts()

    answers = predict_records(made_run.model, records).predictions
    filed = score(made_run.model, new_customers).frame.head(3)

    assert [answer["customer_id"] for answer in answers] == filed["customer_id"].to_list()
    assert [answer["probability"] for answer in answers] == filed["probability"].to_list()
    assert all(answer["reasons"][0]["direction"] in {"raises", "lowers"} for answer in answers)


def test_a_record_without_a_column_of_the_model_is_refused(made_run: TrainedRun) -> None:
    with pytest.raises(SchemaInvalid, match="calls"):
        predict_records(made_run.model, [{"plan": "monthly", "months": 3, "noise": 0}])


def test_column_without_a_known_value_is_an_error_unless_allowed(
    made_run: TrainedRun, new_customers: Customers
) -> None:
    foreign = customers_of(new_customers.frame.with_columns(plan=pl.lit("mensual")))

    with pytest.raises(DataUnfit, match="`plan` occurred in training"):
        score(made_run.model, foreign)
    allowed = score(made_run.model, foreign, allow_unknown=True)

    assert allowed.unknown_categories == {"plan": 200}
    features = {reason["feature"] for row in allowed.frame["reasons"] for reason in row}
    assert "plan" not in features


def test_spelling_of_categories_changes_no_score_and_no_drift(
    made_run: TrainedRun, new_customers: Customers
) -> None:
    upper = customers_of(
        new_customers.frame.with_columns(plan=" " + pl.col("plan").str.to_uppercase())
    )

    respelled, plain = score(made_run.model, upper), score(made_run.model, new_customers)

    assert respelled.frame.equals(plain.frame)
    assert respelled.drift == plain.drift
