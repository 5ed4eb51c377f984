"""Synthetic customers with the published statistics of the private data set.

The churn flag is drawn first and everything else conditional on it, so that each correlation can be
set on its own. The newest customers (the last fifth of the numbers) churn half as often and differ
less by churn, which is why a model trained on older ones ranks them badly.
"""

from dataclasses import dataclass

import numpy as np

from churn.ml.arrays import BoolArray, FloatArray, IndexArray

RECORDS_PER_CUSTOMER = 765_731 / 297_885
TYPES = ("consulta", "reclamo", "problema", "soporte")
BRANCHES = 150

_NEWEST_FROM = 0.8
# Shares of the customers outside the usual groups, who rarely churn: with a single record, and with
# short services.
_SINGLE_RECORD_SHARE, _SHORT_SERVICE_SHARE = 0.48, 0.5
_TYPE_WEIGHTS = (0.37, 0.25, 0.20, 0.18)


@dataclass(frozen=True)
class SyntheticCustomers:
    """Properties of customers; every array has shape (customers,)."""

    ids: IndexArray
    newness: FloatArray  # from 0, oldest, to 1, newest
    churned: BoolArray
    records: IndexArray
    minutes: FloatArray
    type_unknown: BoolArray
    main_type: IndexArray  # index into TYPES
    branch: IndexArray  # from 0 to BRANCHES - 1
    segment: IndexArray  # from 0, most valuable, to 30
    points: FloatArray
    age: IndexArray


def draw_customers(rows: int, rng: np.random.Generator) -> SyntheticCustomers:
    """Draw the number of customers that `rows` records have in the private data, at least one."""
    count = max(1, round(rows / RECORDS_PER_CUSTOMER))
    newness = (np.arange(count) + 0.5) / count
    is_newest = newness > _NEWEST_FROM
    churned = rng.random(count) < np.where(is_newest, 0.41, 0.925 - 0.165 * newness)
    unknown = np.where(churned, 0.035, 0.20)
    unknown_if_newest = np.where(churned, 0.60, 0.80)
    return SyntheticCustomers(
        ids=100_000 + np.cumsum(rng.integers(1, 6, count)),
        newness=newness,
        churned=churned,
        records=_draw_record_counts(rows, is_newest, churned, rng),
        minutes=_draw_minutes(is_newest, churned, rng),
        type_unknown=rng.random(count) < np.where(is_newest, unknown_if_newest, unknown),
        main_type=rng.choice(len(TYPES), count, p=_TYPE_WEIGHTS),
        branch=_draw_branches(churned, rng),
        segment=np.floor(31 * (1 - rng.beta(0.95, 0.62, count))).clip(0, 30).astype(np.int64),
        points=(5_078 - 194 * churned + 1_027 * rng.standard_normal(count)).clip(0),
        age=np.round(42.5 + 9.6 * rng.standard_normal(count)).clip(18, 95).astype(np.int64),
    )


def _draw_record_counts(
    rows: int, is_newest: BoolArray, churned: BoolArray, rng: np.random.Generator
) -> IndexArray:
    usual = 1 + _negative_binomial(1.44, 4.5, len(is_newest), rng)
    many = 1 + _negative_binomial(4.7, 6.0, len(is_newest), rng)
    is_unusual = ~churned & (rng.random(len(is_newest)) < np.where(is_newest, 0.25, 0.85))
    is_single = is_unusual & (rng.random(len(is_newest)) < _SINGLE_RECORD_SHARE)
    drawn = np.where(is_single, 1, np.where(is_unusual, many, usual))
    return _adjust_sum(rows, drawn, rng)


def _negative_binomial(
    mean: float, shape: float, size: int, rng: np.random.Generator
) -> IndexArray:
    return rng.negative_binomial(shape, shape / (shape + mean), size)


def _adjust_sum(rows: int, records: IndexArray, rng: np.random.Generator) -> IndexArray:
    """Change random counts by one until they add up to `rows`."""
    records = records.copy()
    while excess := int(records.sum()) - rows:
        several = np.flatnonzero(records > 1)
        pool = several if len(several) else np.arange(len(records))
        picked = rng.permutation(pool)[: abs(excess)]
        records[picked] -= np.sign(excess)
    return records


def _draw_minutes(is_newest: BoolArray, churned: BoolArray, rng: np.random.Generator) -> FloatArray:
    count = len(is_newest)
    noise = rng.standard_normal(count)
    is_unusual = ~churned & (rng.random(count) < np.where(is_newest, 0.16, 0.70))
    is_short = rng.random(count) < _SHORT_SERVICE_SHARE
    median = np.where(is_unusual, np.where(is_short, 11.5, 34.0), 19.8)
    usual = median * np.exp(np.where(is_unusual, 0.21, 0.29) * noise)
    is_very_long = rng.random(count) < np.where(churned, 0.028, 0.138)
    return np.where(is_very_long, 78 * np.exp(0.35 * noise), usual)


def _draw_branches(churned: BoolArray, rng: np.random.Generator) -> IndexArray:
    """Draw branch numbers; the first eighth lies in the zone in which churners are frequent."""
    first = BRANCHES // 8
    is_in_first_zone = rng.random(len(churned)) < np.where(churned, 0.20, 0.11)
    elsewhere = rng.integers(first, BRANCHES, len(churned))
    return np.where(is_in_first_zone, rng.integers(0, first, len(churned)), elsewhere)
