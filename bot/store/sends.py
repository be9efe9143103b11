"""The sends as rows: taken once, claimed once, settled with what is known."""

import itertools
import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

import sqlalchemy as sa

from bot.delivery import Claimed
from bot.sends import (
    Checked,
    Due,
    Outcome,
    Send,
    SendId,
    SendRequest,
    Status,
    Taken,
    nth_try,
)
from bot.store import statements
from bot.store.clock import Clock
from bot.store.database import Database
from bot.store.rate_limit import Permit, StoredRateLimit
from bot.store.rows import due_of, send_of, to_row
from bot.store.tables import last_four, sends

CONTENTS = (
    "template",
    "phone",
    "client_name",
    "group_name",
    "assign",
    "params",
    "user_id",
)

# A listener answers within Slack's three seconds, database or not.
LISTENER_PATIENCE = 1.5
KNOWN = frozenset(Status)
RECENTS = 50  # sends in which a person's own templates are looked for
# Two readings of a clock may differ by this much; what is later than that, a wrong clock wrote.
TOLERANCE = timedelta(seconds=2)


class _TooLate(Exception):
    """The call may not begin any more."""


class Runs(Protocol):
    """Who carries out, in this process, what is written down."""

    process: str  # names it in the rows that it carries; empty: it only takes sends

    def begin(self, send: Send) -> None:
        """Carry this one, which the row says already."""
        ...

    def look(self) -> None:
        """Look for what is to be done: something was decided."""
        ...


class NoRuns:
    """A process that leaves it to others, who look for themselves."""

    process = ""

    def begin(self, send: Send) -> None:
        """Leave it."""

    def look(self) -> None:
        """Leave it."""


