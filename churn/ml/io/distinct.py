"""Columns of text of which each distinct cell is read once, where cells repeat."""

from collections.abc import Callable

import polars as pl

from churn.ml.io.cells import MISSING

TEXT, COUNT = "text", "count"  # columns of `tally_cells`

# Enough to tell columns apart; a smaller column is read faster than its distinct cells are found.
_SAMPLE = 1_000
# With at most 50 repetitions among 1,000 cells, a column has about 10,000 distinct cells.
_MAX_DISTINCT_SHARE = 0.95

SeriesFunction = Callable[[pl.Series], pl.Series]


def clean_cells(raw: pl.Series) -> pl.Series:
    """Remove white space around the cells; null if nothing is left or for a word of MISSING."""
    if is_repetitive(raw):
        words = raw.unique()
        if _clean(words).equals(words):
            return raw
    return _clean(raw)


def tally_cells(raw: pl.Series) -> pl.DataFrame:
    """Return TEXT, the clean cells that are not null, with COUNT (Int64), how many cells they are.

    A text may be on several rows.
    """
    if is_repetitive(raw):
        words = raw.alias(TEXT).value_counts(name=COUNT)
        tally = words.select(_clean(words[TEXT]), pl.col(COUNT).cast(pl.Int64))
    else:
        tally = _clean(raw).alias(TEXT).to_frame()
        tally = tally.with_columns(pl.lit(1, pl.Int64).alias(COUNT))
    return tally.drop_nulls(TEXT) if tally[TEXT].null_count() else tally


def map_cells(raw: pl.Series, convert: SeriesFunction) -> pl.Series:
    """Apply `convert`, which looks at each cell by itself, to the distinct cells of a column."""
    words = distinct_cells(raw)
    return replace_cells(raw, words, convert(words))


def distinct_cells(raw: pl.Series) -> pl.Series:
    """Return the distinct cells, or `raw` itself if its cells hardly repeat."""
    return raw.unique() if is_repetitive(raw) else raw


def replace_cells(raw: pl.Series, words: pl.Series, values: pl.Series) -> pl.Series:
    """Return the value of each cell; `words` are its `distinct_cells`, with their `values`."""
    if words is raw:
        return values
    return raw.replace_strict(words, values, return_dtype=values.dtype).alias(values.name)


def is_repetitive(raw: pl.Series) -> bool:
    """Whether a column has so few distinct cells that finding them is worth the time."""
    if len(raw) < 2 * _SAMPLE:
        return False
    sample = raw.gather_every(len(raw) // _SAMPLE)
    return sample.n_unique() <= _MAX_DISTINCT_SHARE * len(sample)


def _clean(raw: pl.Series) -> pl.Series:
    cell = pl.col(raw.name)
    text = cell.str.strip_chars()
    # Words of MISSING count only where no white space is around them, as polars reads a file.
    is_filled = (text != "") & ~cell.is_in(MISSING)
    return raw.to_frame().select(pl.when(is_filled).then(text).alias(raw.name)).to_series()
