"""People who press what stands under a list, with everything real but the database."""

import dataclasses
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from aiohttp import web
from aiohttp.test_utils import TestServer
from typing_extensions import override

from bot.bulk.batches import Batch, BatchId
from bot.bulk.ports import BatchNotifier
from bot.demo.slack import seed
from bot.demo.slack.messages import Message
from bot.demo.slack.person import Person
from bot.demo.slack.server import SlackStandIn
from bot.demo.slack.workspace import TEAM
from bot.locales import Translations, Translator
from bot.policy.access import Access
from bot.policy.checks import SendChecks
from bot.policy.people import Policy, Workspace
from bot.repositories import NOT_ASKED, Told
from bot.send_draft import NumberRules
from bot.sends import Card, Send, SendId, SendRequest, Taken, TakenSend
from bot.slack import Installation, Parts, make_app, make_dispatch, manifest
from bot.slack.bulk import card
from bot.slack.bulk.lookup import ListLookup
from bot.slack.bulk.shown import ListRules
from bot.slack.home.watch import HomeWatch
from bot.slack.platform.client import open_slack
from bot.slack.platform.directory import SlackDirectory
from bot.slack.platform.uploads import NamedFile, SlackUploads
from bot.submission import Submission
from bot.templates import Template
from bot.web.signed_requests import parse
from tests.builders import make_send, make_template
from tests.builders.batches import BATCH_ID
from tests.fakes import NOON
from tests.fakes.batches import FakeBatches
from tests.fakes.contacts import FakeContacts
from tests.fakes.numbers import FakeNumbers
from tests.fakes.repositories import FakeCatalogue, FewSends
from tests.unit.slack.bulk.notifier_scene import Questions

WORDS = Translations("en")
POLICY = Policy(
    senders=frozenset({seed.ALICE, seed.BRUNO, seed.DIEGO}),
    admins=frozenset({seed.CARLA}),
    approvers=frozenset({seed.BRUNO, seed.CARLA}),
)


@dataclass
class Catalogue(FakeCatalogue):
    """One template, or none."""

    known: tuple[Template, ...] = ()

    @override
    async def all(self) -> tuple[Template, ...]:
        return self.known


@dataclass
class Shows(BatchNotifier):
    """Which lists' cards were to be shown."""

    shown: list[BatchId] = field(default_factory=list)

    @override
    def show(self, batch_id: BatchId) -> None:
        self.shown.append(batch_id)

    @override
    async def tell(self, batch: Batch) -> Card:
        raise AssertionError(batch)


@dataclass
class Sends(FewSends):
    """The sends of rows."""

    batches: FakeBatches = field(default_factory=FakeBatches)
    decided: list[SendId] = field(default_factory=list)
    taken: list[SendRequest] = field(default_factory=list)

    @override
    async def take(self, request: SendRequest, told: Told = NOT_ASKED) -> TakenSend:
        self.taken.append(request)
        return TakenSend(make_send(id=request.id), Taken.NEW)

    @override
    async def find(self, send_id: SendId) -> Send | None:
        sends = [each.send for each in self.batches.rows if each.send]
        return next((each for each in sends if each.id == send_id), None)

    @override
    async def timeline(self, send_id: SendId) -> tuple[Any, ...]:
        return ()

    @override
    async def resolve_sent(self, send_id: SendId, *, user: str) -> bool:
        self.decided.append(send_id)
        self.batches.rows = [
            each for each in self.batches.rows if each.send is None or each.send.id != send_id
        ]
        return True

    @override
    async def resolve_not_sent(self, send_id: SendId, *, user: str) -> bool:
        return await self.resolve_sent(send_id, user=user)

    @override
    async def send_again(self, request: SendRequest, told: Told = NOT_ASKED) -> SendId | None:
        return request.id

    @override
    async def awaiting_approval(self, user: str, limit: int) -> tuple[Send, ...]:
        return ()

    @override
    async def count_planned(self, user: str) -> int:
        return 0


