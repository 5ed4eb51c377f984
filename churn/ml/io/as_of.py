"""The date from which days are counted back, so that a score depends on its own row only."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum


class AsOfOrigin(StrEnum):
    GIVEN = "given"
    OBSERVATION = "observation"  # the newest date of a column of observation dates
    NEWEST = "newest"  # the newest date of the file that is not in the future


@dataclass(frozen=True, slots=True)
class AsOf:
    """Days are counted back from the beginning of `date`; later days are unknown."""

    date: date
    origin: AsOfOrigin

    @property
    def start(self) -> datetime:
        return datetime.combine(self.date, time())

    @property
    def end(self) -> datetime:
        return end_of_day(self.date)


def as_of_text(as_of: AsOf | None) -> str | None:
    """Return the date in ISO format."""
    return None if as_of is None else as_of.date.isoformat()


def end_of_day(day: date) -> datetime:
    """Return the instant at which the next day begins."""
    return datetime.combine(day, time()) + timedelta(days=1)


def last_known_day(given: date | None) -> date:
    """Return the day after which dates are not taken for facts: the given one, or today (UTC)."""
    return given or datetime.now(UTC).date()


def resolve_as_of(
    given: date | None, *, observed: datetime | None = None, newest: datetime | None
) -> AsOf | None:
    """Return the as-of date of a file; None if none is given and the file has no date.

    `observed` and `newest` are the newest known dates of an observation column and of all columns.
    """
    if given is not None:
        return AsOf(given, AsOfOrigin.GIVEN)
    if observed is not None:
        return AsOf(observed.date(), AsOfOrigin.OBSERVATION)
    return None if newest is None else AsOf(newest.date(), AsOfOrigin.NEWEST)
