"""The row with the names of the columns: below titles and notes, or absent."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

Row = Sequence[str]

_MAX_LINES_ABOVE = 100  # of titles, notes or a data dictionary
_MIN_FILLED_SHARE = 0.8  # of the cells of a row of names
_MIN_TYPED_SHARE = 0.9  # of the cells of a column of numbers or dates
_MIN_BODY_ROWS = 2
_NUMBER = re.compile(r"[-+]?\d[\d.,]*\s?%?")
_DATE = re.compile(r"\d{1,4}([-/.])\d{1,2}\1\d{1,4}([ T].*)?")
_OTHER_DELIMITER = re.compile(r"[;|\t]")
_WHOLE = re.compile(r"\d+")


def find_header(rows: Sequence[Row]) -> int | None:
    """Return the index of the row of names; None if the table begins without one.

    `rows` are the first rows of a file that are not blank. Titles, notes and data dictionaries have
    fewer cells than the table. A first row is data, not names, if its numbers, dates or words are
    those of the columns below.
    """
    # Sparse rows end with empty cells; spreadsheets add empty cells to every row.
    for measure in (len, _last_filled):
        width = _table_width(rows, measure)
        if _is_full(rows[0], width):
            return None if _is_data(rows[0], rows[1:]) else 0
        index = _find_names(rows, width)
        if index is not None:
            return index
    return 0


def _find_names(rows: Sequence[Row], width: int) -> int | None:
    """Return the index of the first row below others that fills the width; None if none does."""
    for index, row in enumerate(rows[1 : _MAX_LINES_ABOVE + 1], 1):
        if _is_full(row, width):
            # One line above with most of the names is a header that lacks some.
            is_header_short = index == 1 and _count_filled(rows[0]) * 2 > width
            return 0 if is_header_short or not _are_names(row, rows[index + 1 :]) else index
    return None


def _table_width(rows: Sequence[Row], measure: Callable[[Row], int]) -> int:
    """Return the most frequent number of cells in the second half of the rows."""
    widths = Counter(measure(row) for row in rows[len(rows) // 2 :])
    return max(widths, key=lambda width: (widths[width], width))


def _last_filled(row: Row) -> int:
    return max((number for number, cell in enumerate(row, 1) if cell.strip()), default=0)


def _count_filled(row: Row) -> int:
    return sum(bool(cell.strip()) for cell in row)


def _is_full(row: Row, width: int) -> bool:
    return _count_filled(row) >= _MIN_FILLED_SHARE * width


def _are_names(row: Row, below: Sequence[Row]) -> bool:
    names = [cell.strip().casefold() for cell in row if cell.strip()]
    if not below or len(set(names)) < len(names) or _is_data(row, below):
        return False
    # A row of decimal commas, split at them, has the delimiter of the file in its cells.
    if any(map(_OTHER_DELIMITER.search, names)):
        return False
    typed = [name for name in names if _is_typed(name)]
    if not all(map(_WHOLE.fullmatch, typed)) or len(typed) == len(names):
        return False
    # Names that are numbers are years or sizes, in order.
    return len(typed) * 2 < len(names) or all(int(a) < int(b) for a, b in pairwise(typed))


def _is_typed(cell: str) -> bool:
    return bool(_NUMBER.fullmatch(cell) or _DATE.fullmatch(cell))


def _is_data(first: Row, below: Sequence[Row]) -> bool:
    """Whether the first row has values of the columns below it rather than their names."""
    if len(below) < _MIN_BODY_ROWS or list(first) in map(list, below):
        return False  # a header that is repeated further down
    cells = [cell.strip() for cell in first]
    columns = [[row[n].strip() for row in below if n < len(row)] for n in range(len(cells))]
    pairs = [(cell, column) for cell, column in zip(cells, columns, strict=True) if cell]
    texts = [(cell, column) for cell, column in pairs if not _is_typed(cell)]
    if any(_is_typed_column(column) for _cell, column in texts) or _are_consecutive(cells):
        return False
    typed = [(cell, column) for cell, column in pairs if _is_typed(cell)]
    # Whole numbers may be names, such as years or days; others and dates are not.
    values = [
        cell for cell, column in typed if not _WHOLE.fullmatch(cell) and _is_typed_column(column)
    ]
    repeated = [cell for cell, column in texts if cell in column]
    if not texts:
        repeated = [cell for cell, column in typed if cell in column]
    evidence = len(values) + len(repeated)
    return evidence > 1 or bool(evidence and typed)


def _is_typed_column(column: Iterable[str]) -> bool:
    filled = [cell for cell in column if cell]
    return bool(filled) and sum(map(_is_typed, filled)) >= _MIN_TYPED_SHARE * len(filled)


def _are_consecutive(cells: Row) -> bool:
    """Whether most cells are whole numbers that count up: columns named by a library, or years."""
    numbers = [int(cell) for cell in cells if _WHOLE.fullmatch(cell)]
    steps = {after - before for before, after in pairwise(numbers)}
    return len(numbers) * 2 > len(cells) and steps == {1}
