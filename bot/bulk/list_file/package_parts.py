"""What a workbook's package may be: small enough once expanded, and without a DTD in any part."""

import zipfile
from typing import IO
from xml.parsers import expat

from bot.errors import Refused

EXPANDED_LIMIT = 100 * 1024 * 1024  # bytes
PARTS_LIMIT = 2_000
_CHUNK = 65536


def check(archive: zipfile.ZipFile) -> None:
    """Raise Refused for a package that is made to hurt, before any part of it is taken apart."""
    parts = archive.infolist()
    # Never more is taken out of a part than it says it has.
    expanded = sum(part.file_size for part in parts)
    if len(parts) > PARTS_LIMIT or expanded > EXPANDED_LIMIT:
        raise Refused("bulk.file.too_much")
    for part in parts:
        with archive.open(part) as opened:
            if _has_dtd(opened):
                raise Refused("bulk.file.dtd")


def _has_dtd(part: IO[bytes]) -> bool:
    """Say whether a part declares a DTD; read by a parser, since it may be in any encoding."""
    found: list[bool] = []
    parser = expat.ParserCreate()

    def declared(*_: object) -> None:
        found.append(True)

    def begun(*_: object) -> None:
        found.append(False)

    parser.StartDoctypeDeclHandler = declared
    # No DTD may follow the first element.
    parser.StartElementHandler = begun
    try:
        while not found and (chunk := part.read(_CHUNK)):
            parser.Parse(chunk)
    except expat.ExpatError:
        pass  # no XML, as a picture; or none that anything will be read from
    return bool(found) and found[0]