class SendStore:
    """Every change is one statement that looks before it writes, so that twice is once."""

    def __init__(
        self,
        database: Database,
        *,
        rate_limit: StoredRateLimit,
        give_up_after: timedelta,
        runs: Runs | None = None,
        clock: Clock | None = None,
    ) -> None:
        """Tell `runs` what is to be done, once that is committed."""
        self._database = database
        self._pace = rate_limit
        self._runs = runs or NoRuns()
        self._give_up_after = give_up_after
        self._clock = clock or Clock()
        self._now = self._clock.now

    async def take(self, request: SendRequest) -> Taken:
        """Write down an order; that is all that it takes for it to be carried out.

        Raises TryLater.
        """
        values = self._row(request)

        def work(connection: sa.Connection) -> Send | Taken:
            if row := _insert(connection, values):
                return send_of(row)
            row = connection.execute(statements.FIND, {"b_id": request.id}).one()
            same = all(getattr(row, name) == values[name] for name in CONTENTS)
            return Taken.AGAIN if same else Taken.CHANGED

        taken = await self._database.write(work, patience=LISTENER_PATIENCE)
        if isinstance(taken, Taken):
            return taken
        self._runs.begin(taken)
        return Taken.NEW

    async def get(self, send_id: SendId) -> Send:
        """Read one send, waiting for the database as long as it takes."""
        found = await self._database.read(lambda c: _find(c, send_id))
        if found is None:
            raise LookupError(send_id)
        return found

    async def find(self, send_id: SendId) -> Send | None:
        """Read one send for a person who waits; None if there is none. Raises TryLater."""
        return await self._database.read(lambda c: _find(c, send_id), patience=LISTENER_PATIENCE)

    async def tries(self, send_id: SendId) -> tuple[Send, ...]:
        """Read every try of what was asked for, the first one first; waits for the database."""
        return await self._database.read(lambda c: tuple(_tries(c, send_id)))

    async def recent(self, user: str, limit: int) -> tuple[Send, ...]:
        """Read a person's last sends, the newest first. Raises TryLater."""
        return await self._newest(sends.c.user_id == user, limit=limit)

    async def ending_in(self, digits: str, *, user: str, limit: int) -> tuple[Send, ...]:
        """Read the last sends to numbers that end so, of one person or (empty) of everybody.

        `digits` are four at least. Raises TryLater.
        """
        whose = sends.c.user_id == user if user else sa.true()
        ends = last_four(self._database.engine.dialect) == digits[-4:]
        return await self._newest(ends, sends.c.phone.endswith(digits), whose, limit=limit)

    async def recent_templates(self, user: str) -> tuple[str, ...]:
        """Name the templates that a person sent last, each once, the newest first.

        Raises TryLater.
        """
        query = (
            sa.select(sends.c.template)
            .where(sends.c.user_id == user)
            .order_by(sends.c.created.desc())
            .limit(RECENTS)
        )
        found = await self._database.read(
            lambda c: c.execute(query).scalars().all(), patience=LISTENER_PATIENCE
        )
        return tuple(dict.fromkeys(found))

    async def _newest(self, *which: sa.ColumnElement[bool], limit: int) -> tuple[Send, ...]:
        query = sa.select(sends).where(*which).order_by(sends.c.created.desc()).limit(limit)
        return await self._database.read(
            lambda c: tuple(send_of(row) for row in c.execute(query)), patience=LISTENER_PATIENCE
        )

    async def claim(self, send_id: SendId) -> Claimed | float | None:
        """Mark the call as begun, before it is, in the transaction that takes its permit.

        Returns in how many seconds there is a permit if there is none now, and None if the call
        may not begin any more. Raises TryLater while the queue is on hold.
        """
        values = self._values(send_id, claim=uuid.uuid4().hex)
        taken: list[Permit] = []

        def work(connection: sa.Connection) -> Claimed | float | None:
            # If this very claim was committed and only its answer was lost, it needs no second one.
            row = connection.execute(statements.CLAIMED, values).one_or_none() if taken else None
            if row is None:
                permit = self._pace.permit(connection)
                if isinstance(permit, float):
                    return permit
                taken.append(permit)
                row = connection.execute(statements.CLAIM, values).one_or_none()
            if row is None:
                # Its permit is for the next one.
                raise _TooLate
            return Claimed(send_of(row), taken[-1].wait, is_probe=taken[-1].is_probe)

        try:
            return await self._database.write(work, is_claim=True)
        except _TooLate:
            return None

    async def postpone(
        self, send: Send, *, next_try: datetime, reason: str, claim: str = ""
    ) -> Send:
        """Write down when it will be tried again, and why not now; nobody carries it meanwhile.

        With a `claim`: that call was begun, and nothing went out.
        """
        statement = statements.UNCLAIM if claim else statements.POSTPONE
        return await self._change(statement, send, claim=claim, next_try=next_try, reason=reason)

    async def refuse(self, send: Send, outcome: Outcome) -> Send:
        """Write down why it is not called at all; nothing happens once a call has begun."""
        return await self._change(
            statements.REFUSE, send, status=outcome.status, reason=outcome.reason
        )

    async def settle(self, send: Send, outcome: Outcome, *, claim: str) -> Send:
        """Write down what is known of this call; that is never overwritten by `unknown`."""
        is_known = outcome.status is not Status.UNKNOWN
        return await self._change(
            statements.SETTLE if is_known else statements.SETTLE_UNKNOWN,
            send,
            claim=claim,
            status=outcome.status,
            reason=outcome.reason,
            conversation=outcome.conversation,
            said=outcome.said,
            http_status=outcome.http_status,
            execution_id=outcome.execution_id,
            trace=outcome.trace,
        )

    async def card_posted(self, send_id: SendId, channel: str, ts: str) -> None:
        """Remember where the card is."""
        values = self._values(send_id, card_channel=channel, card_ts=ts)
        await self._database.write(lambda c: c.execute(statements.CARD_POSTED, values))

    async def question_posted(self, send_id: SendId, channel: str, ts: str) -> None:
        """Remember where people were asked what became of an unknown one."""
        values = self._values(send_id, question_channel=channel, question_ts=ts)
        await self._database.write(lambda c: c.execute(statements.QUESTION_POSTED, values))

    async def told(self, send: Send, channel: str, ts: str) -> None:
        """Remember what the people were told, and where the card is; nobody carries it any more."""
        now = await self._change(
            statements.TOLD, send, status=send.status, card_channel=channel, card_ts=ts
        )
        if now.is_open:
            # What was decided meanwhile is to be told as well.
            self._runs.look()

    async def tell_later(self, send: Send, *, next_try: datetime) -> None:
        """Write down when the people are told again; nobody carries it meanwhile.

        Nothing happens if something else was decided meanwhile: that is told at once.
        """
        now = await self._change(statements.TELL_LATER, send, status=send.status, next_try=next_try)
        if now.status != send.status:
            self._runs.look()

    async def due(self, limit: int) -> tuple[Due, ...]:
        """Find what is open and due, whoever carries it; what is due first comes first."""
        now = self._now()
        values = {"b_now": now, "b_late": now + TOLERANCE, "b_limit": limit}

        def work(connection: sa.Connection) -> tuple[Due, ...]:
            self._clock.compare(connection)
            rows = connection.execute(statements.DUE, values)
            # What only a newer version knows is for its processes, and stops nobody here.
            return tuple(due_of(row, now) for row in rows if row.status in KNOWN)

        return await self._database.read(work)

    async def take_up(self, found: Sequence[Due]) -> tuple[Send, ...]:
        """Carry these from now on, as far as nobody was quicker."""
        wanted = [
            self._values(each.id, seen_runner=each.runner, seen_runs=each.runs) for each in found
        ]

        def work(connection: sa.Connection) -> tuple[Send, ...]:
            rows = (connection.execute(statements.TAKE_UP, each).one_or_none() for each in wanted)
            return tuple(send_of(row) for row in rows if row is not None)

        return await self._database.write(work)

    async def resume(self) -> None:
        """Let those go on that wait for the end of a hold: it has ended."""
        await self._database.write(lambda c: c.execute(statements.RESUME, {"b_now": self._now()}))
        self._runs.look()

    async def check_now(self) -> Checked:
        """Let one that waits for the end of a hold try at once. Raises TryLater."""
        values = {"b_now": self._now()}

        def work(connection: sa.Connection) -> Checked:
            if not self._pace.end_hold(connection):
                return Checked.NOT_HELD
            woken = connection.execute(statements.WAKE_SOME, values).all()
            return Checked.BEGUN if woken else Checked.NOTHING_WAITS

        checked = await self._database.write(work, patience=LISTENER_PATIENCE)
        self._runs.look()
        return checked

    async def hand_over(self) -> None:
        """Leave to others at once what this process would carry, but for calls under way."""
        values = {"b_process": self._runs.process}
        await self._database.write(
            lambda c: c.execute(statements.HAND_OVER, values), patience=LISTENER_PATIENCE
        )

    async def cancel(self, send_id: SendId, *, user: str) -> bool:
        """Stop a send before its call; False if it is too late."""
        return await self._decide(
            send_id, Status.QUEUED, Status.CANCELLED, reason="cancelled", user=user
        )

    async def resolve_sent(self, send_id: SendId, *, user: str) -> bool:
        """Take a person's word that an unknown one arrived; False if that is decided already."""
        return await self._decide(send_id, Status.UNKNOWN, Status.SENT, reason="arrived", user=user)

    async def send_again(self, request: SendRequest) -> SendId | None:
        """Take a person's word that the one it replaces did not arrive, and write down this one.

        None if that is decided already.
        """
        if request.replaces is None:
            raise ValueError(request.id)
        values = self._row(request)
        decision = _Decision(
            self._values(
                request.replaces,
                before=Status.UNKNOWN,
                status=Status.FAILED,
                reason="not_arrived",
                user=request.user,
            )
        )

        def work(connection: sa.Connection) -> Send | None:
            if not decision.made(connection):
                return None
            # There already if it was committed and only the answer was lost.
            row = _insert(connection, values) or _find_row(connection, request.id)
            return None if row is None else send_of(row)

        taken = await self._database.write(work, patience=LISTENER_PATIENCE)
        if taken is None:
            return None
        self._runs.begin(taken)
        self._runs.look()
        return taken.id

    async def _decide(
        self, send_id: SendId, before: Status, after: Status, *, reason: str, user: str
    ) -> bool:
        values = self._values(send_id, before=before, status=after, reason=reason, user=user)
        decision = _Decision(values)
        decided = await self._database.write(decision.made, patience=LISTENER_PATIENCE)
        self._runs.look()
        return decided

    async def _change(self, statement: sa.Update, send: Send, **values: object) -> Send:
        """Change a row if it is as it must be, and return it as it is then in any case."""
        given = self._values(send.id, **values)

        def work(connection: sa.Connection) -> Send:
            row = connection.execute(statement, given).one_or_none()
            if row is None:
                row = connection.execute(statements.FIND, given).one()
            return send_of(row)

        return await self._database.write(work)

    def _values(self, send_id: SendId, **values: object) -> dict[str, object]:
        """Name the values as the statements do."""
        named = {f"b_{name}": value for name, value in values.items()}
        return named | {"b_id": send_id, "b_process": self._runs.process, "b_now": self._now()}

    def _row(self, request: SendRequest) -> dict[str, Any]:
        row = to_row(request, now=self._now(), give_up_after=self._give_up_after)
        return row | {"runner": self._runs.process, "runs": 1}


