"""What people decide about a send, written down once."""

import dataclasses
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.events import Kind
from bot.repositories import NOT_ASKED, Told
from bot.sends import (
    CHANGED,
    DECLINED,
    EXPIRED,
    Send,
    SendId,
    SendRequest,
    Status,
    Taken,
    TakenSend,
)
from bot.store import statements
from bot.store.decision import Decision
from bot.store.send_table import LISTENER_PATIENCE, SendTable, find, find_by_key, insert
from bot.store.transitions import Change, Values, write_event


class SendDecisions(SendTable):
    """Who is second is told that it is decided."""

    async def cancel(self, send_id: SendId, *, user: str) -> bool:
        """Stop a send before its call; False if it is too late."""
        before = (Status.QUEUED, Status.SCHEDULED, Status.AWAITING_APPROVAL)
        return await self._decide(
            send_id, *before, after=Status.CANCELLED, reason="cancelled", user=user
        )

    async def resolve_sent(self, send_id: SendId, *, user: str) -> bool:
        """Take a person's word that an unknown one arrived; False if that is decided already."""
        return await self._decide(
            send_id, Status.UNKNOWN, after=Status.SENT, reason="arrived", user=user
        )

    async def resolve_not_sent(self, send_id: SendId, *, user: str) -> bool:
        """Take a person's word that an unknown one did not arrive, and is left so.

        False if that is decided already.
        """
        values = self._values(send_id, {"status": Status.UNKNOWN}, actor=user, why="left")
        return await self._decided(Decision((statements.LEAVE,), values))

    async def send_now(self, send_id: SendId, *, user: str) -> bool:
        """Let one that waits go at once; False if it waits no more, or for a token or a person."""
        give_up_at = self._now() + self._periods.give_up_after
        values = self._values(send_id, {"give_up_at": give_up_at}, actor=user, why="try_now")

        return await self._decided(
            Decision((statements.TRY_NOW, statements.SEND_NOW), values, statements.IS_MADE)
        )

    async def send_again(self, request: SendRequest, told: Told = NOT_ASKED) -> SendId | None:
        """Take a person's word that the one it replaces did not arrive, and write down this one.

        None if that is decided already, or a duplicate that nobody was told of came in between.
        """
        if request.replaces is None:
            raise ValueError(request.id)
        values = self._row(request, why="retry")
        decision = self._decision(
            request.replaces,
            Status.UNKNOWN,
            after=Status.FAILED,
            reason="not_arrived",
            user=request.user,
        )

        def work(connection: sa.Connection) -> Send | None:
            if self._came_between(connection, request, told) or not decision.made(connection):
                return None
            # There already if it was committed and only the answer was lost.
            return insert(connection, values)[0]

        taken = await self._write_alone(work)
        if taken is None:
            return None
        self._runs.begin(taken)
        self._runs.look()
        return taken.id

    async def take_instead(self, request: SendRequest, told: Told = NOT_ASKED) -> TakenSend | None:
        """Write down what takes the place of one that has not gone out, and of its card.

        None if that one goes out already, or its end was decided. Raises TryLater.
        """
        if request.changed_from is None:
            raise ValueError(request.id)
        values = self._row(request, why="changed")
        old = self._values(
            request.changed_from, {"reason": CHANGED}, actor=request.user, why=CHANGED
        )

        def work(connection: sa.Connection) -> TakenSend | None:
            if there := find_by_key(connection, request.key):
                return self._taken_before(there, values)
            if between := self._came_between(connection, request, told):
                return TakenSend(between, Taken.DUPLICATE)
            before = find(connection, SendId(str(old["b_id"])))
            if before is None:
                return None
            if not _can_take_over(before, request):
                return self._replaced(connection, request, (values, old), statements.REPLACE_APART)
            card = {"b_card_channel": before.card_channel, "b_card_ts": before.card_ts}
            return self._replaced(
                connection, request, (values | card, old), statements.REPLACE, keeps_card=True
            )

        taken = await self._write_alone(work)
        if taken and taken.how is Taken.NEW:
            self._runs.begin(taken.send)
            self._runs.look()
        return taken

    def _replaced(
        self,
        connection: sa.Connection,
        request: SendRequest,
        values: tuple[dict[str, Any], Values],
        changes: Mapping[Status, Change],
        *,
        keeps_card: bool = False,
    ) -> TakenSend | None:
        """End the old one and insert the new one; None if the old one goes out already."""
        new, old = values
        if all(each.make(connection, old) is None for each in changes.values()):
            return None
        send, _ = insert(connection, new, request.overrode)
        if keeps_card:
            connection.execute(statements.CARD_POSTED, {**new, "b_id": send.id})
            channel, ts = new["b_card_channel"], new["b_card_ts"]
            send = dataclasses.replace(send, card_channel=channel, card_ts=ts)
        return TakenSend(send, Taken.NEW)

    async def approve(self, send_id: SendId, *, user: str) -> bool:
        """Let one go on that waits for a second person; False if it waits no more."""
        now = self._now()
        values = self._values(send_id, actor=user, why="approved") | {"b_now": now}
        decision = Decision((statements.APPROVE,), values, statements.IS_MADE)

        def work(connection: sa.Connection) -> bool:
            send = find(connection, send_id)
            if send is None:
                return False
            return decision.made(connection, self._once_approved(send, now))

        is_approved = await self._database.write(work, patience=LISTENER_PATIENCE)
        self._runs.look()
        return is_approved

    def _once_approved(self, send: Send, now: datetime) -> Values:
        """Say how one goes on that is approved now: at its moment, or at once if that is past."""
        moment = send.request.send_at.instant if send.request.send_at else now
        is_later = moment > now
        return {
            "b_status": Status.SCHEDULED if is_later else Status.QUEUED,
            "b_due_at": moment if is_later else None,
            "b_give_up_at": max(moment, now) + self._periods.give_up_after,
        }

    async def decline(self, send_id: SendId, *, user: str, note: str = "") -> bool:
        """Refuse to approve one, with a reason; False if that is decided already.

        What comes after the time to approve ended is kept in the timeline.
        """
        given = {"status": Status.CANCELLED, "reason": DECLINED, "note": note}
        values = self._values(send_id, given, actor=user, why=DECLINED)
        decision = Decision((statements.DECLINE,), values)

        def work(connection: sa.Connection) -> bool:
            if decision.made(connection):
                return True
            send = find(connection, send_id)
            if send and send.reason == EXPIRED:
                write_event(connection, Kind.REFUSED, values)
            return False

        is_declined = await self._database.write(work, patience=LISTENER_PATIENCE)
        self._runs.look()
        return is_declined

    async def _decide(
        self, send_id: SendId, *before: Status, after: Status, reason: str, user: str
    ) -> bool:
        return await self._decided(
            self._decision(send_id, *before, after=after, reason=reason, user=user)
        )

    def _decision(
        self, send_id: SendId, *before: Status, after: Status, reason: str, user: str
    ) -> Decision:
        given = {"status": after, "reason": reason}
        values = self._values(send_id, given, actor=user, why=reason)
        return Decision(tuple(statements.DECIDE[each] for each in before), values)


def _can_take_over(before: Send, request: SendRequest) -> bool:
    """Whether a card stands where whoever asks for the new send reads it, too."""
    return before.request.user == request.user or before.card_channel.startswith(("C", "G"))
