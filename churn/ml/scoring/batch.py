"""Scoring a file of any size: a part of the customers in memory at a time."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import polars as pl

from churn.ml.customers import Counts, Customers, iter_customers, merge_findings
from churn.ml.io import DataSource
from churn.ml.metrics.drift import bin_counts, drift, merge_bin_counts
from churn.ml.pipeline.model import ChurnModel
from churn.ml.progress import ProgressCallback, no_progress
from churn.ml.records import ZoneFinder
from churn.ml.schema import Finding
from churn.ml.scoring.score import REASONS, deciles, score_frame

_DECILE_AT = 3


@dataclass(frozen=True)
class ScoredFile:
    """What a scored file amounts to; its customers lie on disk.

    `chances` holds probability, churn and decile of every customer, in the order of the parts;
    `rejects` as in Customers; `unseen` and `drift` as in Scores.
    """

    counts: Counts
    rejects: pl.DataFrame
    findings: tuple[Finding, ...]
    unseen: dict[str, int]
    drift: list[dict[str, Any]]
    chances: pl.DataFrame
    source: DataSource
    folder: Path
    sizes: tuple[int, ...]  # customers of each part

    def parts(self) -> Iterator[pl.DataFrame]:
        """Yield customer_id, probability, churn, decile and reasons, part by part."""
        start = 0
        for number, size in enumerate(self.sizes):
            part = pl.read_ipc(_file(self.folder, number))
            yield part.insert_column(_DECILE_AT, self.chances["decile"].slice(start, size))
            start += size


@contextmanager
def score_in_batches(
    model: ChurnModel,
    source: DataSource,
    *,
    zones: Path | ZoneFinder | None = None,
    reasons: int = REASONS,
    progress: ProgressCallback = no_progress,
) -> Iterator[ScoredFile]:
    """Score every customer of a file, with the `reasons` strongest features of each (0: fastest).

    The customers can be read inside the `with` block, at whose end they are gone.

    Raises
    ------
    FileUnreadable, SchemaInvalid, DataUnfit : the file cannot be scored.
    WorkCancelled : `progress` raised it.
    """
    with TemporaryDirectory(prefix="churn-") as folder:
        heard = _MonotonicProgress(progress)
        so_far = _ScoringAccumulator(Path(folder))
        for customers in iter_customers(
            source, zones=zones, expected=model.features, on_progress=heard
        ):
            scored = score_frame(model, customers.frame, reasons, heard.again)
            so_far.add(model, customers, scored)
        yield so_far.finished(model, source)


class _MonotonicProgress:
    """Passes progress on, and again where a part is worked at that has told its share already."""

    def __init__(self, progress: ProgressCallback) -> None:
        self._progress = progress
        self._fraction = 0.0

    def __call__(self, stage: str, fraction: float) -> None:
        self._fraction = fraction
        self._progress(stage, fraction)

    def again(self, stage: str, _fraction: float) -> None:
        self._progress(stage, self._fraction)


@dataclass
class _ScoringAccumulator:
    """What is kept of every part: its counts and chances; the rest lies on disk."""

    folder: Path
    counts: Counts = field(default_factory=lambda: Counts(0, 0, 0, 0))
    rejects: list[pl.DataFrame] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    chances: list[pl.DataFrame] = field(default_factory=list)
    unseen: Counter[str] = field(default_factory=Counter)
    bins: dict[str, list[int]] = field(default_factory=dict)

    def add(self, model: ChurnModel, customers: Customers, scored: pl.DataFrame) -> None:
        scored.write_ipc(_file(self.folder, len(self.chances)))
        self.counts += customers.counts
        self.rejects.append(customers.rejects)
        self.findings += customers.findings
        self.chances.append(scored.select("probability", "churn"))
        self.unseen += Counter(model.encoder.unseen(customers.frame))
        bins = bin_counts(model.reference, customers.frame)
        self.bins = merge_bin_counts(self.bins, bins) if self.bins else bins

    def finished(self, model: ChurnModel, source: DataSource) -> ScoredFile:
        chances = pl.concat(self.chances)
        tenths = pl.Series("decile", deciles(np.asarray(chances["probability"])))
        return ScoredFile(
            counts=self.counts,
            rejects=pl.concat(self.rejects),
            findings=merge_findings(self.findings, self.counts.accepted),
            unseen=dict(self.unseen),
            drift=drift(model.reference, self.bins),
            chances=chances.with_columns(tenths),
            source=source,
            folder=self.folder,
            sizes=tuple(part.height for part in self.chances),
        )


def _file(folder: Path, number: int) -> Path:
    return folder / f"{number}.arrow"
