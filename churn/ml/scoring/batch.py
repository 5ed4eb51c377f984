"""Scoring of a file of any size, with one batch of customers in memory at a time."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import polars as pl
import polars.selectors as cs

from churn.ml.customers import AsOf, Counts, Customers, iter_customers, merge_findings
from churn.ml.io import DataSource
from churn.ml.metrics import bin_counts, merge_bin_counts, population_stability
from churn.ml.pipeline import ChurnModel
from churn.ml.progress import ProgressCallback, no_progress
from churn.ml.records import ZoneFinder
from churn.ml.schema import KEPT, Finding, Shape
from churn.ml.scoring.scorer import (
    REASONS,
    assign_deciles,
    require_known_categories,
    score_frame,
    scoring_findings,
)

_DECILE_COLUMN = 3  # position between churn and reasons


@dataclass(frozen=True)
class ScoredFile:
    """The result of a scored file; its customers are on disk until the `with` block ends.

    `scores` has probability, churn and decile of every customer, in the order of the batches;
    `rejects` as in Customers; `unknown_categories` and `drift` as in ScoredCustomers.
    """

    counts: Counts
    rejects: pl.DataFrame
    findings: tuple[Finding, ...]
    unknown_categories: dict[str, int]
    drift: list[dict[str, Any]]
    scores: pl.DataFrame
    source: DataSource
    folder: Path
    sizes: tuple[int, ...]  # customers of each batch
    as_of: AsOf | None

    def batches(self) -> Iterator[pl.DataFrame]:
        """Yield customer_id, probability, churn, decile and reasons, batch by batch."""
        start = 0
        for number, size in enumerate(self.sizes):
            batch = pl.read_ipc(_batch_path(self.folder, number))
            decile = self.scores["decile"].slice(start, size)
            yield batch.insert_column(_DECILE_COLUMN, decile)
            start += size


@contextmanager
def score_in_batches(
    model: ChurnModel,
    source: DataSource,
    *,
    zones: Path | ZoneFinder | None = None,
    reasons: int = REASONS,
    allow_unknown: bool = False,
    keep_columns: Sequence[str] = (),
    on_progress: ProgressCallback = no_progress,
) -> Iterator[ScoredFile]:
    """Score every customer of a file, with the `reasons` strongest features of each (0: fastest).

    `keep_columns` of a table are carried over as they are; ALL_COLUMNS stands for all.

    The batches can be read inside the `with` block; they are deleted at its end. They are written
    to disk because a decile is known only when every customer has been scored.

    Raises
    ------
    FileUnreadable, SchemaInvalid, DataUnfit : the file cannot be scored; a table also if no value
        of a column occurred in training and `allow_unknown` is false.
    WorkCancelled : raised by `on_progress`.
    """
    with TemporaryDirectory(prefix="churn-") as folder:
        progress = _MonotonicProgress(on_progress)
        accumulator = _ScoringAccumulator(Path(folder))
        for customers in iter_customers(
            source,
            zones=zones,
            expected=model.features,
            keep_columns=keep_columns,
            on_progress=progress,
        ):
            harmonized = model.encoder.harmonize(customers.frame)
            scored = score_frame(model, harmonized, reasons, progress.repeat)
            kept = customers.frame.select(cs.starts_with(KEPT))
            scored = pl.concat([scored, kept], how="horizontal")
            accumulator.add(model, replace(customers, frame=harmonized), scored)
        # The categories of records are our own; only those of a table can be written differently.
        if source.shape is Shape.TABLE and not allow_unknown:
            require_known_categories(accumulator.unknown_categories, accumulator.filled)
        yield accumulator.finish(model, source)


class _MonotonicProgress:
    """Forwards progress; scoring repeats the fraction of reading, which counts the whole file."""

    def __init__(self, on_progress: ProgressCallback) -> None:
        self._on_progress = on_progress
        self._fraction = 0.0

    def __call__(self, stage: str, fraction: float) -> None:
        self._fraction = fraction
        self._on_progress(stage, fraction)

    def repeat(self, stage: str, _fraction: float) -> None:
        self._on_progress(stage, self._fraction)


@dataclass
class _ScoringAccumulator:
    """Sums over the batches so far; their customers are written to `folder`."""

    folder: Path
    counts: Counts = field(default_factory=lambda: Counts(0, 0, 0, 0))
    rejects: list[pl.DataFrame] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    scores: list[pl.DataFrame] = field(default_factory=list)
    unknown_categories: Counter[str] = field(default_factory=Counter)
    filled: Counter[str] = field(default_factory=Counter)  # cells of categorical columns
    as_of: AsOf | None = None  # that of the whole file, in every batch
    bins: dict[str, list[int]] = field(default_factory=dict)

    def add(self, model: ChurnModel, customers: Customers, scored: pl.DataFrame) -> None:
        scored.write_ipc(_batch_path(self.folder, len(self.scores)))
        self.counts += customers.counts
        self.as_of = customers.as_of
        self.rejects.append(customers.rejects)
        self.findings += customers.findings
        self.scores.append(scored.select("probability", "churn"))
        unknown = model.encoder.count_unknown_categories(customers.frame)
        self.unknown_categories += Counter(unknown)
        self.filled += Counter(model.encoder.count_categories(customers.frame))
        bins = bin_counts(model.drift_baseline, customers.frame)
        self.bins = merge_bin_counts(self.bins, bins) if self.bins else bins

    def finish(self, model: ChurnModel, source: DataSource) -> ScoredFile:
        scores = pl.concat(self.scores)
        drift = population_stability(model.drift_baseline, self.bins)
        decile = pl.Series("decile", assign_deciles(np.asarray(scores["probability"])))
        return ScoredFile(
            counts=self.counts,
            rejects=pl.concat(self.rejects),
            findings=(
                *scoring_findings(self.unknown_categories, drift, self.counts.accepted),
                *merge_findings(self.findings, self.counts.accepted),
            ),
            unknown_categories=dict(self.unknown_categories),
            drift=drift,
            scores=scores.with_columns(decile),
            source=source,
            folder=self.folder,
            sizes=tuple(batch.height for batch in self.scores),
            as_of=self.as_of,
        )


def _batch_path(folder: Path, number: int) -> Path:
    return folder / f"{number}.arrow"
