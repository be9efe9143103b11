"""Kinds of files: told by what is in them and by their names."""

import io
import zipfile

import pytest

from bot.bulk.list_file.file_kind import FileKind, kind_of
from bot.bulk.list_file.table import FILE_LIMIT
from bot.errors import Refused
from tests.unit.bulk.workbooks import by_hand, sheet

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)
BOOK = by_hand(sheet(""))


def package(*names: str, mimetype: str = "") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        if mimetype:
            archive.writestr("mimetype", mimetype)
        for name in names:
            archive.writestr(name, "x")
    return out.getvalue()


@pytest.mark.parametrize(
    ("raw", "name", "key"),
    [
        (OLE, "lista.xls", "bulk.file.xls"),
        (OLE, "lista.csv", "bulk.file.xls"),
        (OLE, "lista.xlsx", "bulk.file.password"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "lista", "bulk.file.password"),
        (b"phone\n1\n", "lista.xls", "bulk.file.xls"),
        (b"phone\n1\n", "lista.ODS", "bulk.file.ods"),
        (b"phone\n1\n", "lista.numbers", "bulk.file.numbers"),
        (BOOK, "lista.xlsm", "bulk.file.macros"),
        (by_hand("", {"xl/vbaProject.bin": "x"}), "lista.xlsx", "bulk.file.macros"),
        (
            package("content.xml", mimetype="application/vnd.oasis.opendocument.spreadsheet"),
            "lista.xlsx",
            "bulk.file.ods",
        ),
        (package("Index/Document.iwa"), "lista.xlsx", "bulk.file.numbers"),
        (package("xl/workbook.bin", "[Content_Types].xml"), "lista.xlsx", "bulk.file.xls"),
        (package("a.csv"), "lista.xlsx", "bulk.file.unknown"),
        (b"<html><body>Sign in", "lista.csv", "bulk.file.html"),
        (b"\xef\xbb\xbf\n <!DOCTYPE html>", "lista.csv", "bulk.file.html"),
        (b"<table><tr>", "lista.xls", "bulk.file.html"),
        (b'<?xml version="1.0"?><Workbook/>', "lista.csv", "bulk.file.html"),
        (b"phone\n1\n", "lista.html", "bulk.file.html"),
        (b"%PDF-1.7", "lista.csv", "bulk.file.unknown"),
        (b"phone\n1\n", "lista.pdf", "bulk.file.unknown"),
        (BOOK[:-30], "lista.xlsx", "bulk.file.broken"),
        (b" \r\n ", "lista.csv", "bulk.file.empty"),
        (b"", "lista.xlsx", "bulk.file.empty"),
        (b"1" * (FILE_LIMIT + 1), "lista.csv", "bulk.file.bytes"),
    ],
)
def test_what_can_be_no_list_is_refused(raw: bytes, name: str, key: str) -> None:
    with pytest.raises(Refused) as refused:
        kind_of(raw, name)

    assert refused.value.key == key


@pytest.mark.parametrize(
    ("raw", "name", "kind"),
    [
        (BOOK, "lista.xlsx", FileKind.EXCEL),
        (BOOK, "lista.csv", FileKind.EXCEL),
        (BOOK, "", FileKind.EXCEL),
        (b"phone\n1\n", "lista.csv", FileKind.CSV),
        (b"phone\n1\n", "lista.TXT", FileKind.CSV),
        (b"phone\n1\n", "lista.xlsx", FileKind.CSV),
        (b"phone\n1\n", "lista", FileKind.CSV),
    ],
)
def test_what_is_in_a_file_says_how_it_is_read(raw: bytes, name: str, kind: FileKind) -> None:
    assert kind_of(raw, name) is kind
