"""The directory and the catalogue as plain values."""

from collections.abc import Collection
from dataclasses import dataclass, field

from typing_extensions import override

from bot.errors import NotAllowed
from bot.policy.approvals import Approvers
from bot.policy.people import Person, Right
from bot.templates import Template
from tests.fakes.repositories import FakeCatalogue

HELPERS = ("U0CARLA0001",)


def person(user: str) -> Person:
    """Make somebody of this workspace."""
    return Person(user, team="T0", deleted=False, is_bot=False, is_guest=False)


@dataclass
class FakeDirectory:
    """Everybody may send; some are admins, or approve."""

    admins: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)
    known_approvers: Approvers = field(default_factory=Approvers)

    async def check(self, user: str, right: Right = Right.SEND) -> Person:
        lacks = {
            Right.ADMINISTER: user not in self.admins,
            Right.APPROVE: not self.known_approvers.is_open
            and user not in self.known_approvers.people,
        }
        if user in self.gone or lacks.get(right):
            raise NotAllowed("refused.not_listed")
        return person(user)

    async def is_admin(self, user: str) -> bool:
        return user in self.admins

    async def is_among(self, user: str, listed: Collection[str]) -> bool:
        return user in listed

    def helpers(self) -> tuple[str, ...]:
        return HELPERS

    async def approvers(self) -> Approvers:
        return self.known_approvers

    def begin_to_ask(self, user: str, listed: Collection[str]) -> None:
        pass


@dataclass
class FakeTemplates(FakeCatalogue):
    """A catalogue."""

    templates: tuple[Template, ...] = ()
    revision: int = 7

    @override
    async def all(self) -> tuple[Template, ...]:
        return self.templates

    @override
    def last(self) -> tuple[int, tuple[Template, ...]]:
        return self.revision, self.templates
