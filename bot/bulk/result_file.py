"""Every row of a list as it was given, and what became of it; it can be given as a list again."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.bulk.batches import BatchId, Report, RowKind, RowResult
from bot.bulk.list_writer import FileFormat, Writer, opened
from bot.bulk.ports import BatchRepository
from bot.bulk.row_words import told
from bot.locales import Translator
from bot.sends import Send, Status

ROWS = 500  # that are read at once
HEADS = ("status", "words", "conversation", "time")
Chunks = AsyncIterator[Sequence[RowResult]]


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom a file is for."""

    translator: Translator
    zone: ZoneInfo


async def unknown_first(lists: BatchRepository, batch_id: BatchId) -> Chunks:
    """Give all rows in the file's order, but those first of which nobody knows what became."""
    wants: tuple[Callable[[RowResult], bool], ...] = (
        _is_unknown,
        lambda each: not _is_unknown(each),
    )
    has_unknown = (await lists.progress(batch_id)).count(Status.UNKNOWN) > 0
    for is_wanted in wants if has_unknown else (lambda _: True,):
        after = 0
        while page := await lists.results(batch_id, after=after, limit=ROWS):
            after = page[-1].row.line
            if chunk := [each for each in page if is_wanted(each)]:
                yield chunk


async def write(
    chunks: Chunks, report: Report, file: Path, wanted: FileFormat, reader: Reader
) -> None:
    """Write them as they come, a few in memory at any moment."""
    with opened(file, wanted, report.delimiter) as out:
        out.write([*heads(reader), *report.titles])
        async for chunk in chunks:
            # A thread, since it is work; what else goes on must not wait for it.
            await asyncio.to_thread(_write_all, out, chunk, reader)


def heads(reader: Reader) -> list[str]:
    """Name the columns that come before a list's own, so that no template's parameter is called so."""
    return [reader.translator(f"bulk.result.head.{each}") for each in HEADS]


def _write_all(out: Writer, chunk: Sequence[RowResult], reader: Reader) -> None:
    for each in chunk:
        out.write([*_outcome(each, reader), *each.row.cells])


def _outcome(result: RowResult, reader: Reader) -> list[str]:
    words, send = reader.translator, result.send
    if send is None:
        kind = result.row.kind
        key = "waits" if kind is RowKind.GOOD else f"left_out.{kind}"
        return [words(f"bulk.result.{key}"), told(result.row, words), "", ""]
    moment = f"{send.ended.astimezone(reader.zone):%Y-%m-%d %H:%M:%S}" if send.ended else ""
    return [status(send, words), _why(send, words), send.conversation, moment]


def status(send: Send, words: Translator) -> str:
    """Say how a row stands; Atom accepts, and nobody tells whether it was delivered."""
    if send.decided_by and send.status in {Status.SENT, Status.UNKNOWN}:
        # A person's word, where nobody else knows.
        return words(f"bulk.result.{'arrived' if send.status is Status.SENT else 'not_arrived'}")
    return words(f"bulk.result.{send.status}")


def _why(send: Send, words: Translator) -> str:
    """Give Atom's own words; without any, why it did not go out, where a sentence says so."""
    if send.vendor_message or send.status not in {Status.FAILED, Status.CANCELLED}:
        return send.vendor_message
    known = (key for key in (f"bulk.result.why.{send.reason}", send.reason) if words.has(key))
    # Of what was refused at the last moment the sentence alone is kept, without what it speaks of.
    return next((text for key in known if "{" not in (text := words(key))), "")


def _is_unknown(result: RowResult) -> bool:
    send = result.send
    return send is not None and send.status is Status.UNKNOWN and not send.decided_by
