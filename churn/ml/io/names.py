"""Column names: comparison without case and accents, and what a name says about its column."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from churn.exceptions import SchemaInvalid
from churn.ml.i18n.messages import Message
from churn.ml.i18n.messages import gettext_noop as _

_MAX_NAMES, _MAX_NAME_LENGTH = 12, 60
_NEAR_NAMES, _MIN_SIMILARITY = 3, 0.6


def fold(text: str) -> str:
    """Return `text` in lower case, without accents and surrounding white space."""
    decomposed = unicodedata.normalize("NFKD", text.strip().casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def normalize_name(name: str) -> str:
    """Return the letters and digits of a name without case and accents."""
    return re.sub(r"[\W_]", "", fold(name))


def format_names(names: Sequence[str]) -> Message | str:
    """List column names in backquotes, at most _MAX_NAMES of them."""
    shown = ", ".join(f"`{name[:_MAX_NAME_LENGTH]}`" for name in names[:_MAX_NAMES])
    more = len(names) - _MAX_NAMES
    if more <= 0:
        return shown
    return Message.of(_("{names} and {more:,} more"), names=shown, more=more)


def find_name(name: str, columns: Iterable[str]) -> str | None:
    """Return the column called `name`, or else the only one equal without case and accents."""
    columns = tuple(columns)
    if name in columns:
        return name
    wanted = normalize_name(name)
    alike = [column for column in columns if wanted and normalize_name(column) == wanted]
    return alike[0] if len(alike) == 1 else None


def require_name(name: str, columns: Sequence[str]) -> str:
    """Return the column that `find_name` finds.

    Raises
    ------
    SchemaInvalid : there is none; the message names the columns that are spelled alike.
    """
    if found := find_name(name, columns):
        return found
    folded = {fold(column): column for column in reversed(columns)}
    near = get_close_matches(fold(name), list(folded), _NEAR_NAMES, _MIN_SIMILARITY)
    if near:
        raise SchemaInvalid(
            _("The file has no column {missing}; did you mean {near}? Its columns are {columns}."),
            missing=format_names([name]),
            near=format_names([folded[one] for one in near]),
            columns=format_names(columns),
        )
    raise SchemaInvalid(
        _("The file has no column {missing}; its columns are {columns}."),
        missing=format_names([name]),
        columns=format_names(columns),
    )