@dataclass
class Stage:
    """What people press, and what comes of it."""

    slack: SlackStandIn
    batches: FakeBatches
    catalogue: Catalogue
    directory: SlackDirectory
    shows: Shows
    sends: Sends
    questions: Questions
    lookup: ListLookup
    clock: list[datetime]

    @property
    def batch(self) -> Batch:
        return self.batches.lists[BATCH_ID]

    def person(self, user: str) -> Person:
        return self.slack.person(user)

    async def post(self, batch: Batch, **more: Any) -> Message:
        """Let a list's card stand in its channel, as it is now."""
        self.batches.put(batch, **more)
        shown = await self.lookup.shown(batch)
        return await self.post_message(card.build(shown, WORDS.shared).arguments())

    async def post_message(self, arguments: dict[str, Any], channel: str = seed.SOPORTE) -> Message:
        async with open_slack("xoxb-stand-in", self.slack.api_url, seconds=5) as client:
            answer = await client.chat_postMessage(channel=channel, **arguments)
        return self.slack.workspace.records[answer["channel"], answer["ts"]]

    async def press(self, user: str, message: Message, action: str) -> list[str]:
        """Press a button; return what this person alone is told."""
        before = self.told(user)
        await self.person(user).click(message.channel, message.ts, action)
        await self.slack.settled()
        return self.told(user)[len(before) :]

    def told(self, user: str) -> list[str]:
        return [each.text for each in self.person(user).ephemerals(seed.SOPORTE)]

    async def hears(self, user: str, message: Message, action: str) -> str:
        """Press a button that is refused; return what this person is told."""
        before = len(self.told(user))
        await self.person(user).click(message.channel, message.ts, action)
        await self.slack.until(lambda: len(self.told(user)) > before)
        return self.told(user)[-1]

    def template_becomes(self, **changes: Any) -> None:
        self.catalogue.known = (dataclasses.replace(make_template(), **changes),)

    @property
    def decided(self) -> list[tuple[Any, ...]]:
        return self.batches.log


async def _outcomes(batch: Batch, translator: Translator) -> NamedFile:
    return NamedFile(f"{batch.id}.{translator.language}.csv", b"rows")


@asynccontextmanager
async def open_stage(approval_over: int = 0) -> AsyncIterator[Stage]:
    slack = await SlackStandIn.start(
        manifest=manifest.build("https://bot.example"), signing_secret="x", rate_limits=False
    )
    batches, shows, questions = FakeBatches(), Shows(), Questions()
    catalogue, sends = Catalogue((make_template(),)), Sends(batches=batches)
    clock = [NOON]
    async with open_slack("xoxb-stand-in", slack.api_url, seconds=5) as client:
        directory = SlackDirectory(client, Workspace(TEAM), POLICY)
        access, rules = Access(directory, catalogue), NumberRules()
        homes = HomeWatch(sends)
        parts = Parts(
            directory=directory,
            translations=WORDS,
            rules=rules,
            sends=sends,
            templates=catalogue,
            access=access,
            submission=Submission(
                SendChecks(access, lambda: clock[0], FakeNumbers()), sends, rules
            ),
            homes=homes,
            contacts=cast(Any, FakeContacts()),
            questions=questions,
            now=lambda: clock[0],
            batches=batches,
            batch_notifier=shows,
            list_rules=ListRules(approval_over=approval_over),
            uploads=SlackUploads(client, lambda: (seed.CARLA,)),
            make_outcomes=_outcomes,
        )
        app = make_app(client, Installation(Workspace(TEAM), "U0WABOT0001", "B0WABOT0001"), parts)
        lookup = ListLookup(batches, directory, WORDS, access.find, lambda: clock[0])
        async with TestServer(_serving(app)) as server:
            slack.connect(str(server.make_url("/slack/events")))
            yield Stage(
                slack, batches, catalogue, directory, shows, sends, questions, lookup, clock
            )
        await homes.close()
    await slack.close()


def _serving(app: Any) -> web.Application:
    dispatch = make_dispatch(app)

    async def answer(request: web.Request) -> web.Response:
        status, body, kind = await dispatch(parse(request.content_type, await request.read()))
        return web.Response(status=status, text=body, content_type=kind.partition(";")[0])

    served = web.Application()
    served.router.add_post("/slack/events", answer)
    return served
