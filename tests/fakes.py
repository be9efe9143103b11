"""Fakes that remember: one of each, for every test."""

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.delivery import Slot
from bot.errors import BotError
from bot.sends import Order, Outcome, Place, Send, SendId, Status
from bot.templates import Category, Template
from bot.templates.params import Param

NOON = datetime(2026, 5, 3, 12, 0, tzinfo=UTC)
TEMPLATE = "AbCdEfGhIjKlMnOpQrSt"
ALICE, CARLA = "U0ALICE0001", "U0CARLA0001"


def make_order(**changes: Any) -> Order:
    """Make an order; what a test says nothing about is ordinary."""
    order = Order(
        id=SendId("V0001"),
        template=TEMPLATE,
        phone="50761234567",
        country="PA",
        client_name="Rosa",
        group="Citas",
        assign=False,
        params=(("client_name", "Rosa"),),
        user=ALICE,
        place=Place(channel="C0SOPORTE01"),
    )
    return dataclasses.replace(order, **changes)


def make_send(status: Status = Status.QUEUED, **changes: Any) -> Send:
    """Make a send; fields of its order may be given, too."""
    names = {field.name for field in dataclasses.fields(Order)}
    ordered = {name: changes.pop(name) for name in tuple(changes) if name in names}
    send = Send(
        order=make_order(**ordered),
        status=status,
        created=NOON,
        updated=NOON,
        give_up_at=NOON + timedelta(hours=6),
    )
    return dataclasses.replace(send, **changes)


class FakeClock:
    """A clock that goes on only when somebody sleeps by it."""

    def __init__(self, start: datetime = NOON) -> None:
        self.moment = start
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.moment

    def seconds(self) -> float:
        return self.moment.timestamp()

    def pass_by(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.pass_by(seconds)


class FakeSteps:
    """The steps of a send's life, as a list."""

    def __init__(self, *attempts: float | None) -> None:
        self.done: list[str] = []
        self._attempts = list(attempts)

    async def attempt(self, send_id: SendId) -> float | None:
        self.done.append(f"attempt {send_id}")
        return self._attempts.pop(0)

    async def pause(self, seconds: float) -> None:
        self.done.append(f"pause {seconds:g}")

    async def tell(self, send_id: SendId) -> None:
        self.done.append(f"tell {send_id}")


class FakeBook:
    """One send as it is written down, with every status that it ever had."""

    def __init__(self, send: Send, *, now: Callable[[], datetime]) -> None:
        self.send = send
        self.outcomes: list[Outcome] = []
        self.meanwhile: Status | None = None  # what it has become just before the claim
        self._now = now

    async def get(self, send_id: SendId) -> Send:
        assert send_id == self.send.id
        return self.send

    async def claim(self, send_id: SendId) -> str | None:
        if self.meanwhile is not None:
            self._change(status=self.meanwhile)
        if self.send.status is not Status.QUEUED:
            return None
        self._change(status=Status.SENDING, claim="claim")
        return "claim"

    async def unclaim(self, send_id: SendId, *, claim: str) -> None:
        assert claim == self.send.claim
        self._change(status=Status.QUEUED, claim="")

    async def settle(self, send_id: SendId, outcome: Outcome, *, claim: str) -> None:
        assert claim == self.send.claim
        self._end(outcome)

    async def refuse(self, send_id: SendId, outcome: Outcome) -> None:
        assert self.send.status is Status.QUEUED
        self._end(outcome)

    def _end(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)
        self._change(status=outcome.status, reason=outcome.reason)

    async def postpone(self, send_id: SendId, *, next_try: datetime, reason: str) -> None:
        self._change(next_try=next_try, reason=reason, tries=self.send.tries + 1)

    def _change(self, **changes: Any) -> None:
        self.send = dataclasses.replace(self.send, updated=self._now(), **changes)


class FakePace:
    """Slots as a test wants them, and whether the queue is on hold."""

    def __init__(self, *slots: Slot | BotError) -> None:
        self.held: list[float] = []
        self.released = 0
        self.refuses: BotError | None = None
        self._slots = list(slots)

    async def slot(self) -> Slot:
        slot = self._slots.pop(0) if self._slots else Slot(0.0)
        if isinstance(slot, BotError):
            raise slot
        return slot

    async def check(self) -> None:
        if self.refuses is not None:
            raise self.refuses

    async def hold(self, seconds: float) -> None:
        self.held.append(seconds)

    async def release(self) -> None:
        self.released += 1


class FakeAtom:
    """Answers calls as a test wants, and keeps the status that each send had at its call."""

    def __init__(self, book: FakeBook, *answers: Outcome | BotError) -> None:
        self.statuses: list[Status] = []
        self.before: Callable[[], Awaitable[None]] | None = None
        self._book = book
        self._answers = list(answers)

    async def call(self, send: Send) -> Outcome:
        self.statuses.append(self._book.send.status)
        answer = self._answers.pop(0)
        if isinstance(answer, BotError):
            raise answer
        return answer


class FakeSlack:
    """Slack's two questions about people: what it answers, and how often it was asked."""

    def __init__(self) -> None:
        self.users: dict[str, dict[str, Any]] = {}
        self.groups: dict[str, list[str]] = {}
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

    async def usergroups_list(self, *, include_users: bool, team_id: str) -> dict[str, Any]:
        await self._asked("usergroups.list")
        groups = [{"id": name, "users": users} for name, users in self.groups.items()]
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
