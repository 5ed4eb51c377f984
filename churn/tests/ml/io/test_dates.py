"""Which formats are tried on dates."""

from collections.abc import Iterator
from datetime import datetime
from random import Random

import polars as pl
import pytest

from churn.ml.io.dates import DATE_FORMATS, formats_that_may_fit, parse_datetime

SEED = 20261128
TEXTS_OF_A_FORMAT = 12
NAMES = ("Sep", "September", "sept.", "septiembre", "SET", "dezembro", "Mai", "ene")
ZONES = ("+0200", "-05:00", "Z", "+00")


def written(random: Random, fmt: str) -> Iterator[str]:
    """Yield dates in a format, with the liberties that people and programs take."""
    for _ in range(TEXTS_OF_A_FORMAT):
        time = datetime(  # noqa: DTZ001  as it is written
            *(random.randint(1930, 2035), random.randint(1, 12), random.randint(1, 28)),
            *(random.randint(0, 23), random.randint(0, 59), random.randint(0, 59)),
            *(random.choice([0, 5, 123_000]),),
        )
        pattern = fmt.removesuffix(" UTC").replace("%.f", random.choice([".%f", ""]))
        pattern = pattern.replace("%B", random.choice(NAMES))
        pattern = pattern.replace("%z", random.choice(ZONES))
        if random.random() < 0.5:
            pattern = pattern.replace("%d", str(time.day)).replace("%m", str(time.month))
        text = time.strftime(pattern)
        if random.random() < 0.5:
            text = text.replace("AM", "a. m.").replace("PM", "p.m.").replace(" ", "  ", 1)
        yield text + (random.choice([" UTC", "UTC", " gmt", "Z"]) if fmt.endswith(" UTC") else "")


@pytest.mark.slow
def test_no_format_that_fits_is_left_out() -> None:
    random = Random(SEED)  # noqa: S311  test data, no secret
    texts = pl.Series("text", [text for fmt in DATE_FORMATS for text in written(random, fmt)])
    frame, candidates = (
        texts.to_frame(),
        [formats_that_may_fit(texts[[n]]) for n in range(len(texts))],
    )

    parsed = frame.select(
        parse_datetime(pl.col("text"), [fmt]).is_not_null().alias(fmt) for fmt in DATE_FORMATS
    )

    left_out = [
        (text, fmt)
        for fmt in DATE_FORMATS
        for text, fits, tried in zip(texts, parsed[fmt], candidates, strict=True)
        if fits and fmt not in tried
    ]
    assert left_out == []
    assert parsed.sum_horizontal().sum() > len(texts)


@pytest.mark.parametrize(
    "text", ["2023-05-31", "31/05/2023", "2023-05-31 10:30:00", "4-Sep-12", "20230531"]
)
def test_few_formats_are_tried_on_a_usual_date(text: str) -> None:
    """All of them would take a fifth of a second for each column of dates."""
    assert 1 <= len(formats_that_may_fit(pl.Series([text]))) <= len(DATE_FORMATS) // 8


def test_no_format_is_tried_on_words() -> None:
    assert formats_that_may_fit(pl.Series(["pending", None, "n/a", "12 rooms"])) == ()
