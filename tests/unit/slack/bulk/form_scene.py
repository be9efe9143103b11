"""The whole app in front of a stand-in for Slack, in this process; lists are kept in memory."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, cast

from bot.bulk.batches import Batch, BatchRequest
from bot.demo.slack import seed
from bot.demo.slack.person import Person
from bot.demo.slack.server import SlackStandIn
from bot.demo.slack.views import View
from bot.locales import Translations, Translator
from bot.policy.access import Access
from bot.policy.checks import SendChecks
from bot.policy.people import Policy
from bot.repositories import ApprovalQuestions
from bot.send_draft import NumberRules
from bot.slack import Parts, find_installation, make_app, make_dispatch, manifest
from bot.slack.home.watch import HomeWatch
from bot.slack.platform.client import open_slack
from bot.slack.platform.directory import SlackDirectory
from bot.slack.platform.socket_mode import open_link
from bot.slack.platform.uploads import SlackUploads
from bot.slack.send_form.listeners import COMMAND
from bot.submission import Submission
from bot.templates import Template
from tests.fakes import NOON
from tests.fakes.contacts import FakeContacts
from tests.fakes.memory_batches import MemoryBatches
from tests.fakes.numbers import FakeNumbers
from tests.fakes.repositories import FewSends
from tests.unit.slack.send_form.template_forms import CITA, PAGO
from tests.unit.slack.send_form.template_select_scene import Catalogue

BOT_TOKEN, APP_TOKEN = "xoxb-stand-in", "xapp-stand-in"
LIST = b"phone,client_name,Fecha de cita\n+50761234567,Rosa,2026-05-03\n"
SENDERS = frozenset({seed.ALICE, seed.BRUNO, seed.GUEST, seed.EXTERNAL})


def make_model(template: Template, translator: Translator) -> tuple[str, bytes]:
    """Stand for what makes model files."""
    return f"{template.name}.csv", f"phone,{translator.language}\n".encode()


@dataclass
class Lists:
    """Slack, the app, and what it was asked for."""

    slack: SlackStandIn
    batches: MemoryBatches
    catalogue: Catalogue
    parts: Parts

    def person(self, user: str = seed.ALICE) -> Person:
        return self.slack.person(user)

    async def command(
        self, text: str = "bulk", user: str = seed.ALICE, channel: str = seed.SOPORTE
    ) -> View:
        """Type the command; the form is open."""
        person = self.person(user)
        result = await person.command(channel, COMMAND, text)
        assert person.view is not None, result.shown
        return person.view

    async def give(self, name: str = "pacientes.csv", content: bytes = LIST, **facts: Any) -> None:
        """Choose a file in Alice's form."""
        await self.person().give_file("file", name, content, **facts)

    async def submit(self, user: str = seed.ALICE) -> BatchRequest:
        """Hand the form in; return what was asked for."""
        result = await self.person(user).submit()
        assert result.closed, (dict(result.errors), result.trouble)
        return self.batches.requests[-1]

    async def errors(self, user: str = seed.ALICE) -> dict[str, str]:
        """Hand the form in; return what is wrong with it."""
        result = await self.person(user).submit()
        assert not result.closed
        return dict(result.errors)

    async def press(self, batch: Batch, action_id: str, user: str = seed.ALICE) -> Person:
        """Press a button under a list's card."""
        blocks = [
            {
                "type": "actions",
                "elements": [
                    {
                        "type": "button",
                        "action_id": action_id,
                        "text": {"type": "plain_text", "text": "Columns"},
                        "value": batch.id,
                    }
                ],
            }
        ]
        answer = await self.parts.uploads.client.chat_postMessage(  # type: ignore[union-attr]
            channel=seed.SOPORTE, text="card", blocks=blocks
        )
        person = self.person(user)
        await person.click(seed.SOPORTE, str(answer["ts"]), action_id)
        return person


@contextlib.asynccontextmanager
async def open_lists(*templates: Template, takes_lists: bool = True) -> AsyncIterator[Lists]:
    """Start the stand-in, and the app in front of it."""
    slack = await SlackStandIn.start(
        manifest=manifest.build(), signing_secret="s", bot_token=BOT_TOKEN, app_token=APP_TOKEN
    )
    async with contextlib.AsyncExitStack() as stack:
        stack.push_async_callback(slack.close)
        client = await stack.enter_async_context(open_slack(BOT_TOKEN, slack.api_url))
        installation = await find_installation(client)
        policy = Policy(SENDERS, frozenset({seed.CARLA}))
        directory = SlackDirectory(client, installation.workspace, policy)
        catalogue, sends = Catalogue(templates or (CITA, PAGO)), FewSends()
        access, batches = Access(directory, catalogue), MemoryBatches()
        rules = NumberRules("PA")
        homes = HomeWatch(sends)
        stack.push_async_callback(homes.close)
        parts = Parts(
            directory,
            Translations("en"),
            rules,
            sends,
            catalogue,
            access,
            Submission(SendChecks(access, lambda: NOON, FakeNumbers()), sends, rules),
            homes,
            FakeContacts(),
            cast(ApprovalQuestions, None),  # no question is asked here
            lambda: NOON,
            batches=batches if takes_lists else None,
            uploads=SlackUploads(client, directory.helpers),
            make_model=make_model,
        )
        dispatch = make_dispatch(make_app(client, installation, parts))
        link = await stack.enter_async_context(
            open_link(client, APP_TOKEN, dispatch, contextlib.nullcontext)
        )
        await link.connected()
        yield Lists(slack, batches, catalogue, parts)
