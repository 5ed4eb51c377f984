"""Requests that the edges pass to the services, free of machine learning."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import IO, Any

from churn.ml.i18n.messages import Message
from churn.ml.options import OutputOptions, ReadOptions
from churn.models import Scoring, TrainingRun
from churn.services import storage


@dataclass(frozen=True, slots=True)
class DatasetUpload:
    """A file to become a data set, with the choices of the user about it."""

    file: IO[Any]
    file_name: str
    zones_file: IO[Any] | None = None
    name: str = ""
    options: ReadOptions = field(default_factory=ReadOptions)
    size_limit: int | None = None  # bytes; None is MAX_UPLOAD_BYTES


@dataclass(frozen=True, slots=True)
class ScoringUpload:
    """A file of customers to score."""

    file: IO[bytes]
    file_name: str
    zones_file: IO[bytes] | None = None
    run: TrainingRun | None = None  # the champion if None
    language: str = "en"
    options: ReadOptions = field(default_factory=ReadOptions)
    output: OutputOptions = field(default_factory=OutputOptions)


@dataclass(frozen=True, slots=True)
class ScoringPaths:
    """A local file to score, and the local files to write."""

    input: Path
    output: Path
    zones: Path | None = None
    rejects: Path | None = None
    language: str = "en"
    options: ReadOptions = field(default_factory=ReadOptions)
    output_options: OutputOptions = field(default_factory=OutputOptions)


@dataclass(frozen=True, slots=True)
class PredictRequest:
    """Records to score at once, without storing anything."""

    records: Sequence[Mapping[str, Any]]
    as_of: date | None = None
    allow_unknown: bool = False


@dataclass(frozen=True, slots=True)
class SourceSpec:
    """Path of a data file and the choices of the user about it."""

    path: Path
    zones: Path | None = None
    options: ReadOptions = field(default_factory=ReadOptions)
    keep_columns: tuple[str, ...] = ()  # to carry over to the results
    remarks: tuple[Message, ...] = ()  # on the container that the file was in


def scoring_source(scoring: Scoring) -> SourceSpec:
    """Return what is needed to read the file of `scoring`."""
    zones = storage.absolute_path(scoring.zones_file.name or "")
    keep = OutputOptions.from_dict(scoring.output_options).keep_columns
    return SourceSpec(Path(scoring.file.path), zones, scoring.options, keep_columns=keep)
