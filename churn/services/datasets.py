"""Creates and deletes data sets: files that are stored, validated and profiled."""

from contextlib import suppress
from dataclasses import replace
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

import structlog
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop as _

from churn import metrics
from churn.exceptions import NameTaken, StateConflict
from churn.ml.options import ReadOptions
from churn.ml.progress import ProgressCallback, no_progress
from churn.models import Dataset
from churn.services import audit, storage
from churn.services.inputs import DatasetUpload, SourceSpec
from churn.services.jobs import User, creator

if TYPE_CHECKING:
    from churn.ml.customers import Customers

log = structlog.get_logger(__name__)


def create_dataset(upload: DatasetUpload, user: User = None) -> Dataset:
    """Store, validate and profile a labelled file.

    Raises
    ------
    NameTaken : another data set has the name.
    UploadTooLarge, FileUnreadable, SchemaInvalid, DataUnfit : the file cannot be trained on;
        nothing is stored.
    """
    return import_dataset(upload, user)[0]


def import_dataset(
    upload: DatasetUpload,
    user: User = None,
    *,
    on_progress: ProgressCallback = no_progress,
    reuse: bool = False,
) -> tuple[Dataset, "Customers"]:
    """Create a data set and return it with its customers, so that training need not read again.

    With `reuse`, an existing data set with the same files, roles and name is returned instead.
    Errors are those of `create_dataset`.
    """
    from churn.services.work import inspection, unpacking  # noqa: PLC0415  see docs/decisions/0010

    if upload.name and not reuse and Dataset.objects.filter(name=upload.name).exists():
        raise _taken(upload.name)
    with storage.new_folder("datasets") as folder:
        dataset = _store_files(upload, folder)
        remarks = unpacking.replace_by_table(dataset.file.name)
        spec = replace(source_spec(dataset), remarks=remarks)
        customers = inspection.read_labelled(spec, on_progress)
        for field, value in inspection.role_fields(customers.source).items():
            setattr(dataset, field, value)
        if reuse and (existing := _identical(dataset, upload.name)):
            storage.delete_folder(folder)
            return existing, customers
        dataset.created_by = creator(user)
        for field, value in inspection.dataset_fields(customers).items():
            setattr(dataset, field, value)
        _save(dataset, upload.name)
    metrics.count_rows("dataset", dataset.rows - dataset.rejected, dataset.rejected)
    log.info("dataset.created", id=dataset.pk, rows=dataset.rows, rejected=dataset.rejected)
    return dataset, customers


def delete_dataset(dataset: Dataset, user: User = None) -> None:
    """Delete a data set and its files.

    Raises
    ------
    StateConflict : a run was trained on it and keeps its lineage.
    """
    if dataset.runs.exists():
        raise StateConflict(_("This data set has training runs and cannot be deleted."))
    with transaction.atomic():
        audit.record("delete", dataset, user)
        dataset.delete()
    storage.delete_folder(storage.parent_folder(dataset.file.name))


def source_spec(dataset: Dataset, changes: ReadOptions | None = None) -> SourceSpec:
    """Return what is needed to read the file of `dataset` again, with `changes` to its options."""
    return SourceSpec(
        path=Path(dataset.file.path),
        zones=storage.absolute_path(dataset.zones_file.name or ""),
        options=dataset.options.override(changes or ReadOptions()),
    )


def _store_files(upload: DatasetUpload, folder: str) -> Dataset:
    """Store the files of `upload`; return an unsaved data set with their names and digests."""
    stored = storage.store(upload.file, f"{folder}/data", upload.size_limit)
    dataset = Dataset(
        file=f"{folder}/data",
        file_name=storage.display_name(upload.file_name),
        size=stored.count,
        sha256=stored.sha256,
        target=upload.options.target,
        customer_id=upload.options.customer_id,
        read_options=upload.options.to_dict(),
    )
    if upload.zones_file is not None:
        dataset.zones_file = f"{folder}/zones"
        zones = storage.store(upload.zones_file, f"{folder}/zones", upload.size_limit)
        dataset.zones_sha256 = zones.sha256
    return dataset


def _identical(dataset: Dataset, name: str) -> Dataset | None:
    existing = Dataset.objects.identical_to(dataset)
    return (existing.filter(name=name) if name else existing).first()


def _save(dataset: Dataset, name: str) -> None:
    """Insert `dataset` under `name`, or else under a free variant of its file's name."""
    if name:
        _insert(dataset, name)
        return
    stem = PurePath(dataset.file_name).stem[:100]
    for candidate in (stem, *(f"{stem} ({number})" for number in range(2, 1000))):
        with suppress(NameTaken):
            _insert(dataset, candidate)
            return
    raise _taken(stem)


def _insert(dataset: Dataset, name: str) -> None:
    dataset.name = name
    # The constraint decides, since two uploads may choose the same name at the same time.
    try:
        with transaction.atomic():
            dataset.save(force_insert=True)
    except IntegrityError as error:
        raise _taken(name) from error


def _taken(name: str) -> NameTaken:
    return NameTaken(_("A data set named “{name}” already exists; choose another name."), name=name)
