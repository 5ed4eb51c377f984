"""Spellings of categories: case, spaces, type, and words for yes and no."""

from random import Random

import numpy as np
import polars as pl
import pytest

from churn.ml.pipeline import fit_encoder
from churn.ml.schema import BOOLEAN_NO as NO
from churn.ml.schema import BOOLEAN_YES as YES
from churn.ml.schema import Feature, Kind

PLAN = (Feature("plan", Kind.CATEGORICAL),)
BOOLEANS = (True, False)


def _frame(*plans: object) -> pl.DataFrame:
    return pl.DataFrame({"plan": pl.Series(plans, strict=False)})


def _respelled(word: str, random: Random) -> str:
    spellings = [str.upper, str.lower, str.title, str.swapcase]
    spell = random.choice(spellings)
    spaces = random.choice(["", " ", "  ", "\t"])
    return spaces + spell(word).replace(" ", " " * random.randint(1, 3)) + spaces


@pytest.mark.slow
def test_spelling_changes_no_code() -> None:
    random = Random(0)  # noqa: S311  test data, no secret
    words = ["basic", "Plus 2", "FAMILY", "No phone service", "Año nuevo", "two-year", "3.5", "7"]
    for _case in range(400):
        categories = random.sample(words, random.randint(2, len(words)))
        encoder = fit_encoder(_frame(*categories), PLAN)
        respelled = [_respelled(word, random) for word in categories]

        codes = encoder.encode(_frame(*categories))
        assert np.array_equal(encoder.encode(_frame(*respelled)), codes), respelled
        assert encoder.harmonize(_frame(*respelled))["plan"].to_list() == categories


@pytest.mark.slow
def test_words_for_yes_and_no_have_the_codes_of_training() -> None:
    random = Random(1)  # noqa: S311  test data, no secret
    pairs = [("Yes", "No"), ("Y", "N"), ("true", "false"), ("1", "0"), ("Sí", "No"), ("sim", "não")]
    for _case in range(300):
        trained, extra = random.choice(pairs), random.choice([(), ("No phone service",)])
        encoder = fit_encoder(_frame(*trained, *extra), PLAN)
        yes, no = random.choice(sorted(YES)), random.choice(sorted(NO))
        scored = _frame(_respelled(yes, random), _respelled(no, random), *extra)

        assert np.array_equal(encoder.encode(scored), encoder.encode(_frame(*trained, *extra)))
        assert encoder.count_unknown_categories(scored) == {}


def test_booleans_of_parquet_match_words_of_csv() -> None:
    encoder = fit_encoder(_frame("Yes", "No"), PLAN)

    assert np.array_equal(encoder.encode(_frame(*BOOLEANS)), encoder.encode(_frame("Yes", "No")))
    assert np.array_equal(encoder.encode(_frame(1, 0)), encoder.encode(_frame("Yes", "No")))
    assert np.array_equal(encoder.encode(_frame(1.0, None)), [[1.0], [np.nan]], equal_nan=True)


def test_spellings_of_one_category_are_merged_in_training() -> None:
    encoder = fit_encoder(_frame("Plus", "plus ", "Plus", "basic", "BASIC"), PLAN)

    assert encoder.columns[0].categories == ("BASIC", "Plus")


@pytest.mark.parametrize("categories", [("S", "M", "L"), ("F", "M"), ("0", "1", "yes and no")])
def test_letters_that_are_no_booleans_stay_apart(categories: tuple[str, ...]) -> None:
    encoder = fit_encoder(_frame(*categories), PLAN)

    assert len(encoder.columns[0].categories) == len(categories)
    assert encoder.count_unknown_categories(_frame("true")) == (
        {} if "0" in categories else {"plan": 1}
    )
