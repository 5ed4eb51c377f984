"""Excel workbooks: the first sheet with a table, written as CSV, row by row.

openpyxl reads a sheet as a stream, so that memory does not grow with it. A line of the CSV is a row
of the sheet, so that the lines of rejects are rows of the sheet.
"""

import csv
import re
import warnings
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import chain, islice
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile, ZipFile
from zlib import error as ZlibError  # noqa: N812  it is a class

from openpyxl.packaging.manifest import Manifest
from openpyxl.reader.excel import SHARED_STRINGS, ExcelReader

from churn.exceptions import FileUnreadable, UploadTooLarge
from churn.ml.i18n.messages import Message
from churn.ml.i18n.messages import gettext_noop as _
from churn.ml.io.names import format_names

_MAX_ROWS = 1_048_576  # of an Excel sheet
_MAX_CELLS = 20_000_000  # of a sheet, with the empty ones: several minutes of reading
_MAX_TEXTS_BYTES = 256 << 20  # of the distinct texts, which stay in memory
_MAX_PART_BYTES = 16 << 20  # of a part that openpyxl reads whole: styles, names of sheets
_MAX_CHARACTERS = 32_767  # of an Excel cell
_HEAD_ROWS = 200  # rows whose widest decides how many cells a line has
_MIN_ROWS = _MIN_CELLS = 2  # of a table
_LINE_BREAKS = re.compile(r"\r\n|\r|\n|_x000D_")
_DAMAGED = _("The workbook is damaged; save it again as .xlsx or CSV.")

# openpyxl warns of styles and extensions that have no influence on values.
warnings.filterwarnings("ignore", category=UserWarning, module="openpyxl")


def convert_workbook(path: Path, target: Path, limit: int) -> tuple[Message, ...]:
    """Write the first visible sheet that has a table to `target` as CSV; return remarks.

    Dates are ISO 8601, errors such as #N/A are empty, formulas are their stored values.

    Raises
    ------
    FileUnreadable : it is damaged, or has no table.
    UploadTooLarge : a sheet has more than `limit` bytes before, or characters after conversion.
    """
    try:
        with path.open("rb") as file:
            workbook = _Reader(file, limit).load()
            sheet = _find_table(workbook.worksheets)
            _write(_padded(_rows(sheet)), target, limit)
    except (FileUnreadable, UploadTooLarge, MemoryError):
        raise
    except (BadZipFile, ZlibError, EOFError, NotImplementedError, RuntimeError) as error:
        raise FileUnreadable(_DAMAGED) from error
    # Whatever contradicts the format: openpyxl does not validate what it reads.
    except (ParseError, LookupError, TypeError, ValueError, AttributeError, OSError) as error:
        raise FileUnreadable(_DAMAGED) from error
    others = [one.title for one in workbook.worksheets if one is not sheet]
    remark = Message.of(_("the sheet read is `{sheet}`"), sheet=sheet.title)
    if not others:
        return (remark,)
    names = format_names(others)
    left_out = _("the sheet read is `{sheet}`; left out: {others}")
    return (Message.of(left_out, sheet=sheet.title, others=names),)


class _BoundedZip(ZipFile):
    def read(self, name: Any, pwd: bytes | None = None) -> bytes:
        """Read a part that openpyxl parses as one tree, in many times its bytes."""
        _require_size(self, name, _MAX_PART_BYTES)
        return super().read(name, pwd)


class _Reader(ExcelReader):
    """openpyxl's reader of the values of a workbook, with limits for what it keeps in memory."""

    package: Manifest

    def __init__(self, file: Any, limit: int) -> None:
        super().__init__(file, read_only=True, data_only=True, keep_links=False)
        self.archive = _BoundedZip(file)
        if any(part.file_size > limit for part in self.archive.infolist()):
            raise _too_large(limit)

    def load(self) -> Any:
        """Return the workbook; its sheets are read when their rows are."""
        self.read()
        return self.wb

    def read_strings(self) -> None:
        if (texts := self.package.find(SHARED_STRINGS)) is not None:
            _require_size(self.archive, texts.PartName[1:], _MAX_TEXTS_BYTES)
        super().read_strings()

    def read_chartsheet(self, sheet: Any, rel: Any) -> None:
        """Skip a sheet that is a chart."""


def _require_size(archive: ZipFile, name: Any, limit: int) -> None:
    if archive.getinfo(name).file_size > limit:
        raise _too_large(limit)


def _find_table(sheets: Sequence[Any]) -> Any:
    """Return the first visible sheet with a table, or else the first hidden one.

    Raises
    ------
    FileUnreadable : no sheet has two rows of two cells.
    """
    for sheet in sorted(sheets, key=lambda one: str(one.sheet_state) != "visible"):
        wide = (row for row in _rows(sheet) if sum(map(bool, row)) >= _MIN_CELLS)
        if len(list(islice(wide, _MIN_ROWS))) == _MIN_ROWS:
            return sheet
    raise FileUnreadable(
        _("No sheet of the workbook has a table; it needs a header and rows below it.")
    )


def _rows(sheet: Any) -> Iterator[list[str]]:
    """Yield the cells of each row as text, without the empty ones at its end."""
    sheet.reset_dimensions()  # what the file says about them is often wrong
    cells = 0
    for number, row in enumerate(sheet.iter_rows(), 1):
        cells += len(row)
        if number > _MAX_ROWS or cells > _MAX_CELLS:
            raise FileUnreadable(
                _(
                    "The sheet `{sheet}` has more than {rows:,} rows or {cells:,} cells; save it"
                    " as CSV."
                ),
                sheet=sheet.title,
                rows=_MAX_ROWS,
                cells=_MAX_CELLS,
            )
        texts = [_text(cell) for cell in row]
        while texts and not texts[-1].strip():
            texts.pop()
        yield texts


def _padded(rows: Iterator[list[str]]) -> Iterator[list[str]]:
    """Give every row that is not blank the cells of the widest among the first ones."""
    head = list(islice(rows, _HEAD_ROWS))
    width = max(map(len, head), default=0)
    for row in chain(head, rows):
        yield row + [""] * (width - len(row)) if row else row


def _text(cell: Any) -> str:
    value = cell.value
    if value is None or cell.data_type == "e":
        return ""
    if isinstance(value, str):
        if len(value) > _MAX_CHARACTERS:
            raise ValueError(cell.coordinate)
        return _LINE_BREAKS.sub(" ", value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else _fraction(value)
    if isinstance(value, datetime):
        has_time = value.time() != time() or "h" in str(cell.number_format).lower()
        return value.isoformat(" ", "seconds") if has_time else value.date().isoformat()
    return _duration(value) if isinstance(value, timedelta) else _plain(value)


def _fraction(value: float) -> str:
    """Return a number as a text that cannot be read in two ways, as 1.234 can: 1.2340."""
    text = repr(value)
    return f"{text}0" if re.fullmatch(r"-?\d{1,3}\.\d{3}", text) else text


def _duration(value: timedelta) -> str:
    minutes, seconds = divmod(round(value.total_seconds()), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, date | time) else str(value)


def _write(rows: Iterator[list[str]], target: Path, limit: int) -> None:
    characters = 0
    with target.open("x", encoding="utf-8", errors="replace", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        for row in rows:
            # Counted first: many cells may repeat one long text of the workbook.
            characters += sum(map(len, row)) + len(row)
            if characters > limit:
                raise _too_large(limit)
            writer.writerow(row)


def _too_large(limit: int) -> UploadTooLarge:
    return UploadTooLarge(
        _("A part of the workbook has more than {limit:,} MB, the limit; save the sheet as CSV."),
        limit=limit // 2**20,
    )
