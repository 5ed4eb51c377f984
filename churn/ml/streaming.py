"""Scoring a file of any size: a part of the customers in memory at a time."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO

import numpy as np
import polars as pl

from churn.ml.arrays import Floats
from churn.ml.customers import Counts, Customers
from churn.ml.drift import add_bins, count_bins, drift
from churn.ml.model import ChurnModel
from churn.ml.partitions import iter_customers
from churn.ml.reading import Source
from churn.ml.rejects import REASON, describe_reason
from churn.ml.schema import Language, Progress, quiet
from churn.ml.scoring import REASONS, deciles, results_frame, score_frame
from churn.ml.steps import within

READ = 0.9  # share of the work done when every part is scored


@dataclass(frozen=True)
class Destination:
    """Where results and rejects go, in which language, with how many reasons (0 is fastest)."""

    results: Path
    rejects: Path
    language: Language = "en"
    reasons: int = REASONS


@dataclass(frozen=True, slots=True)
class FileScores:
    """Counts of a scored file, its unseen categories and its drift, as in Scores."""

    counts: Counts
    unseen: dict[str, int]
    drift: list[dict[str, Any]]


@dataclass
class _Scored:
    """What is kept of every part: counts, and chances for the deciles of the whole file."""

    folder: Path
    counts: Counts = field(default_factory=lambda: Counts(0, 0, 0, 0))
    chances: list[Floats] = field(default_factory=list)
    unseen: Counter[str] = field(default_factory=Counter)
    bins: dict[str, list[int]] = field(default_factory=dict)

    def watch(self, model: ChurnModel, frame: pl.DataFrame) -> None:
        """Count the customers of a part by the bins that drift is told from."""
        self.unseen += Counter(model.encoder.unseen(frame))
        bins = count_bins(model.reference, frame)
        self.bins = add_bins(self.bins, bins) if self.bins else bins

    def add(self, customers: Customers, results: pl.DataFrame) -> None:
        """Keep a part: its chances in memory, the rest on disk."""
        part, so_far = customers.counts, self.counts
        self.counts = Counts(
            so_far.rows + part.rows,
            so_far.accepted + part.accepted,
            so_far.rejected + part.rejected,
            so_far.customers + part.customers,
        )
        results.write_ipc(self.folder / f"{len(self.chances)}.arrow")
        self.chances.append(results["probability"].to_numpy())

    def parts(self) -> Iterator[pl.DataFrame]:
        """Yield the parts in the order they came in, with the deciles of the whole."""
        tenths = deciles(np.concatenate(self.chances)) if self.chances else np.empty(0, int)
        start = 0
        for number, chances in enumerate(self.chances):
            part = pl.read_ipc(self.folder / f"{number}.arrow")
            mine = pl.Series("decile", tenths[start : start + len(chances)])
            yield part.insert_column(3, mine)
            start += len(chances)


def score_file(
    model: ChurnModel,
    source: Source,
    destination: Destination,
    *,
    zones: Path | None = None,
    progress: Progress = quiet,
) -> FileScores:
    """Score every customer of a file into `destination`, every other row into its rejects.

    Raises
    ------
    FileUnreadable, SchemaInvalid, DataUnfit : the file cannot be scored.
    WorkCancelled : `progress` raised it.
    """
    with TemporaryDirectory(prefix="churn-") as folder:
        scored = _Scored(Path(folder))
        reading = within(progress, 0.0, READ)
        parts = iter_customers(source, zones=zones, expected=model.features, progress=reading)
        with destination.rejects.open("wb") as rejects:
            for customers in parts:
                found = score_frame(model, customers.frame, destination.reasons)
                scored.watch(model, customers.frame)
                scored.add(customers, results_frame(found, destination.language))
                _append(_in_words(customers.rejects, destination.language), rejects)
        with destination.results.open("wb") as results:
            for part in scored.parts():
                progress("writing", READ)
                _append(part, results)
    moved = drift(model.reference, scored.bins)
    return FileScores(scored.counts, dict(scored.unseen), moved)


def _in_words(rejects: pl.DataFrame, language: Language) -> pl.DataFrame:
    codes = rejects[REASON].unique().to_list()
    words = {code: describe_reason(code, language) for code in codes}
    return rejects.with_columns(pl.col(REASON).replace_strict(words, return_dtype=pl.String))


def _append(part: pl.DataFrame, file: BinaryIO) -> None:
    if part.height or not file.tell():
        part.write_csv(file, include_header=not file.tell())
