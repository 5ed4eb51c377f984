"""Moving counts from the files of this host into the tables, each of them exactly once."""

import time
from array import array
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import structlog
from django.db import transaction

from verses.models import CountFile as Mark
from verses.models import DailyCount, PassageCount, Translation
from verses.popularity.countfile import CountFile
from verses.popularity.counting import date_of
from verses.popularity.directory import day_of, files, identity, locked

log = structlog.get_logger(__name__)

GRACE_SECONDS = 600
"""A sealed file is kept so long: no process can still be in the middle of a count then."""
DAYS_KEPT = 40
"""Days of daily counts; the longest window is thirty."""


def fold(path: Path, *, patience: float) -> bool:
    """Bring the tables up to date; False if another is at it for more than `patience` seconds."""
    if not path.exists():
        return True  # nothing was ever counted on this host
    try:
        with locked(path / "leader", patience=patience):
            _fold_all(path)
    except BlockingIOError:
        return False
    return True


def _fold_all(path: Path) -> None:
    today = date_of(time.time())
    for name in files(path):
        file = CountFile(name)
        try:
            if day_of(name) < today:
                file.seal()
            _fold_file(file, day_of(name), path)
            is_done = 0 < file.sealed_at < time.time() - GRACE_SECONDS
        finally:
            file.close()
        if is_done:
            _remove(name, file_identifier(name), today)


def file_identifier(name: Path) -> str:
    file = CountFile(name)
    try:
        return file.identifier
    finally:
        file.close()


def _fold_file(file: CountFile, day: date, path: Path) -> None:
    keys = dict(file.records())
    counted = {record: file.counted(record) for record in keys}
    if sum(counted.values()) == file.folded_sum:
        return
    totals = _add_news(file.identifier, identity(path), day, keys, counted)
    for record, total in totals.items():
        file.set_base(record, total - counted[record])
    file.folded_sum = sum(counted.values())


@transaction.atomic
def _add_news(
    identifier: str, directory: str, day: date, keys: Mapping[int, str], counted: Mapping[int, int]
) -> dict[int, int]:
    """Add what the mark does not cover and move the mark, in one transaction."""
    Mark.objects.get_or_create(identifier=identifier, defaults={"directory": directory})
    mark = Mark.objects.select_for_update().get(identifier=identifier)
    folded = array("Q", bytes(mark.folded))
    folded.extend([0] * (len(counted) - len(folded)))
    translations = set(Translation.objects.values_list("pk", flat=True))
    news = {
        _split(keys[record]): (record, number - folded[record])
        for record, number in counted.items()
        if number > folded[record] and _split(keys[record])[0] in translations
    }
    rows = PassageCount.objects.add({key: more for key, (_record, more) in news.items()})
    DailyCount.objects.add(day, {rows[key][0]: more for key, (_record, more) in news.items()})
    mark.folded = array("Q", [counted[record] for record in sorted(counted)]).tobytes()
    mark.save()
    return {record: rows[key][1] for key, (record, _more) in news.items()}


def _split(key: str) -> tuple[str, str]:
    translation, osis = key.split(" ", 1)
    return translation, osis


def _remove(name: Path, identifier: str, today: date) -> None:
    """Drop a file that is wholly folded; the file first, for without its mark it counts anew."""
    name.unlink()
    Mark.objects.filter(identifier=identifier).delete()
    dropped, _by_model = DailyCount.objects.filter(day__lt=today - timedelta(DAYS_KEPT)).delete()
    log.info("popularity.file_removed", file=name.name, days_dropped=dropped)
