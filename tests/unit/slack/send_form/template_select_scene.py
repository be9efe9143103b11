"""One open form in Slack, a catalogue, and the listeners of the menu."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from slack_sdk.web.async_client import AsyncWebClient
from typing_extensions import override

from bot.demo.slack.blockkit import check_view
from bot.errors import TryLater
from bot.locales import Translations
from bot.policy.access import Access
from bot.policy.people import Policy
from bot.slack import send_form
from bot.slack.platform.background import BackgroundTasks
from bot.slack.platform.directory import SlackDirectory
from bot.slack.send_form.template_select import TemplateSelect, Throttle
from bot.templates import Template
from tests.builders import ALICE, CARLA
from tests.builders.people import FULL, HERE, slack_says
from tests.fakes import FakeSlack
from tests.fakes.repositories import FakeCatalogue, FewSends
from tests.unit.slack.send_form.form_views import block
from tests.unit.slack.send_form.template_forms import CITA, EMPTY, OF_CITA, PAGO, submitted_body

VENTAS = "C0VENTAS001"


class FormSlack(FakeSlack):
    """Slack with one form open: nobody draws on a view that is another one by now."""

    def __init__(self) -> None:
        super().__init__()
        self.hash = "h0"
        self.drawn: list[dict[str, Any]] = []
        self.hashes: list[str | None] = []
        self.acks: list[dict[str, Any]] = []
        self.is_drawing = asyncio.Event()
        self.turns = asyncio.Semaphore(999)

    async def views_update(self, **arguments: Any) -> dict[str, Any]:
        self.hashes.append(arguments["hash"])
        self.is_drawing.set()
        await self.turns.acquire()
        if self.raises.get(arguments["view_id"]):
            raise self.raises[arguments["view_id"]].pop(0)
        if arguments["hash"] not in {None, self.hash}:
            raise slack_says("hash_conflict")
        assert check_view(arguments["view"], kind="modal") == []
        self.drawn.append(arguments["view"])
        self.hash = f"h{len(self.drawn)}"
        return {"ok": True, "view": {"hash": self.hash}}

    def hold(self) -> None:
        """Let no drawing arrive before its turn."""
        self.turns = asyncio.Semaphore(0)

    async def ack(self, **answer: Any) -> None:
        self.acks.append(answer)

    @property
    def messages(self) -> list[str]:
        """What stood in each drawing as the message."""
        quotes = [block(view, send_form.PREVIEW)["elements"][1] for view in self.drawn]
        return ["".join(each["text"] for each in quote["elements"]) for quote in quotes]


@dataclass
class Catalogue(FakeCatalogue):
    """Templates."""

    templates: tuple[Template, ...] = (CITA, PAGO)
    raises: list[TryLater] = field(default_factory=list)
    times_empty: int = 0  # how often it is read as empty yet

    @override
    async def all(self) -> tuple[Template, ...]:
        if self.raises:
            raise self.raises.pop(0)
        if self.times_empty:
            self.times_empty -= 1
            return ()
        return self.templates


@dataclass
class Scene:
    """The listeners, and all that they ask."""

    slack: FormSlack
    catalogue: Catalogue
    sends: FewSends
    choosing: TemplateSelect

    async def fill(self, name: str, made: send_form.Form = OF_CITA, **view: Any) -> None:
        """Type a name; `view` is what is different about the form meanwhile."""
        body = self._body({**submitted_body(made, {"param.client_name": name}), **view})
        await self.choosing.on_fill(ack=self.slack.ack, body=body)  # type: ignore[arg-type]

    def mark_submitted(self, name: str, made: send_form.Form = OF_CITA) -> None:
        """Press Send with this name in its field."""
        self.choosing.mark_submitted(submitted_body(made, {"param.client_name": name}))

    async def choose(self, template: Template, made: send_form.Form = OF_CITA) -> None:
        option = send_form.option(template)
        action = {"action_id": send_form.CHOOSE, "selected_option": option}
        body = {**self._body(submitted_body(made)), "actions": [action]}
        await self.choosing.on_choose(ack=self.slack.ack, body=body)  # type: ignore[arg-type]

    async def suggest(
        self, typed: str = "", made: send_form.Form = EMPTY, user: str = ALICE
    ) -> list[str]:
        body = {**self._body(submitted_body(made)), "user": {"id": user}, "value": typed}
        await self.choosing.on_suggest(ack=self.slack.ack, body=body)  # type: ignore[arg-type]
        return [each["text"]["text"] for each in self.slack.acks[-1]["options"]]

    async def settled(self) -> None:
        for _ in range(99):
            self.slack.turns.release()
        await self.choosing.background.settled()

    async def until_drawing(self) -> None:
        await self.slack.is_drawing.wait()
        self.slack.is_drawing.clear()

    def _body(self, view: Mapping[str, Any]) -> dict[str, Any]:
        return {"type": "block_actions", "user": {"id": ALICE}, "view": view}


def make_scene() -> Scene:
    """Open a form for somebody who may send; Carla is the admin."""
    slack, catalogue, sends = FormSlack(), Catalogue(), FewSends()
    for user in (ALICE, CARLA):
        slack.users[user] = {**FULL, "id": user}
    client = cast(AsyncWebClient, slack)
    directory = SlackDirectory(client, HERE, Policy(frozenset({ALICE}), frozenset({CARLA})))
    access = Access(directory, catalogue)
    background, at_once = BackgroundTasks(), Throttle(0.0)
    made = TemplateSelect(
        client, directory, Translations("en"), access, sends, background, turns=at_once
    )
    return Scene(slack, catalogue, sends, made)
