"""Fakes that remember: one of each, for every test."""

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.delivery import Claimed
from bot.errors import BotError
from bot.sends import Card, Origin, Outcome, Send, SendId, SendRequest, Status
from bot.store.rate_limit import Permit
from bot.templates import Category, Template
from bot.templates.params import Param

NOON = datetime(2026, 5, 3, 12, 0, tzinfo=UTC)
TEMPLATE = "AbCdEfGhIjKlMnOpQrSt"
ALICE, CARLA = "U0ALICE0001", "U0CARLA0001"

# What comes of asking for a permit: one, in how many seconds there is one, or why there is none.
ClaimAnswer = Permit | float | BotError


def make_order(**changes: Any) -> SendRequest:
    """Make an order; what a test says nothing about is ordinary."""
    request = SendRequest(
        id=SendId("V0001"),
        key=changes.get("id", "V0001"),
        template=TEMPLATE,
        phone="50761234567",
        country="PA",
        client_name="Rosa",
        group="Citas",
        assign=False,
        params=(("client_name", "Rosa"),),
        user=ALICE,
        origin=Origin(channel="C0SOPORTE01"),
    )
    return dataclasses.replace(request, **changes)


def make_send(status: Status = Status.QUEUED, **changes: Any) -> Send:
    """Make a send; fields of its order may be given, too."""
    names = {field.name for field in dataclasses.fields(SendRequest)}
    ordered = {name: changes.pop(name) for name in tuple(changes) if name in names}
    send = Send(
        request=make_order(**ordered),
        status=status,
        created=NOON,
        updated=NOON,
        give_up_at=NOON + timedelta(hours=6),
    )
    return dataclasses.replace(send, **changes)


class FakeClock:
    """A clock that goes on only when somebody sleeps by it, and may be wrong beside that."""

    def __init__(self, start: datetime = NOON) -> None:
        self.moment = start
        self.slept: list[float] = []
        self._passed = 0.0

    def now(self) -> datetime:
        return self.moment

    def seconds(self) -> float:
        return self.moment.timestamp()

    def monotonic(self) -> float:
        return self._passed

    def pass_by(self, seconds: float) -> None:
        """Let time pass."""
        self.moment += timedelta(seconds=seconds)
        self._passed += seconds

    def jump(self, seconds: float) -> None:
        """Set the clock to another time, while none passes."""
        self.moment += timedelta(seconds=seconds)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.pass_by(seconds)


class FakeSteps:
    """The steps of a send's life, as a list; each attempt leaves the send as a test wants."""

    def __init__(self, after: Send) -> None:
        self.done: list[str] = []
        self._after = after

    async def attempt(self, send: Send) -> Send:
        self.done.append(f"attempt {send.id}")
        return self._after

    async def tell(self, send: Send) -> None:
        self.done.append(f"tell {send.id} {send.status}")


class FakeBook:
    """One send as it is written down, and what was written."""

    def __init__(
        self, send: Send, *, now: Callable[[], datetime], claims: Sequence[ClaimAnswer] = ()
    ) -> None:
        self.send = send
        self.outcomes: list[Outcome] = []
        self.resumed = 0
        self.given_up: list[str] = []  # why nobody tries to tell it any more
        self.meanwhile: Callable[[], object] = lambda: None  # what happens just before a claim
        self._claims = list(claims)
        self._now = now

    async def get(self, send_id: SendId) -> Send:
        assert send_id == self.send.id
        return self.send

    async def claim(self, send_id: SendId) -> Claimed | float | None:
        self.meanwhile()
        answer = self._claims.pop(0) if self._claims else Permit(0.0)
        if isinstance(answer, BotError):
            raise answer
        if isinstance(answer, float):
            return answer
        if self.send.status is not Status.QUEUED:
            return None
        self.change(status=Status.SENDING, claim=f"claim {self.send.tries}", next_try=None)
        return Claimed(self.send, answer.wait, is_probe=answer.is_probe)

    async def settle(self, send: Send, outcome: Outcome, *, claim: str) -> Send:
        assert (self.send.status, self.send.claim) == (Status.SENDING, claim)
        return self._end(outcome)

    async def refuse(self, send: Send, outcome: Outcome) -> Send:
        assert self.send.status is Status.QUEUED
        return self._end(outcome)

    async def postpone(
        self, send: Send, *, next_try: datetime, reason: str, claim: str = ""
    ) -> Send:
        if self.send.status is (Status.SENDING if claim else Status.QUEUED):
            assert claim in {"", self.send.claim}
            tries = self.send.tries + 1
            self.change(
                status=Status.QUEUED, claim="", next_try=next_try, reason=reason, tries=tries
            )
        return self.send

    async def told(self, send: Send, channel: str, ts: str) -> None:
        self.change(told=send.status, card_channel=channel, card_ts=ts, next_try=None)

    async def not_told(self, send: Send, *, reason: str) -> None:
        self.given_up.append(reason)
        self.change(told=send.status, next_try=None)

    async def resume(self) -> None:
        self.resumed += 1

    async def tell_later(self, send: Send, *, next_try: datetime) -> None:
        self.change(next_try=next_try, tell_tries=self.send.tell_tries + 1)

    def change(self, **changes: Any) -> None:
        self.send = dataclasses.replace(self.send, updated=self._now(), **changes)

    def _end(self, outcome: Outcome) -> Send:
        self.outcomes.append(outcome)
        self.change(status=outcome.status, reason=outcome.reason, next_try=None, ended=self._now())
        return self.send


