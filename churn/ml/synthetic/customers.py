"""Imagined customers whose statistics are those published of the private data set.

The churn flag is drawn first and everything else given the flag, so that each correlation can be
set on its own. Newest customers (the last fifth of the numbering) churn half as often and look
alike, which is why a model that learned from older ones ranks them badly.
"""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

RECORDS_PER_CUSTOMER = 765_731 / 297_885
TYPES = ("consulta", "reclamo", "problema", "soporte")
BRANCHES = 150

FloatArray: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
BoolArray: TypeAlias = NDArray[np.bool_]

_NEWEST = 0.8
_ONLY_ONCE, _QUICK = 0.48, 0.5  # of the odd customers, who rarely churn
_TYPE_WEIGHTS = (0.37, 0.25, 0.20, 0.18)


@dataclass(frozen=True)
class SyntheticCustomers:
    """Per-customer truths; every array has shape (customers,)."""

    ids: Ints
    newness: FloatArray  # 0 oldest .. 1 newest
    churned: BoolArray
    records: Ints
    minutes: FloatArray
    type_unknown: BoolArray
    main_type: Ints  # index into TYPES
    branch: Ints  # 0 .. BRANCHES - 1
    segment: Ints  # 0 most valuable .. 30
    points: FloatArray
    age: Ints


def draw_customers(rows: int, rng: np.random.Generator) -> SyntheticCustomers:
    """Draw as many customers as `rows` records have in the private data."""
    count = max(1, round(rows / RECORDS_PER_CUSTOMER))
    newness = (np.arange(count) + 0.5) / count
    newest = newness > _NEWEST
    churned = rng.random(count) < np.where(newest, 0.41, 0.925 - 0.165 * newness)
    return SyntheticCustomers(
        ids=100_000 + np.cumsum(rng.integers(1, 6, count)),
        newness=newness,
        churned=churned,
        records=_records(rows, newest, churned, rng),
        minutes=_minutes(newest, churned, rng),
        type_unknown=_type_unknown(newest, churned, rng),
        main_type=rng.choice(len(TYPES), count, p=_TYPE_WEIGHTS),
        branch=_branches(churned, rng),
        segment=np.floor(31 * (1 - rng.beta(0.95, 0.62, count))).clip(0, 30).astype(np.int64),
        points=(5_078 - 194 * churned + 1_027 * rng.standard_normal(count)).clip(0),
        age=np.round(42.5 + 9.6 * rng.standard_normal(count)).clip(18, 95).astype(np.int64),
    )


def _records(rows: int, newest: BoolArray, churned: BoolArray, rng: np.random.Generator) -> Ints:
    usual = 1 + _negative_binomial(1.44, 4.5, len(newest), rng)
    many = 1 + _negative_binomial(4.7, 6.0, len(newest), rng)
    odd = ~churned & (rng.random(len(newest)) < np.where(newest, 0.25, 0.85))
    single = odd & (rng.random(len(newest)) < _ONLY_ONCE)
    drawn = np.where(single, 1, np.where(odd, many, usual))
    return _summing_to(rows, drawn, rng)


def _negative_binomial(mean: float, shape: float, size: int, rng: np.random.Generator) -> Ints:
    return rng.negative_binomial(shape, shape / (shape + mean), size)


def _summing_to(rows: int, records: Ints, rng: np.random.Generator) -> Ints:
    records = records.copy()
    while excess := int(records.sum()) - rows:
        several = np.flatnonzero(records > 1)
        pool = several if len(several) else np.arange(len(records))
        picked = rng.permutation(pool)[: abs(excess)]
        records[picked] -= np.sign(excess)
    return records


def _minutes(newest: BoolArray, churned: BoolArray, rng: np.random.Generator) -> FloatArray:
    count = len(newest)
    noise = rng.standard_normal(count)
    apart = ~churned & (rng.random(count) < np.where(newest, 0.16, 0.70))
    median = np.where(apart, np.where(rng.random(count) < _QUICK, 11.5, 34.0), 19.8)
    usual = median * np.exp(np.where(apart, 0.21, 0.29) * noise)
    endless = rng.random(count) < np.where(churned, 0.028, 0.138)
    return np.where(endless, 78 * np.exp(0.35 * noise), usual)


def _type_unknown(newest: BoolArray, churned: BoolArray, rng: np.random.Generator) -> BoolArray:
    old = np.where(churned, 0.035, 0.20)
    new = np.where(churned, 0.60, 0.80)
    return rng.random(len(newest)) < np.where(newest, new, old)


def _branches(churned: BoolArray, rng: np.random.Generator) -> Ints:
    """Branch numbers; the first eighth of them lies in the zone churners prefer."""
    first = BRANCHES // 8
    favoured = rng.random(len(churned)) < np.where(churned, 0.20, 0.11)
    elsewhere = rng.integers(first, BRANCHES, len(churned))
    return np.where(favoured, rng.integers(0, first, len(churned)), elsewhere)
