"""Data sets: stored while they are hashed, then validated and profiled, or refused whole."""

from contextlib import suppress
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

import structlog
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from churn.exceptions import NameTaken, StateConflict
from churn.ml.progress import ProgressCallback, no_progress
from churn.models import Dataset
from churn.services import storage
from churn.services.inputs import DatasetUpload, SourceSpec
from churn.services.people import User, author

if TYPE_CHECKING:
    from churn.ml.customers.loading import Customers

log = structlog.get_logger(__name__)


def create_dataset(offer: DatasetUpload, user: User = None) -> Dataset:
    """Store, validate and profile a labelled file.

    Raises
    ------
    UploadTooLarge, NameTaken : see there.
    FileUnreadable, SchemaInvalid, DataUnfit : the file cannot be trained from; nothing is kept.
    """
    return import_dataset(offer, user)[0]


def import_dataset(
    offer: DatasetUpload,
    user: User = None,
    progress: ProgressCallback = no_progress,
    *,
    reuse: bool = False,
) -> tuple[Dataset, "Customers"]:
    """As `create_dataset`; also return the customers read, so that training need not read again.

    With `reuse`, a data set of the same content, roles and name is returned instead of a new one.
    """
    _refuse_taken(offer.name, reuse=reuse)
    folder = storage.new_folder("datasets")
    try:
        dataset, customers = _read(offer, folder, progress)
        if reuse and (known := _same(dataset, offer.name)):
            storage.discard(folder)
            return known, customers
        dataset.created_by = author(user)
        _describe(dataset, customers)
        _save(dataset, offer)
    except BaseException:
        storage.discard(folder)
        raise
    log.info("dataset.created", id=dataset.pk, rows=dataset.rows, rejected=dataset.rejected)
    return dataset, customers


def delete_dataset(dataset: Dataset) -> None:
    """Remove a data set and its files.

    Raises
    ------
    StateConflict : a run was trained on it; its lineage must stay.
    """
    if dataset.runs.exists():
        raise StateConflict(_("Runs were trained on this data set; their lineage must stay."))
    dataset.delete()
    storage.discard(storage.parent_folder(dataset.file.name))


def source_spec(dataset: Dataset) -> SourceSpec:
    """Return how the file of `dataset` is to be read again, with the same roles."""
    return SourceSpec(
        path=Path(dataset.file.path),
        zones=storage.absolute_path(dataset.zones_file.name or ""),
        target=dataset.target,
        customer_id=dataset.customer_id,
    )


def _read(
    offer: DatasetUpload, folder: str, progress: ProgressCallback
) -> tuple[Dataset, "Customers"]:
    from churn.services.work import inspection  # noqa: PLC0415  see docs/decisions/0010

    dataset = Dataset(file_name=storage.display_name(offer.file_name), file=f"{folder}/data")
    stored = storage.store(offer.file, f"{folder}/data", offer.size_limit)
    dataset.size, dataset.sha256 = stored.count, stored.sha256
    if offer.zones_file is not None:
        dataset.zones_file = f"{folder}/zones"
        zones = storage.store(offer.zones_file, f"{folder}/zones", offer.size_limit)
        dataset.zones_sha256 = zones.sha256
    dataset.target, dataset.customer_id = offer.target, offer.customer_id
    customers = inspection.read_labelled(source_spec(dataset), progress)
    dataset.target = customers.source.target or ""
    dataset.customer_id = customers.source.customer_id or ""
    return dataset, customers


def _describe(dataset: Dataset, customers: "Customers") -> None:
    from churn.services.work.inspection import described  # noqa: PLC0415  see docs/decisions/0010

    for field, value in described(customers).items():
        setattr(dataset, field, value)


def _same(dataset: Dataset, name: str) -> Dataset | None:
    found = Dataset.objects.alike(dataset)
    return (found.filter(name=name) if name else found).first()


def _refuse_taken(name: str, *, reuse: bool) -> None:
    if name and not reuse and Dataset.objects.filter(name=name).exists():
        raise NameTaken(_taken(name))


def _save(dataset: Dataset, offer: DatasetUpload) -> None:
    if offer.name:
        _insert(dataset, offer.name)
        return
    stem = PurePath(dataset.file_name).stem[:100]
    for name in (stem, *(f"{stem} ({number})" for number in range(2, 1000))):
        with suppress(NameTaken):
            _insert(dataset, name)
            return
    raise NameTaken(_taken(stem))


def _insert(dataset: Dataset, name: str) -> None:
    dataset.name = name
    try:
        with transaction.atomic():
            dataset.save(force_insert=True)
    except IntegrityError as error:
        raise NameTaken(_taken(name)) from error


def _taken(name: str) -> str:
    return _("There is a data set called “%s” already; choose another name.") % name
