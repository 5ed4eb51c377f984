"""How a user wants a file to be read; light, so that web processes can import it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from enum import StrEnum
from typing import Any

NO_TIME_COLUMN = "none"
ALL_COLUMNS = "*"


class ColumnKind(StrEnum):
    """What a column is; TEXT and IGNORE are never features.

    Four of them are numbers or dates, and answer which of two readings is meant.
    """

    NUMBER = "number"
    CATEGORY = "category"
    DATE = "date"
    TEXT = "text"
    IGNORE = "ignore"
    DECIMAL_POINT = "decimal-point"
    DECIMAL_COMMA = "decimal-comma"
    DAY_FIRST = "day-first"
    MONTH_FIRST = "month-first"


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """Choices of a user about a file; what is empty is inferred from names and values.

    Columns are named as in the file or, if `mapping` renames them, by their new names.
    """

    target: str = ""
    customer_id: str = ""
    positive: str = ""  # the value of the target that means "left"
    group: str = ""  # rows with the same value stay on one side of a split
    time_column: str = ""  # by which customers are split in time; NO_TIME_COLUMN for none
    exclude: tuple[str, ...] = ()
    mapping: Mapping[str, str] = field(default_factory=dict)  # our name -> name in the file
    kinds: Mapping[str, ColumnKind] = field(default_factory=dict)
    as_of: date | None = None  # days are counted back from this date; later ones are unknown
    allow_unknown: bool = False  # score columns without a value that occurred in training
    header_row: int | None = None  # line of the header, from 1; 0 for a file without one
    allow_rejects: bool = False

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> "ReadOptions":
        """Return the options that `to_dict` stored; unknown keys are ignored.

        Raises
        ------
        ValueError : a kind is unknown, or a date is malformed.
        """
        known = {one.name: stored[one.name] for one in fields(cls) if one.name in stored}
        known["exclude"] = tuple(known.get("exclude", ()))
        if "as_of" in known:
            known["as_of"] = date.fromisoformat(known["as_of"])
        kinds = known.get("kinds", {})
        known["kinds"] = {name: ColumnKind(kind) for name, kind in kinds.items()}
        return cls(**known)

    def to_dict(self) -> dict[str, Any]:
        """Return the options that differ from the defaults, as JSON stores them."""
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        values |= {
            "exclude": list(self.exclude),
            "mapping": dict(self.mapping),
            "kinds": {name: kind.value for name, kind in self.kinds.items()},
            "as_of": self.as_of and self.as_of.isoformat(),
        }
        defaults = (None, "", False)
        return {name: value for name, value in values.items() if value not in (*defaults, [], {})}

    def override(self, other: "ReadOptions") -> "ReadOptions":
        """Return these options with those of `other` that are set; columns are added up."""
        changes = {one.name: getattr(other, one.name) for one in fields(other)}
        set_ones = {name: value for name, value in changes.items() if name in other.to_dict()}
        merged = {
            "exclude": tuple(dict.fromkeys((*self.exclude, *other.exclude))),
            "mapping": {**self.mapping, **other.mapping},
            "kinds": {**self.kinds, **other.kinds},
        }
        return replace(self, **{**set_ones, **merged})


class Order(StrEnum):
    """Order of the results."""

    FILE = "file"
    RISK = "risk"  # the riskiest first


@dataclass(frozen=True, slots=True)
class OutputOptions:
    """How the results of a scoring are written."""

    order: Order = Order.FILE
    keep_columns: tuple[str, ...] = ()  # columns of the file to carry over; ALL_COLUMNS for all
    for_excel: bool = False  # byte order mark, semicolons and decimal commas

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> "OutputOptions":
        """Return the options that `to_dict` stored."""
        return cls(
            order=Order(stored.get("order", Order.FILE)),
            keep_columns=tuple(stored.get("keep_columns", ())),
            for_excel=stored.get("for_excel", False),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the options as JSON stores them."""
        return {
            "order": self.order.value,
            "keep_columns": list(self.keep_columns),
            "for_excel": self.for_excel,
        }


def parse_assignments(texts: Iterable[str]) -> dict[str, str]:
    """Parse texts such as "ours=theirs"; the first "=" separates.

    Raises
    ------
    ValueError : a text without "=", with an empty side, or with a name assigned twice.
    """
    assigned: dict[str, str] = {}
    for text in texts:
        name, separator, value = (part.strip() for part in text.partition("="))
        if not (separator and name and value) or name in assigned:
            raise ValueError(text)
        assigned[name] = value
    return assigned


def parse_names(text: str) -> tuple[str, ...]:
    """Split a comma-separated list of column names."""
    return tuple(name for part in text.split(",") if (name := part.strip()))
