"""Which kind of file it is, by what is in it and by its name; what can't be a list is refused."""

import zipfile
from collections.abc import Iterable
from enum import StrEnum
from io import BytesIO
from pathlib import PurePath

from bot.bulk.list_file.table import EMPTY, FILE_LIMIT
from bot.errors import Refused

XLS, ODS, NUMBERS = "bulk.file.xls", "bulk.file.ods", "bulk.file.numbers"
PASSWORD, MACROS, HTML = "bulk.file.password", "bulk.file.macros", "bulk.file.html"
UNKNOWN, BROKEN = "bulk.file.unknown", "bulk.file.broken"
_OLE = b"\xd0\xcf\x11\xe0"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_MARKUP = (b"<!doctype", b"<html", b"<head", b"<body", b"<table", b"<meta", b"<?xml", b"<script")
_OTHERS = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"{\\rtf", b"\x1f\x8b", b"7z\xbc\xaf")
_BY_NAME = {
    ".xls": XLS,
    ".xlt": XLS,
    ".ods": ODS,
    ".fods": ODS,
    ".numbers": NUMBERS,
    ".xlsm": MACROS,
    ".xltm": MACROS,
    ".xlam": MACROS,
    ".xlsb": XLS,
    ".htm": HTML,
    ".html": HTML,
    ".mht": HTML,
    ".mhtml": HTML,
    **dict.fromkeys((".pdf", ".doc", ".docx", ".png", ".jpg", ".jpeg", ".zip", ".json"), UNKNOWN),
}


class FileKind(StrEnum):
    """The kinds that are read."""

    CSV = "csv"
    EXCEL = "excel"


def kind_of(raw: bytes, name: str) -> FileKind:
    """Say which kind it is. Raises Refused."""
    if len(raw) > FILE_LIMIT:
        raise Refused("bulk.file.bytes", limit=FILE_LIMIT // 1024 // 1024)
    ending = PurePath(name).suffix.lower()
    is_package = raw.startswith(_ZIP)
    if refused := _of_content(raw, ending) or _BY_NAME.get(ending, ""):
        raise Refused(refused)
    if is_package and (refused := _of_parts(_names(raw))):
        raise Refused(refused)
    return FileKind.EXCEL if is_package else FileKind.CSV


def _of_content(raw: bytes, ending: str) -> str:
    """Say why a file is refused that begins so; empty if it may be a list."""
    if not raw.strip():
        return EMPTY
    if raw.startswith(_OLE):
        has_password = _ENCRYPTED in raw or ending in {".xlsx", ".xltx"}
        return PASSWORD if has_password else XLS
    start = raw[:1000].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith(_MARKUP):
        return HTML
    return UNKNOWN if raw.startswith(_OTHERS) else ""


def _names(raw: bytes) -> list[str]:
    try:
        with zipfile.ZipFile(BytesIO(raw)) as archive:
            names = archive.namelist()
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 100:  # noqa: PLR2004
                names.append(archive.read("mimetype").decode("latin-1"))
            return names
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError) as error:
        raise Refused(BROKEN) from error


def _of_parts(names: Iterable[str]) -> str:
    """Say why a package is refused; empty if it is a workbook."""
    known = [name.lower() for name in names]
    if any("oasis.opendocument" in name for name in known):
        return ODS
    if any(name.endswith(".iwa") or name == "index.zip" for name in known):
        return NUMBERS
    if any(name.endswith("vbaproject.bin") for name in known):
        return MACROS
    if any(name.endswith("workbook.bin") for name in known):
        return XLS
    return "" if "[content_types].xml" in known else UNKNOWN