class FakePace:
    """Whether the queue was put on hold, and released."""

    def __init__(self) -> None:
        self.held: list[float] = []
        self.released = 0
        self.is_held = False  # by another process, or before

    async def hold(self, seconds: float) -> bool:
        self.held.append(seconds)
        return len(self.held) == 1 and not self.is_held

    async def release(self) -> None:
        self.released += 1


class FakeAlerts:
    """What the admins would be told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def token_refused(self, http_status: int) -> None:
        self.told.append("refused")

    def token_taken(self) -> None:
        self.told.append("taken")


class FakeNotifier:
    """Tells nobody, and remembers what it would have told; refuses as a test wants."""

    def __init__(self, *refusals: BotError) -> None:
        self.begun: list[Send] = []
        self.shown: list[Send] = []
        self.told: list[Send] = []
        self._refusals = list(refusals)

    def begin(self, send: Send) -> None:
        self.begun.append(send)

    def show(self, send: Send) -> None:
        self.shown.append(send)

    async def tell(self, send: Send) -> Card:
        if self._refusals:
            raise self._refusals.pop(0)
        self.told.append(send)
        return Card("C0SOPORTE01", "1.2")


class FakeAtom:
    """Answers calls as a test wants, and keeps the status that each send had at its call."""

    def __init__(self, book: FakeBook, *answers: Outcome | BotError) -> None:
        self.statuses: list[Status] = []
        self._book = book
        self._answers = list(answers)

    async def call(self, send: Send) -> Outcome:
        assert send == self._book.send
        self.statuses.append(send.status)
        answer = self._answers.pop(0)
        if isinstance(answer, BotError):
            raise answer
        return answer


class FakeRuns:
    """Runs nothing, and remembers what it was told to."""

    def __init__(self, process: str = "this") -> None:
        self.process = process
        self.begun: list[Send] = []
        self.looked = 0

    def begin(self, send: Send) -> None:
        self.begun.append(send)

    def look(self) -> None:
        self.looked += 1


class FakeSlack:
    """Slack's two questions about people: what it answers, and how often it was asked."""

    def __init__(self) -> None:
        self.users: dict[str, dict[str, Any]] = {}
        self.groups: dict[str, list[str]] = {}
        self.disabled: set[str] = set()
        self.asked: list[str] = []
        self.raises: dict[str, list[Exception]] = {}
        self.answers: Callable[[], Awaitable[None]] | None = None
        self._knocked = asyncio.Condition()

    async def users_info(self, *, user: str, include_locale: bool) -> dict[str, Any]:
        await self._asked(user)
        return {"ok": True, "user": self.users[user]}

    async def usergroups_users_list(self, *, usergroup: str, team_id: str) -> dict[str, Any]:
        await self._asked(usergroup)
        return {"ok": True, "users": self.groups[usergroup]}

    async def usergroups_list(
        self, *, include_users: bool, include_disabled: bool, team_id: str
    ) -> dict[str, Any]:
        await self._asked("usergroups.list")
        groups = [
            {"id": name, "users": users, "date_delete": int(name in self.disabled)}
            for name, users in self.groups.items()
        ]
        return {"ok": True, "usergroups": groups}

    async def until_asked(self, times: int) -> None:
        """Wait until so many questions have come in."""
        async with self._knocked:
            await self._knocked.wait_for(lambda: len(self.asked) >= times)

    async def _asked(self, what: str) -> None:
        self.asked.append(what)
        async with self._knocked:
            self._knocked.notify_all()
        if self.answers is not None:
            await self.answers()
        if self.raises.get(what):
            raise self.raises[what].pop(0)


def make_template(**changes: Any) -> Template:
    """Make a template with three parameters; what a test says nothing about is ordinary."""
    template = Template(
        name="Recordatorio de cita",
        id=TEMPLATE,
        language="es",
        category=Category.UTILITY,
        body="Hola {{client_name}}, su cita es el {{Fecha de cita}} en {{Sede}}.",
        params=(Param("client_name"), Param("Fecha de cita"), Param("Sede")),
    )
    return dataclasses.replace(template, **changes)


def make_one_param_template(**changes: Any) -> Template:
    """Make a template that asks for one value, `Valor`; the changes are the parameter's."""
    return make_template(
        body="Su valor: {{Valor}}.", params=(Param(**{"name": "Valor", **changes}),)
    )
