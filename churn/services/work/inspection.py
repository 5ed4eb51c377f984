"""Reads and validates files with churn.ml, and returns what the database stores of them."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from typing import Any

import polars as pl
from django.utils.translation import gettext_noop as _

from churn.exceptions import SchemaInvalid
from churn.ml.customers import Customers, describe_finding, load_customers, profile
from churn.ml.i18n.labels import column_label
from churn.ml.i18n.messages import Message
from churn.ml.io import DataSource, describe_reject, inspect_source
from churn.ml.progress import ProgressCallback, no_progress
from churn.ml.schema import Feature, Finding, Shape
from churn.ml.tables import file_column
from churn.ml.training import RunRemark, describe_remark
from churn.models import TrainingRun
from churn.services import storage
from churn.services.inputs import SourceSpec
from churn.services.work.zones import CachedZoneFinder, open_zones

_MAX_LINES = 20  # rejects.csv has all of them


def read_labelled(spec: SourceSpec, on_progress: ProgressCallback = no_progress) -> Customers:
    """Read customers with known outcomes; errors as in `load_customers`."""
    source = inspect_source(spec.path, spec.options)
    source = replace(source, remarks=(*spec.remarks, *source.remarks))
    zones = open_zones(spec.zones)
    return load_customers(source, zones=zones, require_target=True, on_progress=on_progress)


def role_fields(source: DataSource) -> dict[str, Any]:
    """Return the fields of a Dataset by which its file is read again in the same way."""
    # The roles have fields of their own, so that inferred and chosen ones are equal.
    options = replace(source.options, group=source.group or "", target="", customer_id="")
    return {
        "target": source.target or "",
        "customer_id": source.customer_id or "",
        "read_options": options.to_dict(),
    }


def validate_for_scoring(spec: SourceSpec, run: TrainingRun) -> DataSource:
    """Return the source of a file that `run` can score, from a sample of its rows.

    Raises
    ------
    FileUnreadable : it is not a table.
    SchemaInvalid : it lacks columns that the model needs.
    """
    usual = run.dataset.options.override(run.options)
    needed = [file_column(column["name"]) for column in run.signature["columns"]]
    roles = [name for name in (usual.customer_id, usual.group) if name]
    source = inspect_source(spec.path, spec.options, expected=[*needed, *roles], usual=usual)
    if source.shape != run.dataset.shape:
        raise SchemaInvalid(_OTHER_SHAPE[source.shape])
    if source.shape is Shape.TABLE and (missing := set(needed) - set(source.columns)):
        if source.is_header_absent:
            raise SchemaInvalid(
                _(
                    "The first line looks like data; add the header of the training file, or"
                    " specify its line (header row)."
                )
            )
        named = ", ".join(f"`{name}`" for name in needed if name in missing)
        raise SchemaInvalid(
            _("Columns that the model requires are missing from the file: {columns}."),
            columns=named,
        )
    return source


_OTHER_SHAPE = {
    Shape.TABLE: _(
        "The model was trained on service records; this file does not have their columns."
    ),
    Shape.RECORDS: _(
        "The model was trained on one row per customer; this file has service records."
    ),
}


def zones_for(spec: SourceSpec, run: TrainingRun) -> CachedZoneFinder | None:
    """Return the zones of a file to score: its own, or else those `run` was trained with.

    Raises
    ------
    FileUnreadable, SchemaInvalid : the zones file is invalid.
    """
    return open_zones(spec.zones or storage.absolute_path(run.dataset.zones_file.name or ""))


def dataset_fields(customers: Customers) -> dict[str, Any]:
    """Return the fields of a Dataset except its roles: counts, schema, profile and findings."""
    source = customers.source
    return {
        "shape": source.shape.value,
        **asdict(customers.counts),
        "schema": {
            "format": source.format,
            "delimiter": source.delimiter,
            "encoding": source.text_encoding.encoding,
            "decimal": source.decimal,
            "file_columns": list(source.columns),
            "notes": [{"text": note.to_dict()} for note in source.remarks],
            "is_records": source.shape is Shape.RECORDS,
            "columns": [asdict(feature) for feature in customers.features],
        },
        "profile": profile(customers),
        "findings": findings_as_json(customers.findings),
        "rejects": rejects_by_reason(customers.rejects),
    }


def findings_as_json(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Return findings with their messages, so that a page need not import churn.ml."""
    return [asdict(one) | {"text": describe_finding(one).to_dict()} for one in findings]


def rejects_by_reason(rejects: pl.DataFrame) -> list[dict[str, Any]]:
    """Group rejected rows by column and reason, the most frequent first, with their first lines."""
    groups = (
        rejects.group_by("column", "reason")
        .agg(count=pl.len(), lines=pl.col("line").sort().head(_MAX_LINES))
        .sort(["count", "column", "reason"], descending=[True, False, False])
    )
    return [row | {"text": describe_reject(row["reason"]).to_dict()} for row in groups.to_dicts()]


def remarks_as_json(remarks: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the remarks in the metrics of a run with their messages."""
    return [dict(one) | {"text": describe_remark(RunRemark(**one)).to_dict()} for one in remarks]


def labels_as_json(features: Iterable[Feature]) -> dict[str, dict[str, Any] | str]:
    """Return the label of each feature by its name, as JSON stores it."""
    found = {feature.name: column_label(feature.name, feature.unit) for feature in features}
    return {
        name: label.to_dict() if isinstance(label, Message) else label
        for name, label in found.items()
    }
