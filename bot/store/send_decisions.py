"""What people decide about a send, written down once."""

import sqlalchemy as sa

from bot.repositories import NOT_ASKED, Told
from bot.sends import Send, SendId, SendRequest, Status
from bot.store import statements
from bot.store.send_table import LISTENER_PATIENCE, SendTable, insert
from bot.store.transitions import Change, Values


class SendDecisions(SendTable):
    """Who is second is told that it is decided."""

    async def cancel(self, send_id: SendId, *, user: str) -> bool:
        """Stop a send before its call; False if it is too late."""
        return await self._decide(
            send_id, Status.QUEUED, Status.CANCELLED, reason="cancelled", user=user
        )

    async def resolve_sent(self, send_id: SendId, *, user: str) -> bool:
        """Take a person's word that an unknown one arrived; False if that is decided already."""
        return await self._decide(send_id, Status.UNKNOWN, Status.SENT, reason="arrived", user=user)

    async def resolve_not_sent(self, send_id: SendId, *, user: str) -> bool:
        """Take a person's word that an unknown one did not arrive, and is left so.

        False if that is decided already.
        """
        values = self._values(send_id, {"status": Status.UNKNOWN}, actor=user, why="left")
        return await self._write_down(_Decision(statements.LEAVE, values))

    async def send_now(self, send_id: SendId, *, user: str) -> bool:
        """Let one that waits try at once; False if it waits no more, or for a token."""
        values = self._values(send_id, actor=user, why="try_now")

        def work(connection: sa.Connection) -> bool:
            return statements.TRY_NOW.make(connection, values) is not None

        is_due = await self._database.write(work, patience=LISTENER_PATIENCE)
        self._runs.look()
        return is_due

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
            Status.FAILED,
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

    async def _decide(
        self, send_id: SendId, before: Status, after: Status, *, reason: str, user: str
    ) -> bool:
        return await self._write_down(
            self._decision(send_id, before, after, reason=reason, user=user)
        )

    async def _write_down(self, decision: "_Decision") -> bool:
        decided = await self._database.write(decision.made, patience=LISTENER_PATIENCE)
        self._runs.look()
        return decided

    def _decision(
        self, send_id: SendId, before: Status, after: Status, *, reason: str, user: str
    ) -> "_Decision":
        given = {"status": after, "reason": reason}
        values = self._values(send_id, given, actor=user, why=reason)
        return _Decision(statements.DECIDE[before], values)


class _Decision:
    """What a person decided, written down once."""

    def __init__(self, change: Change, values: Values) -> None:
        self._change = change
        self._values = values
        self._is_tried = False

    def made(self, connection: sa.Connection) -> bool:
        """Decide unless that is done; say whether it was this very decision that did it."""
        is_again, self._is_tried = self._is_tried, True
        if self._change.make(connection, self._values) is not None:
            return True
        # It was committed, and only the answer was lost: then it is told apart by its moment.
        return is_again and connection.execute(statements.DECIDED, self._values).first() is not None
