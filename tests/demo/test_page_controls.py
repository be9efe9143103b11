"""What a person sets about the demo on its page: the language, the tour, the token."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.demo.atom.server import AtomStandIn
from bot.demo.page.controls import Options
from bot.demo.page.server import Page
from bot.demo.page.tour import Tour, step_of
from bot.demo.slack import seed
from bot.demo.slack.server import SlackStandIn
from bot.demo.traffic import Record

Json = dict[str, Any]
World = tuple[SlackStandIn, AsyncApp]
Client = aiohttp.ClientSession


class Speaker:
    """Starts a bot in a language, as far as the page can tell; slow until it is let go."""

    def __init__(self, manifest: Json) -> None:
        self.spoken: list[str] = []
        self.go = asyncio.Event()
        self._manifest = manifest

    async def __call__(self, language: str) -> Json:
        self.spoken.append(language)
        await self.go.wait()
        (command, *_) = self._manifest["features"]["slash_commands"]
        named = self._manifest["features"] | {
            "slash_commands": [command | {"description": language}]
        }
        return self._manifest | {"features": named}


@pytest.fixture
def speaker(manifest: Json) -> Speaker:
    return Speaker(manifest)


@pytest.fixture
async def atom() -> AsyncIterator[AtomStandIn]:
    made = await AtomStandIn.start(token="t")
    yield made
    await made.close()


@pytest.fixture
async def page(
    world: World, manifest: Json, atom: AtomStandIn, speaker: Speaker
) -> AsyncIterator[Page]:
    """The page with all that the demo has."""
    options = Options({}, speaker, has_tour=True)
    made = await Page.start(world[0], atom, manifest, options=options)
    yield made
    speaker.go.set()
    await made.close()


@pytest.fixture
async def client(page: Page) -> AsyncIterator[Client]:
    async with aiohttp.ClientSession(page.url) as session:
        yield session


async def post(client: Client, path: str, **given: Any) -> int:
    async with client.post(f"/ui/{path}", json=given) as response:
        return response.status


async def test_a_language_changes_the_apps_names_for_everybody(
    world: World, client: Client, speaker: Speaker
) -> None:
    speaker.go.set()

    assert await post(client, "language", language="pt") == 200

    assert speaker.spoken == ["pt"]
    assert world[0].workspace.app.commands["/send"]["description"] == "pt"


async def test_a_second_language_waits_for_the_first(client: Client, speaker: Speaker) -> None:
    first = asyncio.create_task(post(client, "language", language="es"))
    while not speaker.spoken:  # noqa: ASYNC110 - the request is on its way
        await asyncio.sleep(0.01)

    assert await post(client, "language", language="pt") == 409

    speaker.go.set()
    assert await first == 200
    assert speaker.spoken == ["es"]


async def test_an_unknown_language_starts_nothing(client: Client, speaker: Speaker) -> None:
    assert await post(client, "language", language="tlh") == 400
    assert speaker.spoken == []


async def test_a_page_without_the_demo_has_neither(
    world: World, manifest: Json, atom: AtomStandIn
) -> None:
    bare = await Page.start(world[0], atom, manifest)

    async with aiohttp.ClientSession(bare.url) as client:
        language = await post(client, "language", language="es")
        tour = await post(client, "tour", step="thread")

    await bare.close()
    assert (language, tour) == (404, 404)


@pytest.mark.parametrize("step", ["by_name", "unconfirmed", "dance", ""])
async def test_the_page_ticks_nothing_that_the_server_sees_itself(
    client: Client, step: str
) -> None:
    assert await post(client, "tour", step=step) == 400


def record(kind: str, payload: Json, answer: object = "") -> Record:
    return Record("to_bot", kind, payload, 200, answer, 0.0, 0.0)


def submission(answer: object, chosen: object = None) -> Record:
    values = {"template": {"value": {"selected_option": chosen}}}
    view = {"callback_id": "send", "state": {"values": values}}
    return record("view_submission", {"view": view}, answer)


ERRORS = {"response_action": "errors", "errors": {"phone": "?"}}
UPDATE = {"response_action": "update", "view": {}}


@pytest.mark.parametrize(
    ("heard", "step"),
    [
        (submission("", {"value": "x"}), "by_name"),
        (submission(""), ""),
        (submission(UPDATE, {"value": "x"}), ""),
        (submission(ERRORS, {"value": "x"}), "mistake"),
        (record("slash_commands", {"user_id": seed.DIEGO}), "may_not"),
        (record("slash_commands", {"user_id": seed.ALICE}), ""),
        (record("block_actions", {"actions": [{"action_id": "bulk_start"}]}), "many"),
        (record("block_actions", {"actions": [{"action_id": "bulk_start_recent"}]}), "many"),
        (record("block_actions", {"actions": [{"action_id": "bulk_columns"}]}), ""),
        (record("app_home_opened", {"event": {"user": seed.CARLA, "tab": "home"}}), "home"),
        (record("app_home_opened", {"event": {"user": seed.ALICE, "tab": "home"}}), ""),
        (record("app_home_opened", {"event": {"user": seed.CARLA, "tab": "messages"}}), ""),
    ],
)
def test_a_step_is_done_by_what_it_asks_for_alone(heard: Record, step: str) -> None:
    assert step_of(heard) == step


def test_only_forms_that_were_taken_count_as_sends() -> None:
    heard = [submission(answer) for answer in ("", ERRORS, UPDATE)]
    heard.append(record("slash_commands", {"user_id": seed.ALICE}))

    assert Tour().look(heard, [])["sends"] == 1


async def test_unconfirmed_is_done_once_a_person_decided(world: World) -> None:
    slack, app = world
    client: AsyncWebClient = app.client
    tour = Tour()

    async def say(status: str, ts: str = "") -> str:
        payload = {"send_id": "1", "status": status}
        metadata = {"event_type": "whatsapp_template", "event_payload": payload}
        if ts:
            await client.chat_update(channel=seed.SOPORTE, ts=ts, text=status, metadata=metadata)
            return ts
        posted = await client.chat_postMessage(channel=seed.SOPORTE, text=status, metadata=metadata)
        return str(posted["ts"])

    await say("sent")
    card = await say("unknown")
    before = tour.look(slack.traffic, slack.workspace.messages)["done"]
    await say("sent", card)

    assert before == []
    assert tour.look(slack.traffic, slack.workspace.messages)["done"] == ["unconfirmed"]


async def test_the_button_of_the_token_alert_is_pressed_by_who_got_it(
    world: World, atom: AtomStandIn, client: Client
) -> None:
    _slack, app = world
    pressed: list[str] = []

    @app.action("check_now")
    async def hear(ack: Any, body: Json) -> None:
        pressed.append(body["user"]["id"])
        await ack()

    text = {"type": "plain_text", "text": "Check now"}
    button = {"type": "button", "action_id": "check_now", "text": text}
    blocks = [{"type": "actions", "elements": [button]}]
    await app.client.chat_postMessage(channel=seed.CARLA, text="Refused", blocks=blocks)

    await post(client, "atom", mode="refuses_token")
    await post(client, "atom", mode="answers")
    before = list(pressed)
    await post(client, "atom", mode="refuses_token")
    async with aiohttp.ClientSession() as bot, bot.post(atom.url, json={}):
        pass
    await post(client, "atom", mode="down")
    await post(client, "atom", mode="refuses_token")
    async with aiohttp.ClientSession() as bot, bot.post(atom.url, json={}):
        pass
    await post(client, "atom", mode="answers")

    assert before == []
    assert pressed == [seed.CARLA]
