"""The rows of a list that do not go out, as they were given, with what is wrong: to be corrected."""

from collections.abc import Iterable
from pathlib import Path

from bot.bulk.batches import ListRow, Report, RowKind
from bot.bulk.list_writer import FileFormat, opened
from bot.bulk.row_words import told
from bot.locales import Translator

BAD = frozenset(RowKind) - {RowKind.GOOD}


def write(
    rows: Iterable[ListRow], report: Report, file: Path, wanted: FileFormat, words: Translator
) -> int:
    """Write those of these rows that are bad; return how many there were."""
    count = 0
    with opened(file, wanted, report.delimiter) as out:
        out.write([words("bulk.check.problem"), words("bulk.check.line"), *report.titles])
        for row in rows:
            if row.kind in BAD:
                out.write([told(row, words), str(row.line), *row.cells])
                count += 1
    return count
