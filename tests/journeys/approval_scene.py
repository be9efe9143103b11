"""A template that a second person must approve, and those who ask, decide and look on."""

import dataclasses
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.demo.slack import seed
from bot.demo.slack.messages import Message
from bot.locales import load
from bot.slack.notifications import buttons
from bot.store.tables import sends
from bot.templates import Approval
from bot.templates.params import Param
from tests.builders import TEMPLATE, make_template
from tests.journeys.conftest import Journey, is_card

EN = load("en")
ASKS = make_template(
    body="Hola {{client_name}}, lo esperamos.",
    params=(Param("client_name"),),
    approval=Approval.ALWAYS,
    approval_free=(seed.LUCIA,),
)
TYPED = f"{TEMPLATE} +50761234567 client_name=Rosa"
APPROVERS = f"{seed.BRUNO},{seed.DIEGO}"


@dataclasses.dataclass
class Scene:
    """Alice asks; Bruno and Diego may approve; Carla administers and may not."""

    journey: Journey

    async def ask(
        self, user: str = seed.ALICE, channel: str = seed.SOPORTE, typed: str = TYPED
    ) -> str:
        """Send it; return its id once it is asked in the thread."""
        send_id = await self.journey.send(typed, user, channel)
        await self.journey.world.slack.until(lambda: bool(self.in_thread(send_id)))
        return send_id

    def asked(self, send_id: str) -> list[Message]:
        """Find every message with which somebody can decide."""
        return [each for each in self._messages() if _has(each, buttons.APPROVE, send_id)]

    def in_thread(self, send_id: str) -> list[Message]:
        """Find the question, or what became of it, in the card's thread."""
        card = self.journey.card(send_id)
        if card is None:
            return []
        start = EN("approval.ask", emoji=":eyes:", user="#", template="", phone="").partition("#")
        return [
            each
            for each in self._messages()
            if each.thread_ts in {card.ts, card.thread_ts or card.ts}
            and each.channel == card.channel
            and each.text.startswith(start[0])
        ]

    async def says(self, send_id: str, key: str, **values: str) -> Message:
        """Wait until it stands in place of the question."""
        words = EN(key, **values)

        def stands() -> bool:
            return any(words in each.text for each in self.in_thread(send_id))

        await self.journey.world.slack.until(stands)
        return self.in_thread(send_id)[-1]

    async def asked_no_more(self, send_id: str) -> None:
        """Wait until nobody can decide any more, wherever they were asked."""
        await self.journey.world.slack.until(lambda: not self.asked(send_id))

    async def press(self, user: str, message: Message, action: str) -> Any:
        return await self.journey.person(user).click(message.channel, message.ts, action)

    async def told(self, user: str, channel: str, words: str) -> None:
        await self.journey.told(self.journey.person(user), channel, words)

    def calls(self) -> int:
        return len(self.journey.world.atom.calls)

    def let_expire(self, send_id: str) -> None:
        """Let the time to decide be over."""
        over = datetime.now(UTC) - timedelta(days=30)
        waits = sa.update(sends).where(sends.c.id == send_id, sends.c.due_at.is_not(None))
        assert self.journey.change(waits.values(due_at=over))

    def _messages(self) -> list[Message]:
        found = self.journey.world.slack.workspace.records.values()
        return [each for each in found if not each.ephemeral and not is_card(each)]


def _has(message: Message, action: str, value: str) -> bool:
    return any(
        element.get("action_id") == action and element.get("value") == value
        for block in message.blocks
        if block["type"] == "actions"
        for element in block["elements"]
    )
