"""The sends as rows: taken once, claimed once, settled with what is known."""

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.delivery.ports import Claimed
from bot.repositories import NOT_ASKED, Told
from bot.sends import (
    EXPIRED,
    LATE,
    Card,
    Outcome,
    Send,
    SendId,
    SendRequest,
    Status,
    Taken,
    TakenSend,
)
from bot.store import assumptions, statements
from bot.store.rate_limit import Permit
from bot.store.rows import send_of
from bot.store.send_decisions import SendDecisions
from bot.store.send_nudges import SendNudges
from bot.store.send_queries import SendQueries
from bot.store.send_queue import SendQueue
from bot.store.send_table import find_by_key, insert, write_overrode
from bot.store.transitions import Change


class _TooLate(Exception):
    """The call may not begin any more."""


class SendStore(SendQueries, SendQueue, SendDecisions, SendNudges):
    """Every change is one statement that looks before it writes, so that twice is once."""

    async def take(self, request: SendRequest, told: Told = NOT_ASKED) -> TakenSend:
        """Write down a request; that is all that it takes for it to be carried out.

        Not if a duplicate that nobody was told of came in between. Raises TryLater.
        """
        values = self._row(request)

        def work(connection: sa.Connection) -> TakenSend:
            between = self._came_between(connection, request, told)
            # What was handed in twice is no duplicate of itself.
            if between and not find_by_key(connection, request.key):
                return TakenSend(between, Taken.DUPLICATE)
            return self._inserted(connection, request, values)

        return self._begun(await self._write_alone(work))

    async def take_unless_known(
        self, request: SendRequest, window: timedelta, *, revision: int
    ) -> TakenSend | None:
        """Write down a request if nothing is known of its number: what most sends are.

        Looked at where it is written, so that nothing need be read before. Raises TryLater.
        """
        values = self._row(request)

        def work(connection: sa.Connection) -> TakenSend | None:
            due = self._due_alone(connection, request, window)
            row = assumptions.insert(
                connection, values, request, due=due, window=window, revision=revision
            )
            if row is not None:
                write_overrode(connection, values, request.overrode)
                return TakenSend(send_of(row), Taken.NEW)
            found = find_by_key(connection, request.key)
            return self._taken_before(found, values) if found else None

        taken = await self._write_alone(work)
        return self._begun(taken) if taken else None

    def _inserted(
        self, connection: sa.Connection, request: SendRequest, values: dict[str, Any]
    ) -> TakenSend:
        send, is_new = insert(connection, values, request.overrode)
        return TakenSend(send, Taken.NEW) if is_new else self._taken_before(send, values)

    def _begun(self, taken: TakenSend) -> TakenSend:
        if taken.how is Taken.NEW:
            self._runs.begin(taken.send)
        return taken

    async def claim(self, send_id: SendId) -> Claimed | float | None:
        """Mark the call as begun, before it is, in the transaction that takes its permit.

        Returns in how many seconds there is a permit if there is none now, and None if the call
        may not begin any more. Raises TryLater while the queue is paused.
        """
        values = self._values(send_id, {"claim": uuid.uuid4().hex})
        taken: list[Permit] = []

        def work(connection: sa.Connection) -> Claimed | float | None:
            # If this very claim was committed and only its answer was lost, it needs no second one.
            row = statements.CLAIMED.first(connection, values) if taken else None
            if row is None:
                permit = self._rate_limit.permit(connection)
                if isinstance(permit, float):
                    return permit
                taken.append(permit)
                row = statements.CLAIM.make(connection, values)
            if row is None:
                # Its permit is for the next one.
                raise _TooLate
            return Claimed(send_of(row), taken[-1].wait, is_probe=taken[-1].is_probe)

        try:
            return await self._database.write(work, thread="claim")
        except _TooLate:
            return None

    async def postpone(
        self, send: Send, *, next_try: datetime, reason: str, claim: str = ""
    ) -> Send:
        """Write down when it will be tried again, and why not now; nobody carries it meanwhile.

        With a `claim`: that call was begun, and nothing went out.
        """
        given = {"claim": claim, "next_try": next_try, "reason": reason}
        if claim:
            return await self._change(send, statements.UNCLAIM, values=given, why=reason)
        # It may wait for hours, and look again every minute.
        is_known = send.reason == reason
        return await self._change(
            send, statements.POSTPONE, values=given, why=reason, is_quiet=is_known
        )

    async def fire(self, send: Send) -> Send:
        """Let a scheduled one go out; nothing happens if its moment is another by now."""
        give_up_at = self._now() + self._periods.give_up_after
        return await self._change(
            send, statements.FIRE, values={"give_up_at": give_up_at}, why="due"
        )

    async def ask_late(self, send: Send) -> Send:
        """Leave it to a person what becomes of a scheduled one that was found late."""
        return await self._change(send, statements.ASK_LATE, values={}, why=LATE)

    async def expire(self, send: Send) -> Send:
        """End one that nobody approved in time."""
        given = {"reason": EXPIRED}
        return await self._change(send, statements.EXPIRE, values=given, why=EXPIRED)

    async def wait_until(self, send: Send, moment: datetime, *, reason: str) -> Send:
        """Write down that it is due at a later moment; it is given up so much later, too."""
        give_up_at = moment + self._periods.give_up_after
        given = {"next_try": moment, "reason": reason, "give_up_at": give_up_at}
        return await self._change(send, statements.WAIT_UNTIL, values=given, why=reason)

    async def refuse(self, send: Send, outcome: Outcome) -> Send:
        """Write down why it is not called at all; nothing happens once a call has begun."""
        given = {"status": outcome.status, "reason": outcome.reason}
        return await self._change(send, statements.REFUSE, values=given, why=outcome.reason)

    async def settle(self, send: Send, outcome: Outcome, *, claim: str) -> Send:
        """Write down what is known of this call; that is never overwritten by `unknown`."""
        changes = [statements.SETTLE]
        if outcome.status is not Status.UNKNOWN:
            changes.append(statements.SETTLE_LATE)
        given = {
            "claim": claim,
            "status": outcome.status,
            "reason": outcome.reason,
            "conversation": outcome.conversation,
            "said": outcome.vendor_message,
            "http_status": outcome.http_status,
            "execution_id": outcome.execution_id,
            "trace": outcome.trace,
            "nudge_at": self._nudge_at(outcome.status),
        }
        return await self._change(send, *changes, values=given, why=outcome.reason)

    def _nudge_at(self, status: Status) -> datetime | None:
        """Say when its sender is asked whether one arrived of which nobody reports."""
        if status is not Status.PENDING or not self._periods.nudge:
            return None
        return self._now() + self._periods.nudge

    async def card_posted(self, send_id: SendId, channel: str, ts: str) -> None:
        """Remember where the card is."""
        values = self._values(send_id, {"card_channel": channel, "card_ts": ts})
        await self._database.write(lambda c: c.execute(statements.CARD_POSTED, values))

    async def question_posted(self, send_id: SendId, channel: str, ts: str) -> None:
        """Remember where people were asked what became of an unknown one."""
        values = self._values(send_id, {"question_channel": channel, "question_ts": ts})
        await self._database.write(lambda c: c.execute(statements.QUESTION_POSTED, values))

    async def told(self, send: Send, channel: str, ts: str) -> None:
        """Remember what the people were told, and where the card is; nobody carries it any more."""
        await self._announced(send, statements.TOLD, Card(channel, ts))

    async def not_told(self, send: Send, *, reason: str) -> None:
        """Remember that nobody tries to tell it any more, and why."""
        card = Card(send.card_channel, send.card_ts)
        await self._announced(send, statements.NOT_TOLD, card, why=reason)

    async def _announced(self, send: Send, change: Change, card: Card, *, why: str = "") -> None:
        given = {"status": send.status, "card_channel": card.channel, "card_ts": card.ts}
        given["decided_by"] = send.decided_by
        now = await self._change(send, change, values=given, why=why)
        if now.is_open:
            # What was decided meanwhile is to be told as well.
            self._runs.look()

    async def tell_later(self, send: Send, *, next_try: datetime) -> None:
        """Write down when the people are told again; nobody carries it meanwhile.

        Nothing happens if something else was decided meanwhile: that is told at once.
        """
        values = self._values(send.id, {"status": send.status, "next_try": next_try})

        def work(connection: sa.Connection) -> bool:
            return connection.execute(statements.TELL_LATER, values).first() is not None

        if not await self._database.write(work):
            self._runs.look()

    async def _change(
        self,
        send: Send,
        *changes: Change,
        values: Mapping[str, object],
        why: str = "",
        is_quiet: bool = False,
    ) -> Send:
        """Make the first change that the row is fit for; return it as it is then in any case."""
        given = self._values(send.id, values, why=why)

        def work(connection: sa.Connection) -> Send:
            for change in changes:
                make = change.make_quietly if is_quiet else change.make
                if (row := make(connection, given)) is not None:
                    return send_of(row)
            return send_of(statements.FIND.one(connection, given))

        return await self._database.write(work)
