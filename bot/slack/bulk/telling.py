"""What is said of a list beside its card: its problems, why it paused, how it ended, and the files."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

from bot.bulk.batches import Batch, BatchStatus, PauseReason
from bot.errors import BotError, Problem, Refused, TryLater, Unclear
from bot.locales import Translator
from bot.sends import EXPIRED
from bot.slack.bulk import card, problems, progress_view
from bot.slack.bulk.approval_requests import ListApprovalRequests
from bot.slack.bulk.posting import UNFIT, ListPosting
from bot.slack.bulk.shown import DECLINED, Shown
from bot.slack.notifications.cards import Message
from bot.slack.notifications.redraw import TRIES, before_telling
from bot.slack.platform.blocks import Block, context, section
from bot.slack.platform.client import SlackRefused
from bot.slack.platform.error_messages import sentence, short
from bot.slack.platform.uploads import NamedFile

logger = logging.getLogger(__name__)


class FileSender(Protocol):
    """Gives people files."""

    async def send(self, user: str, name: str, content: bytes | Path, comment: str) -> None:
        """Put a file into the direct message with a person, once.

        Raises Refused and TryLater, after which nothing is there, and Unclear where it may be.
        """
        ...


class ListFiles(Protocol):
    """Writes what is known of a list's rows, as a file for its sender alone."""

    async def problems(self, batch: Batch, translator: Translator) -> NamedFile:
        """Write all rows with problems, as they were given, and what is wrong with each."""
        ...

    async def outcomes(self, batch: Batch, translator: Translator) -> NamedFile:
        """Write every row as it was given, and what became of it."""
        ...


@dataclass(frozen=True, slots=True)
class Files:
    """What is handed over, and how."""

    write: ListFiles
    sender: FileSender


@dataclass(frozen=True, slots=True)
class Telling:
    """Says each thing once, as far as this process remembers; raises TryLater or SlackRefused."""

    posting: ListPosting
    approvals: ListApprovalRequests | None = None
    files: Files | None = None

    async def tell(self, batch: Batch) -> Batch:
        """Say what has to be said of how a list stands; return it with its card's place."""
        batch = await self.posting.show(batch, always=True)
        once = self.posting.posted.once
        if self.approvals and batch.status is not BatchStatus.AWAITING_APPROVAL:
            await before_telling(batch, self.approvals.follow(batch))
        match batch.status:
            case BatchStatus.CHECKED if batch.report.problems:
                await once(batch.id, "problems", batch.checked, partial(self._problems, batch))
            case BatchStatus.AWAITING_APPROVAL if self.approvals:
                await self.approvals.ask(batch)
            case BatchStatus.PAUSED if batch.reason in set(PauseReason):
                state = (batch.reason, batch.going_since)
                await once(batch.id, "paused", state, partial(self._paused, batch))
            case BatchStatus.STOPPED | BatchStatus.DONE:
                await once(batch.id, "ended", batch.status, partial(self._ended, batch))
        return batch

    async def _problems(self, batch: Batch) -> str:
        note = await self._hand_over(batch, "problems", batch.checked)
        try:
            await self.posting.reply(batch, lambda *of: _noted(problems.table(*of), note))
        except SlackRefused as error:
            if error.code not in UNFIT:
                raise
            logger.info("no table", extra={"batch": batch.id, "slack_error": error.code})
            await self.posting.reply(batch, lambda *of: _noted(problems.text(*of), note))
        return note

    async def _paused(self, batch: Batch) -> str:
        await self.posting.reply(batch, _paused)
        return ""

    async def _ended(self, batch: Batch) -> str:
        shown = await self.posting.lookup.shown(batch)
        if shown.never_began and not _calls_sender(batch):
            # Whoever discarded it sees that on the card.
            return ""
        note = ""
        if not shown.never_began:
            note = await self._hand_over(batch, "outcomes", batch.status)
        await self.posting.reply(batch, lambda *of: _summary(*of, note=note))
        return note

    async def _hand_over(self, batch: Batch, kind: str, state: object) -> str:
        """Give its sender a file; return what is to be said of that beside it."""
        if self.files is None:
            return ""
        # Should what comes next fail, and be tried again, it is not handed over twice.
        work = partial(self._given, batch, kind)
        return await self.posting.posted.once(batch.id, f"file.{kind}", state, work)

    async def _given(self, batch: Batch, kind: str) -> str:
        lookup = self.posting.lookup
        translator = await lookup.translator_in(batch, batch.card_channel)
        try:
            await self._send(batch, kind, await lookup.translator_of(batch.request.user))
        except (Refused, TryLater, Unclear) as error:
            if isinstance(error, TryLater) and batch.tell_tries < TRIES:
                raise
            logger.warning("file not given", extra={"batch": batch.id, "reason": error.key})
            return translator("bulk.file_not_given", why=_words(error, translator))
        return translator(f"bulk.file_given.{kind}")

    async def _send(self, batch: Batch, kind: str, translator: Translator) -> None:
        if self.files is None:
            return
        write: Callable[[Batch, Translator], Awaitable[NamedFile]] = (
            self.files.write.problems if kind == "problems" else self.files.write.outcomes
        )
        file = await write(batch, translator)
        shown = await self.posting.lookup.shown(batch, in_private=True)
        comment = translator(f"bulk.file_comment.{kind}", file=card.file(shown, translator))
        await self.files.sender.send(batch.request.user, file.name, file.content, comment)


def _calls_sender(batch: Batch) -> bool:
    """Whether somebody else ended it, or nobody, so that its sender is called."""
    ended_by_other = batch.decided_by not in {"", batch.request.user}
    return ended_by_other or batch.reason in {DECLINED, EXPIRED}


def _words(error: BotError, translator: Translator) -> str:
    return sentence(Problem("", error.key, error.values), translator)


def _summary(shown: Shown, translator: Translator, *, note: str) -> Message:
    """Say how it ended, to its sender."""
    said = [
        f"<@{shown.batch.request.user}> {card.title(shown, translator)}",
        progress_view.why_ended(shown, translator),
        *progress_view.result(shown, translator),
    ]
    blocks: list[Block] = [section(short("\n".join(said), card.TEXT_LIMIT))]
    blocks += card.note(shown, translator)
    return _noted(Message("\n".join(said), blocks, None), note)


def _paused(shown: Shown, translator: Translator) -> Message:
    """Say why it paused by itself, to its sender."""
    head = f"<@{shown.batch.request.user}> {card.title(shown, translator)}"
    said = "\n".join([head, progress_view.why_paused(shown, translator)])
    return Message(said, [section(said)], None)


def _noted(message: Message, note: str) -> Message:
    if not note:
        return message
    return Message(f"{message.text}\n{note}", [*message.blocks, context(note)], message.metadata)
