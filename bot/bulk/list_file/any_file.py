"""A list's file of either kind, as rows of text."""

from bot.bulk.list_file import csv_file, file_kind
from bot.bulk.list_file.file_kind import FileKind
from bot.bulk.list_file.table import LocaleFormat, Table


def read(raw: bytes, name: str, sheet: str, locale: LocaleFormat) -> Table:
    """Read a file's rows; `sheet` names the one of several. Raises Refused, and anything else."""
    if file_kind.kind_of(raw, name) is FileKind.CSV:
        return csv_file.read(raw)
    from bot.bulk.list_file import excel_file  # noqa: PLC0415 - a fifth of a second for Excel alone

    return excel_file.read(raw, sheet, locale)
