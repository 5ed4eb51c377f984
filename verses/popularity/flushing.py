"""Flushes the count files of this host into the tables, each count exactly once."""

import time
from array import array
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import structlog
from django.db import transaction

from verses.models import CounterOffsets, DailyCount, PassageCount, Translation
from verses.popularity.countfile import CountFile
from verses.popularity.directory import day_of, files, identity, locked
from verses.popularity.process_counter import date_of

log = structlog.get_logger(__name__)

# Seconds until a sealed file is removed; a count that began before the seal is done by then.
SEALED_FILE_TTL = 600
# Days of daily counts kept; the longest window is thirty.
DAYS_KEPT = 40


def flush(path: Path, *, timeout: float) -> bool:
    """Update the tables; return False if another process flushes for longer than `timeout` s."""
    if not path.exists():
        return True  # nothing was counted on this host yet
    try:
        with locked(path / "leader", timeout=timeout):
            for name in files(path):
                _flush_file(name)
    except BlockingIOError:
        return False
    return True


def unflushed(path: Path) -> int:
    """Return the requests in the count files that the tables do not have yet."""
    total = 0
    for name in files(path):
        try:
            file = CountFile(name)
        except FileNotFoundError:  # another process has just removed it
            continue
        try:
            counted = sum(file.counted(record) for record, _key in file.records())
            total += max(0, counted - file.flushed_total)
        finally:
            file.close()
    return total


def _flush_file(name: Path) -> None:
    """Flush a file, seal it after its day, and remove it some time after that."""
    today = date_of(time.time())
    file = CountFile(name)
    try:
        if day_of(name) < today:
            file.seal()
        _flush_counts(file)
        identifier = file.identifier
        is_done = 0 < file.sealed_at < time.time() - SEALED_FILE_TTL
    finally:
        file.close()
    if not is_done:
        return
    # The file before its offsets: a file without offsets would be counted again.
    name.unlink()
    CounterOffsets.objects.filter(identifier=identifier).delete()
    dropped, _by_model = DailyCount.objects.filter(day__lt=today - timedelta(DAYS_KEPT)).delete()
    log.info("popularity.file_removed", file=name.name, days_dropped=dropped)


def _flush_counts(file: CountFile) -> None:
    keys = dict(file.records())
    counted = {record: file.counted(record) for record in keys}
    if sum(counted.values()) == file.flushed_total:
        return
    totals = _add_new_counts(file, keys, counted)
    for record, total in totals.items():
        file.set_base(record, total - counted[record])
    file.flushed_total = sum(counted.values())


@transaction.atomic
def _add_new_counts(
    file: CountFile, keys: Mapping[int, str], counted: Mapping[int, int]
) -> dict[int, int]:
    """Add counts beyond the offsets and move the offsets in one transaction; return new totals."""
    CounterOffsets.objects.get_or_create(
        identifier=file.identifier, defaults={"directory": identity(file.path.parent)}
    )
    offsets = CounterOffsets.objects.select_for_update().get(identifier=file.identifier)
    flushed = array("Q", bytes(offsets.flushed))
    flushed.extend([0] * (len(counted) - len(flushed)))
    translations = set(Translation.objects.values_list("pk", flat=True))
    new = {
        _split(keys[record]): (record, number - flushed[record])
        for record, number in counted.items()
        # A translation that was deleted meanwhile has no counts any more.
        if number > flushed[record] and _split(keys[record])[0] in translations
    }
    rows = PassageCount.objects.add({passage: more for passage, (_record, more) in new.items()})
    by_row = {rows[passage][0]: more for passage, (_record, more) in new.items()}
    DailyCount.objects.add(day_of(file.path), by_row)
    offsets.flushed = array("Q", [counted[record] for record in sorted(counted)]).tobytes()
    offsets.save()
    return {record: rows[passage][1] for passage, (record, _more) in new.items()}


def _split(key: str) -> tuple[str, str]:
    translation, osis = key.split(" ", 1)
    return translation, osis