def _insert(connection: sa.Connection, values: dict[str, Any]) -> sa.Row[Any] | None:
    """Insert a send unless it is there; return its row if it was new."""
    return connection.execute(statements.INSERTS[connection.dialect.name], values).first()


class _Decision:
    """What a person decided, written down once."""

    def __init__(self, values: dict[str, object]) -> None:
        self._values = values
        self._is_tried = False

    def made(self, connection: sa.Connection) -> bool:
        """Decide unless that is done; say whether it was this very decision that did it."""
        is_again, self._is_tried = self._is_tried, True
        if connection.execute(statements.DECIDE, self._values).rowcount == 1:
            return True
        # It was committed, and only the answer was lost: then it is told apart by its moment.
        return is_again and connection.execute(statements.DECIDED, self._values).first() is not None


def _find_row(connection: sa.Connection, send_id: SendId) -> sa.Row[Any] | None:
    return connection.execute(statements.FIND, {"b_id": send_id}).one_or_none()


def _find(connection: sa.Connection, send_id: SendId) -> Send | None:
    row = _find_row(connection, send_id)
    return None if row is None else send_of(row)


def _tries(connection: sa.Connection, send_id: SendId) -> Iterator[Send]:
    for number in itertools.count(1):
        send = _find(connection, nth_try(send_id, number))
        if send is None:
            return
        yield send
