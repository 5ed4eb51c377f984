import polars as pl
import pytest

from churn.exceptions import LeakFound
from churn.ml.training import RunRemark, TrainingOptions, describe_remark, train
from churn.services.localization import localizer
from churn.tests.ml.handmade import customers_of, make_frame

FAST = TrainingOptions(algorithm="logistic")


def test_a_constant_and_an_identifier_are_left_out_and_named() -> None:
    frame = make_frame().with_columns(same=pl.lit(1.0), row_id=pl.int_range(600).cast(pl.Float64))

    run = train(customers_of(frame), FAST)

    assert run.model.encoder.names == ("calls", "months", "noise", "plan")
    assert any("same" in note and "excluded" in note for note in run.notes)
    assert any("row_id" in note for note in run.notes)


def test_a_column_that_gives_the_answer_away_is_refused_unless_allowed() -> None:
    leaky = customers_of(make_frame().with_columns(refund=pl.col("churn").cast(pl.Float64)))

    with pytest.raises(LeakFound, match="refund"):
        train(leaky, FAST)
    run = train(leaky, TrainingOptions(algorithm="logistic", allow_leaks=True))

    assert any("refund" in note and "too optimistic" in note for note in run.notes)


def test_copies_and_few_churners_are_remarked_upon() -> None:
    frame = make_frame(rows=200)
    again = frame.head(20).with_columns(customer_id="again-" + pl.col("customer_id"))

    run = train(customers_of(pl.concat([frame, again])), FAST)
    codes = [note["code"] for note in run.metrics["notes"]]

    assert {"copies", "few_churners"} <= set(codes)


def test_a_split_by_time_says_how_much_chance_would_have_flattered() -> None:
    frame = make_frame(rows=1500).with_columns(day=pl.int_range(1500))
    turned = pl.when(pl.col("day") >= 1200).then(-pl.col("calls")).otherwise("calls")

    run = train(customers_of(frame.with_columns(calls=turned), time_column="day"), FAST)

    assert {"by_time", "flattered"} <= {note["code"] for note in run.metrics["notes"]}


def test_a_precision_that_was_not_met_on_newer_customers_is_said() -> None:
    frame = make_frame(rows=1500).with_columns(day=pl.int_range(1500))
    stayed = pl.when(pl.col("day") >= 1200).then(pl.col("day") % 9 == 0).otherwise("churn")

    run = train(customers_of(frame.with_columns(churn=stayed), time_column="day"), FAST)

    [note] = [one for one in run.metrics["notes"] if one["code"] == "precision_missed"]
    assert note["values"]["met"] < note["values"]["asked"] == run.threshold.requested


def test_a_date_that_cannot_split_is_said_to_have_been_passed_over() -> None:
    dated = make_frame().with_columns(day=pl.col("churn").cast(pl.Int64))

    run = train(customers_of(dated, time_column="day"), FAST)

    assert run.metrics["split"]["way"] == "random"
    assert any("held out at random" in note for note in run.notes)


@pytest.mark.parametrize(
    ("note", "english", "spanish"),
    [
        (
            RunRemark("flattered", {"gap": 0.15}),
            "a random split would overestimate the AUC by 0.150",
            "una división al azar sobrestimaría el AUC en 0,150",
        ),
        (
            RunRemark("left_out", {"column": "x", "leak": "constant", "auc": 0.5}),
            "`x` is constant: excluded",
            "`x` es constante: excluida",
        ),
    ],
)
def test_a_note_is_said_in_both_languages(note: RunRemark, english: str, spanish: str) -> None:
    assert str(describe_remark(note)) == english
    assert localizer("es").text(describe_remark(note)) == spanish
