"""Categories that match across files, whatever their case, spaces, type or words for yes and no."""

from collections.abc import Mapping, Sequence

import polars as pl

from churn.ml.schema import BOOLEAN_NO as NO
from churn.ml.schema import BOOLEAN_YES as YES

_WHOLE = r"^(-?\d+)\.0+$"


def as_text(values: pl.Series) -> pl.Series:
    """Return categories as text; a whole number is the same text as an integer or as a float.

    One file may write 1 where another one writes 1.0, or has a gap that turns integers to floats.
    """
    if values.dtype.is_float():
        whole = values.cast(pl.Int64, strict=False)
        if ((whole.cast(values.dtype) == values) | values.is_null() | values.is_nan()).all():
            return whole.cast(pl.String)
    return values.cast(pl.String)


def category_keys(texts: pl.Series) -> pl.Series:
    """Return what spellings of one category share: lower case, single spaces, whole numbers."""
    spaced = texts.str.strip_chars().str.replace_all(r"\s+", " ")
    return spaced.str.to_lowercase().str.replace(_WHOLE, "$1")


def most_frequent_categories(values: pl.Series, limit: int) -> tuple[str, ...]:
    """Return the `limit` most frequent categories, each in its most frequent spelling, sorted."""
    texts = as_text(values).rename("text")
    counts = (
        texts.drop_nulls().value_counts(name="rows").sort("rows", "text", descending=[True, False])
    )
    keys = category_keys(counts["text"])
    if is_boolean(keys.to_list()):
        keys = keys.is_in(list(YES)).cast(pl.String)
    merged = counts.with_columns(key=keys).group_by("key", maintain_order=True)
    categories = merged.agg(pl.col("text").first(), pl.col("rows").sum())
    ordered = categories.sort("rows", "text", descending=[True, False]).head(limit)
    return tuple(ordered["text"].sort().to_list())


def is_boolean(keys: Sequence[str]) -> bool:
    """Whether every key is a word for yes or no."""
    return bool(keys) and set(keys) <= YES | NO


def spellings(categories: Sequence[str]) -> dict[str, str]:
    """Return the category of each key, with all words for yes and no where both are categories."""
    keys = category_keys(pl.Series(categories, dtype=pl.String)).to_list()
    by_key = dict(zip(keys, categories, strict=True))
    yes, no = ([by_key[key] for key in by_key if key in words] for words in (YES, NO))
    if (len(yes), len(no)) == (1, 1) or (is_boolean(keys) and max(len(yes), len(no)) == 1):
        for category, words in ((yes, YES), (no, NO)):
            by_key = {**dict.fromkeys(words if category else (), *category), **by_key}
    return by_key


def match_categories(values: pl.Series, by_key: Mapping[str, str]) -> pl.Series:
    """Return the category (rows,) of each value, null where it has none."""
    texts = as_text(values)
    # Few values are distinct, so that the spellings of each are compared once.
    distinct = texts.unique().drop_nulls()
    found = [by_key.get(key) for key in category_keys(distinct)]
    matches = {text: category for text, category in zip(distinct, found, strict=True) if category}
    return texts.replace_strict(matches, default=None, return_dtype=pl.String)
