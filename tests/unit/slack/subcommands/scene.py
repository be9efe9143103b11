"""Everything that a subcommand asks, real but for Slack."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.delivery.ports import Claimed
from bot.demo.slack.blockkit import check_blocks
from bot.demo.slack.blocks import visible_text
from bot.locales import LANGUAGES, load
from bot.sends import Outcome, SendId, Status
from bot.slack.subcommands import Reply, Subcommands, replies
from bot.store.database import Database
from bot.store.sends import SendStore
from bot.store.templates import TemplateStore, replace_all
from bot.templates import Template
from tests.builders import ALICE, CARLA, make_send, make_send_request, make_template
from tests.fakes import FakeClock, FakeSlack
from tests.unit.slack.notifications.card_scene import ENDS, WAITS, waiting

WORDS = {language: load(language) for language in LANGUAGES}
EN = WORDS["en"]
SHORTCUT = "Plantilla de WhatsApp"
BRUNO, SUPPORT, SOPORTE = "U0BRUNO0001", "S0SUPPORT01", "C0SOPORTE01"
TEAM = "T0ACME00001"
PHONE = "50761234567"
HOSTILE = "<!channel> *a* `b` <@U0ALICE0001> & <https://e.com|x>"

# Slack refuses more of what a message shows.
MESSAGE_LIMIT = 13_200

# All that may come alive in our answers: people, channels, and moments in the reader's time zone.
OURS = re.compile(
    r"<@[UW][A-Z0-9]+>|<#C[A-Z0-9]+>"
    r"|<!date\^\d+\^\{[a-z_]+\}(?: \{time\})?\|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC>"
)
EACH_LANGUAGE = pytest.mark.parametrize("language", LANGUAGES)

# One send of each kind that there can be.
SENDS = [
    *(make_send(status, reason=reason, **more) for status, reason, more in ENDS),
    *(waiting(reason) for reason in WAITS),
    make_send(),
    make_send(Status.SENDING),
    make_send(Status.UNKNOWN, reason="no_answer", card_channel=SOPORTE, card_ts="1.2"),
    make_send(Status.UNKNOWN, reason="no_answer", card_channel="D0ALICE0001", card_ts="1.2"),
]
EACH_SEND = pytest.mark.parametrize(
    "send", SENDS, ids=[f"{n}-{send.status}-{send.reason}" for n, send in enumerate(SENDS)]
)
ALONE = replies.Viewer(ALICE, is_admin=False)
ADMIN = replies.Viewer(CARLA, is_admin=True)


@dataclass
class Scene:
    """Everything that the questions ask, real but for Slack."""

    slack: FakeSlack
    sends: SendStore
    catalogue: TemplateStore
    database: Database
    clock: FakeClock
    questions: Subcommands
    counter: Iterator[int] = field(default_factory=itertools.count)

    async def ask(self, text: str, *, user: str = ALICE, channel: str = SOPORTE) -> Reply | None:
        return await self.questions.answer(text, user=user, channel=channel, translator=EN)

    async def told(self, text: str, *, user: str = ALICE, channel: str = SOPORTE) -> str:
        answer = await self.ask(text, user=user, channel=channel)
        assert answer is not None
        assert check_blocks(answer.blocks) == []
        return answer.text

    async def take(self, phone: str = PHONE, **changes: Any) -> SendId:
        """Take a send, a minute after the one before it."""
        self.clock.pass_by(60)
        send_id = changes.pop("id", SendId(f"V0ABC{next(self.counter)}"))
        await self.sends.take(make_send_request(id=send_id, phone=phone, **changes))
        return SendId(send_id)

    async def settle(self, send_id: SendId, outcome: Outcome) -> None:
        claimed = await self.sends.claim(send_id)
        assert isinstance(claimed, Claimed)
        await self.sends.settle(claimed.send, outcome, claim=claimed.send.claim)

    async def stock(self, *templates: Template) -> None:
        await self.database.write(lambda c: replace_all(c, templates, expected=()))


def shown(answer: Reply) -> str:
    """Give what a person reads in the blocks."""
    return visible_text(answer.blocks or [])


def buttons(answer: Reply) -> list[dict[str, Any]]:
    return [block["accessory"] for block in answer.blocks or [] if "accessory" in block]


def many(count: int, name: str = "Recordatorio de cita número {number:03}") -> list[Template]:
    return [
        make_template(name=name.format(number=number), id=f"{number:020}")
        for number in range(count)
    ]
