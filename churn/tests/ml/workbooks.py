"""Excel workbooks for the tests: written by openpyxl, or part by part."""

import io
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from openpyxl import Workbook

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def workbook_bytes(
    rows: Iterable[Sequence[Any]],
    change: Callable[[Workbook], None] | None = None,
    title: str = "Data",
) -> bytes:
    """Return a workbook with one sheet of `rows`, which `change` may complete."""
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    if change is not None:
        change(workbook)
    content = io.BytesIO()
    workbook.save(content)
    return content.getvalue()


def raw_workbook(
    rows: str, texts: str = "", dimension: str = "", parts: Mapping[str, str] | None = None
) -> bytes:
    """Return a workbook whose sheet has the XML `rows`, and the XML `texts` as shared strings."""
    relation = f'<Relationship Id="r{{}}" Type="{_OFFICE}/{{}}" Target="{{}}"/>'
    relations = f'<Relationships xmlns="{_PACKAGE}/relationships">{{}}</Relationships>'
    override = f'<Override PartName="/xl/{{}}.xml" ContentType="{_TYPE}.{{}}+xml"/>'
    kinds = {"workbook": "sheet.main", "sheet1": "worksheet", "texts": "sharedStrings"}
    overrides = "".join(override.format(*pair) for pair in kinds.items())
    sheets = f'<sheets><sheet name="S" sheetId="1" r:id="r1" xmlns:r="{_OFFICE}"/></sheets>'
    members = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">{overrides}</Types>',
        "_rels/.rels": relations.format(relation.format(1, "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}">{sheets}</workbook>',
        "xl/_rels/workbook.xml.rels": relations.format(
            relation.format(1, "worksheet", "sheet1.xml")
        ),
        "xl/sheet1.xml": f'<worksheet xmlns="{_MAIN}">{dimension}<sheetData>{rows}</sheetData>'
        "</worksheet>",
        "xl/texts.xml": f'<sst xmlns="{_MAIN}">{texts}</sst>',
    }
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in (members | dict(parts or {})).items():
            archive.writestr(name, data)
    return content.getvalue()
