"""The files of a list, for its sender alone: what is wrong with its rows, and what became of them."""

import asyncio
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePath
from zoneinfo import ZoneInfo

from bot.bulk import problems_file, result_file
from bot.bulk.batches import Batch, ListRow
from bot.bulk.list_writer import FileFormat, format_like
from bot.bulk.ports import BatchRepository
from bot.bulk.result_file import Reader
from bot.locales import Translator

NAME_LIMIT = 60  # characters of the file that was given


@dataclass(frozen=True, slots=True)
class ListFileWriter:
    """Writes them in the format of the file that was given."""

    lists: BatchRepository
    zone: Callable[[str], ZoneInfo]  # of a person

    async def problems(self, batch: Batch, translator: Translator) -> tuple[str, bytes]:
        """Write the rows that do not go out; return the file's name and what is in it."""
        rows = await self._bad_rows(batch)
        wanted = _format(batch)
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, f"list{wanted}")
            write = problems_file.write
            await asyncio.to_thread(write, rows, batch.report, file, wanted, translator)
            content = await asyncio.to_thread(file.read_bytes)
        return _named(batch, translator("bulk.file_of.problems")), content

    async def outcomes(self, batch: Batch, translator: Translator) -> tuple[str, bytes]:
        """Write every row and what became of it; return the file's name and what is in it."""
        reader = Reader(translator, self.zone(batch.request.user))
        wanted = _format(batch)
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, f"list{wanted}")
            chunks = result_file.unknown_first(self.lists, batch.id)
            await result_file.write(chunks, batch.report, file, wanted, reader)
            content = await asyncio.to_thread(file.read_bytes)
        return _named(batch, translator("bulk.file_of.outcomes")), content

    async def _bad_rows(self, batch: Batch) -> list[ListRow]:
        rows: list[ListRow] = []
        after = 0
        while page := await self.lists.results(
            batch.id, after=after, limit=result_file.ROWS, kinds=problems_file.BAD
        ):
            after = page[-1].row.line
            rows += [each.row for each in page]
        return rows


def _given(batch: Batch) -> str:
    return batch.request.file.name if batch.request.file else ""


def _format(batch: Batch) -> FileFormat:
    return format_like(_given(batch))


def _named(batch: Batch, what: str) -> str:
    bare = PurePath(_given(batch)).stem or batch.title
    return f"{bare[:NAME_LIMIT].strip()} - {what}{_format(batch)}"
