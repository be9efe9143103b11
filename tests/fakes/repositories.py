"""A repository of which a test needs no more than some methods; all others must not be called."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from typing_extensions import override

from bot.events import Event
from bot.repositories import (
    NOT_ASKED,
    SendChange,
    SendRepository,
    TemplateRepository,
    Told,
)
from bot.sends import (
    Arrival,
    Checked,
    Send,
    SendId,
    SendRequest,
    TakenSend,
)
from bot.templates import Template


class FakeSends(SendRepository):
    """No send, and nothing may be asked."""

    @override
    async def take(self, request: SendRequest, told: Told = NOT_ASKED) -> TakenSend:
        raise AssertionError(request)

    @override
    async def take_unless_known(
        self, request: SendRequest, window: timedelta, *, revision: int
    ) -> TakenSend | None:
        return None  # it is looked up, and then taken

    @override
    async def send_again(self, request: SendRequest, told: Told = NOT_ASKED) -> SendId | None:
        raise AssertionError(request)

    @override
    async def take_instead(self, request: SendRequest, told: Told = NOT_ASKED) -> TakenSend | None:
        raise AssertionError(request)

    @override
    async def approve(self, send_id: SendId, *, user: str) -> bool:
        raise AssertionError(send_id)

    @override
    async def decline(self, send_id: SendId, *, user: str, note: str = "") -> bool:
        raise AssertionError(send_id)

    @override
    async def requesters(self, send_id: SendId) -> frozenset[str]:
        raise AssertionError(send_id)

    @override
    async def awaiting_approval(self, user: str, limit: int) -> tuple[Send, ...]:
        raise AssertionError(user)

    @override
    async def planned(self, user: str, limit: int) -> tuple[Send, ...]:
        raise AssertionError(user)

    @override
    async def count_planned(self, user: str) -> int:
        raise AssertionError(user)

    @override
    async def cancel(self, send_id: SendId, *, user: str) -> bool:
        raise AssertionError(send_id)

    @override
    async def resolve_sent(self, send_id: SendId, *, user: str) -> bool:
        raise AssertionError(send_id)

    @override
    async def resolve_not_sent(self, send_id: SendId, *, user: str) -> bool:
        raise AssertionError(send_id)

    @override
    async def send_now(self, send_id: SendId, *, user: str) -> bool:
        raise AssertionError(send_id)

    @override
    async def say_arrival(self, send_id: SendId, arrival: Arrival, *, user: str) -> bool:
        raise AssertionError(send_id)

    @override
    async def remind(self, send_id: SendId, moment: datetime, *, user: str) -> bool:
        raise AssertionError(send_id)

    @override
    async def check_now(self) -> Checked:
        raise AssertionError

    @override
    async def find(self, send_id: SendId) -> Send | None:
        raise AssertionError(send_id)

    @override
    async def recent(self, user: str, limit: int) -> tuple[Send, ...]:
        raise AssertionError(user)

    @override
    async def recent_templates(self, user: str) -> tuple[str, ...]:
        raise AssertionError(user)

    @override
    async def ending_in(self, digits: str, *, user: str, limit: int) -> tuple[Send, ...]:
        raise AssertionError(digits)

    @override
    async def whose_changed(self, after: int) -> Mapping[int, SendChange]:
        raise AssertionError(after)

    @override
    async def get(self, send_id: SendId) -> Send:
        raise AssertionError(send_id)

    @override
    async def tries(self, send_id: SendId) -> tuple[Send, ...]:
        raise AssertionError(send_id)

    @override
    async def timeline(self, send_id: SendId) -> tuple[Event, ...]:
        raise AssertionError(send_id)

    @override
    async def card_posted(self, send_id: SendId, channel: str, ts: str) -> None:
        raise AssertionError(send_id)

    @override
    async def question_posted(self, send_id: SendId, channel: str, ts: str) -> None:
        raise AssertionError(send_id)


@dataclass
class FewSends(FakeSends):
    """Nobody sent anything, but for the templates that somebody sent last."""

    recents: tuple[str, ...] = ()

    @override
    async def recent(self, user: str, limit: int) -> tuple[Send, ...]:
        return ()

    @override
    async def planned(self, user: str, limit: int) -> tuple[Send, ...]:
        return ()

    @override
    async def whose_changed(self, after: int) -> Mapping[int, SendChange]:
        return {}

    @override
    async def recent_templates(self, user: str) -> tuple[str, ...]:
        return self.recents


class FakeCatalogue(TemplateRepository):
    """No template, and nothing may be asked."""

    @override
    async def all(self) -> tuple[Template, ...]:
        raise AssertionError

    @override
    def last(self) -> tuple[int, tuple[Template, ...]] | None:
        return None  # it is always read anew

    @override
    async def get(self, template_id: str) -> Template | None:
        raise AssertionError(template_id)

    @override
    async def save(self, template: Template, *, actor: str, was: str = "", seen: str = "") -> None:
        raise AssertionError(template)

    @override
    async def set_active(self, template_id: str, *, active: bool, actor: str) -> bool:
        raise AssertionError(template_id)

    @override
    async def delete(self, template_id: str, *, seen: str, actor: str) -> bool:
        raise AssertionError(template_id)

    @override
    def forget(self) -> None:
        raise AssertionError
