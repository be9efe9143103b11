"""The one door among fakes, and drafts to hand in."""

import dataclasses
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from typing_extensions import override

from bot import sends
from bot.errors import Problem
from bot.policy import gate
from bot.policy.access import Access
from bot.policy.checks import SendChecks
from bot.policy.limits import NO_LIMITS, Limits
from bot.repositories import NOT_ASKED, Told
from bot.send_draft import NumberRules, SendDraft
from bot.sends import Origin, SendId, SendRequest, Status
from bot.submission import Confirm, Outdated, Refused, Submission, Taken
from bot.templates import fingerprint
from bot.templates.params import Kind, Param
from tests.builders.sends import ALICE, CARLA, TEMPLATE, make_send
from tests.builders.templates import make_template
from tests.fakes.clock import NOON
from tests.fakes.numbers import FakeNumbers
from tests.fakes.repositories import FakeSends
from tests.unit.policy.fakes import FakeDirectory, FakeTemplates, person

BEN = "U0BEN000001"
HERE = Origin("C0SOPORTE01", "1.2", "https://hooks.slack.com/commands/T0/1/abc")
CITA = make_template(
    params=(Param("client_name"), Param("Fecha", kind=Kind.DATE), Param("Sede", default=":tada:"))
)
VALUES = (("client_name", "Rosa"), ("Fecha", "2026-05-03"))
ORDINARY = SendDraft(
    TEMPLATE,
    "6123-4567",
    client_name="Rosa :tada:",
    group="Citas",
    params=VALUES,
    template_fingerprint=fingerprint(CITA),
)
BARE = SendDraft("Z" * 20, "6123-4567", params=(("x", "1"),))
BRAZIL = "+55 47 9123-4567"  # without its ninth digit
TWO = "3211234567"  # Colombia's, and of another country

OLD = make_send(
    Status.UNKNOWN, origin=Origin("C0VENTAS001"), card_ts="1.2", card_channel="C0VENTAS001"
)


@dataclass
class Sends(FakeSends):
    """What was taken, and what the database says of it."""

    says: sends.Taken = sends.Taken.NEW
    is_decided: bool = False
    is_known: bool = True  # something is known of each number, so that it is looked up
    windows: list[timedelta] = field(default_factory=list)  # within which that was found
    revisions: list[int] = field(default_factory=list)  # of the catalogue that it was checked by
    taken: list[SendRequest] = field(default_factory=list)

    @override
    async def take(self, request: SendRequest, told: Told = NOT_ASKED) -> sends.TakenSend:
        self.taken.append(request)
        return sends.TakenSend(make_send(id=request.id), self.says)

    @override
    async def take_unless_known(
        self, request: SendRequest, window: timedelta, *, revision: int
    ) -> sends.TakenSend | None:
        self.windows.append(window)
        self.revisions.append(revision)
        return None if self.is_known else await self.take(request)

    @override
    async def send_again(self, request: SendRequest, told: Told = NOT_ASKED) -> SendId | None:
        if self.is_decided:
            return None
        self.taken.append(request)
        return request.id


@dataclass
class Door:
    """A door among fakes."""

    sends: Sends = field(default_factory=Sends)
    directory: FakeDirectory = field(default_factory=lambda: FakeDirectory({CARLA}))
    templates: FakeTemplates = field(default_factory=lambda: FakeTemplates((CITA,)))
    numbers: FakeNumbers = field(default_factory=FakeNumbers)
    checks: tuple[gate.Check, ...] = gate.CHECKS
    limits: Limits = NO_LIMITS
    rules: NumberRules = NumberRules("PA")  # noqa: RUF009 - frozen

    @property
    def submission(self) -> Submission:
        access = Access(self.directory, self.templates)
        return Submission(
            SendChecks(access, lambda: NOON, self.numbers, self.limits, self.checks),
            self.sends,
            self.rules,
        )

    async def submit(
        self, draft: SendDraft = ORDINARY, *problems: Problem, user: str = ALICE, **changes: Any
    ) -> Taken | Confirm | Outdated | Refused:
        draft = dataclasses.replace(draft, **changes)
        return await self.submission.submit(
            draft, person(user), HERE, key="V0001", problems=problems
        )


def told(answer: object) -> list[tuple[str, str]]:
    assert isinstance(answer, Refused)
    return [(each.field, each.key) for each in answer.problems]
