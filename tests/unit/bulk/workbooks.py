"""Workbooks made for a test: by openpyxl, or by hand where a program would not make such ones."""

import io
import zipfile
from collections.abc import Iterable, Mapping
from typing import Any

from openpyxl import Workbook

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
TYPES = """<?xml version="1.0"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>
<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>
</Types>"""
_RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELS = """<?xml version="1.0"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Type="{type}" Target="{target}"/></Relationships>"""
_BOOK = f"""<?xml version="1.0"?>
<workbook xmlns="{MAIN}" xmlns:r="{_RELATED}"><sheets>
<sheet name="Lista" sheetId="1" r:id="rId1"/></sheets></workbook>"""


def saved(book: Workbook) -> bytes:
    """Return a workbook's bytes."""
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def workbook(rows: Iterable[Iterable[Any]], formats: Mapping[str, str] | None = None) -> bytes:
    """Make a workbook of one sheet; `formats` are those of its cells."""
    book = Workbook()
    for row in rows:
        book.active.append(list(row))
    for cell, pattern in (formats or {}).items():
        book.active[cell].number_format = pattern
    return saved(book)


def by_hand(sheet: str, more: Mapping[str, str | bytes] | None = None) -> bytes:
    """Make a workbook whose sheet is this XML; `more` are other parts, or in place of these."""
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": _RELS.format(type=f"{_RELATED}/officeDocument", target="xl/workbook.xml"),
        "xl/workbook.xml": _BOOK,
        "xl/_rels/workbook.xml.rels": _RELS.format(
            type=f"{_RELATED}/worksheet", target="worksheets/sheet1.xml"
        ),
        "xl/worksheets/sheet1.xml": sheet,
        **(more or {}),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return out.getvalue()


def sheet(data: str, before: str = "", prolog: str = "") -> str:
    """Make a sheet's XML of its rows'."""
    return f'{prolog}<worksheet xmlns="{MAIN}">{before}<sheetData>{data}</sheetData></worksheet>'


def cell(reference: str, text: str) -> str:
    """Make a cell's XML that holds a text."""
    return f'<c r="{reference}" t="inlineStr"><is><t>{text}</t></is></c>'
