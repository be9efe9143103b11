"""The page's server without a browser: what each person sees, gestures, and who is refused."""

import asyncio
import contextlib
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from yarl import URL

from bot.demo.atom.server import AtomStandIn
from bot.demo.page import server
from bot.demo.page.controls import Options
from bot.demo.page.server import Page
from bot.demo.slack import seed
from bot.demo.slack.server import SlackStandIn

Json = dict[str, Any]
World = tuple[SlackStandIn, AsyncApp]
FILES = sorted(server.STATIC.iterdir())
PATIENCE = 60.0  # seconds


@pytest.fixture
async def atom() -> AsyncIterator[AtomStandIn]:
    made = await AtomStandIn.start(token="t")
    yield made
    await made.close()


@pytest.fixture
async def page(world: World, manifest: Json, atom: AtomStandIn) -> AsyncIterator[Page]:
    """The page of a stand-in with a tiny app."""
    made = await Page.start(world[0], atom, manifest, options=Options({seed.ALICE: "support"}))
    yield made
    await made.close()


@pytest.fixture
async def client(page: Page) -> AsyncIterator[aiohttp.ClientSession]:
    """Somebody's browser on the page."""
    async with aiohttp.ClientSession(page.url) as session:
        yield session


async def events(response: aiohttp.ClientResponse) -> AsyncIterator[Json]:
    """Give each event of a stream as the whole state that a page has after it."""
    state: Json = {}
    async for line in response.content:
        if line.startswith(b"data: "):
            state |= json.loads(line[6:])
            yield state


async def seen(client: aiohttp.ClientSession, user: str = seed.ALICE) -> Json:
    """Give what a page draws first for this person."""
    async with client.get("/ui/events", params={"person": user}) as response:
        assert response.content_type == "text/event-stream"
        return await anext(events(response))


async def do(client: aiohttp.ClientSession, name: str, user: str = seed.ALICE, **given: Any) -> Any:
    async with client.post(f"/ui/{name}", json={"person": user, **given}) as response:
        assert response.status == 200, await response.text()
        return await response.json()


async def form_of(client: aiohttp.ClientSession) -> Json:
    """Use the command, and give the form that the app opens after it has answered."""
    await do(client, "command", channel=seed.SOPORTE, command="/send")
    async with asyncio.timeout(PATIENCE), client.get("/ui/events") as stream:
        async for state in events(stream):
            if state["modals"]:
                return dict(state["modals"][0])
    raise AssertionError("the stream has ended")


def names(state: Json) -> set[str]:
    return {one["name"] for one in state["channels"] if one["kind"] != "im"}


def texts(state: Json, channel: str = seed.SOPORTE) -> list[str]:
    return [one["text"] for one in state["messages"][channel]]


async def test_a_member_sees_public_channels_and_their_own_private_ones(
    client: aiohttp.ClientSession,
):
    assert names(await seen(client, seed.ALICE)) == {
        "soporte",
        "ventas",
        "privado",
        "secreto",
        "aliados",
    }
    assert names(await seen(client, seed.CARLA)) == {"soporte", "ventas", "aliados"}


async def test_a_guest_sees_nothing_of_a_private_channel(
    world: World, client: aiohttp.ClientSession
):
    await world[0].person(seed.ALICE).say(seed.PRIVATE, "between us")

    state = await seen(client, seed.GUEST)

    assert names(state) == {"soporte", "ventas"}
    assert "between us" not in json.dumps(state)


async def test_someone_of_another_workspace_sees_the_shared_channel_and_no_commands(
    client: aiohttp.ClientSession,
):
    state = await seen(client, seed.EXTERNAL)

    assert names(state) == {"aliados"}
    assert (state["app"]["commands"], state["app"]["shortcuts"]) == ([], [])


async def test_commands_and_shortcuts_are_those_of_the_manifest(client: aiohttp.ClientSession):
    app = (await seen(client))["app"]

    assert [one["command"] for one in app["commands"]] == ["/send", "/raw"]
    assert [one["callback_id"] for one in app["shortcuts"]] == ["anywhere", "on_message"]


async def test_an_ephemeral_message_is_in_nobody_elses_state(
    world: World, client: aiohttp.ClientSession
):
    await do(client, "command", seed.BRUNO, channel=seed.SOPORTE, command="/none")

    assert any(
        "/none is not a valid command" in one for one in texts(await seen(client, seed.BRUNO))
    )
    assert texts(await seen(client, seed.ALICE)) == []


async def test_what_one_person_says_reaches_the_open_page_of_another(
    client: aiohttp.ClientSession,
):
    async with client.get("/ui/events", params={"person": seed.BRUNO}) as response:
        stream = events(response)
        await anext(stream)

        await do(client, "say", channel=seed.SOPORTE, text="hello")

        async with asyncio.timeout(PATIENCE):
            async for state in stream:
                if texts(state) == ["hello"]:
                    break


async def test_a_command_opens_a_form_that_is_filled_and_submitted(
    world: World, client: aiohttp.ClientSession, modal: Any, field: Any, serve_form: Any
):
    submitted: list[Json] = []
    serve_form(world[1], modal(field("name")))

    @world[1].view("form")
    async def take(ack: Any, body: Json) -> None:
        submitted.append(body["view"]["state"]["values"])
        await ack()

    view = await form_of(client)
    typed = [{"block_id": "name", "action_id": "value", "value": "Rosa"}]
    told = await do(client, "submit", view_id=view["id"], typed=typed)

    assert told["closed"]
    assert submitted[0]["name"]["value"]["value"] == "Rosa"
    assert (await seen(client))["modals"] == []


async def test_an_error_stands_in_the_state_under_its_field(
    world: World, client: aiohttp.ClientSession, modal: Any, field: Any, serve_form: Any
):
    serve_form(world[1], modal(field("name")))
    view = await form_of(client)

    await do(client, "submit", view_id=view["id"])

    (view,) = (await seen(client))["modals"]
    assert view["errors"] == {"name": "Please complete this required field."}


async def test_text_that_is_only_put_down_dispatches_nothing_yet(
    world: World, client: aiohttp.ClientSession, modal: Any, field: Any, serve_form: Any
):
    heard: list[Json] = []
    serve_form(world[1], modal(field("name", dispatch_action=True)))

    @world[1].action("value")
    async def hear(ack: Any, body: Json) -> None:
        heard.append(body)
        await ack()

    view = await form_of(client)
    field_of = {"view_id": view["id"], "block_id": "name", "action_id": "value"}
    await do(client, "fill", **field_of, value="Ro", quiet=True)
    before = len(heard)
    await do(client, "fill", **field_of, value="Rosa")

    assert (before, len(heard)) == (0, 1)
    assert heard[0]["view"]["state"]["values"]["name"]["value"]["value"] == "Rosa"


async def test_a_gesture_in_a_view_that_is_gone_does_nothing(client: aiohttp.ClientSession):
    assert await do(client, "submit", view_id="V0GONE") == {"gone": True}


async def test_what_was_typed_into_a_field_that_is_gone_is_not_taken(
    world: World, client: aiohttp.ClientSession, modal: Any, field: Any, serve_form: Any
):
    serve_form(world[1], modal(field("name")))
    view = await form_of(client)
    gone = {"block_id": "other", "action_id": "value", "value": "Rosa"}

    filled = await do(client, "fill", view_id=view["id"], **gone)
    submitted = await do(client, "submit", view_id=view["id"], typed=[gone])

    assert (filled, submitted) == ({"gone": True}, {"gone": True})
    assert (await seen(client))["modals"] == [view]


async def test_the_app_can_be_invited_into_a_channel(world: World, client: aiohttp.ClientSession):
    await do(client, "command", channel=seed.VENTAS, command="/invite", text="@templates")

    state = await seen(client)
    (ventas,) = [one for one in state["channels"] if one["id"] == seed.VENTAS]
    assert ventas["has_bot"]


async def test_the_controls_let_atom_take_a_message_and_drop_the_connection(
    atom: AtomStandIn, client: aiohttp.ClientSession
):
    await do(client, "atom", mode="drops")

    headers, body = {"Authorization": "Bearer t"}, {"templateId": "x", "phoneNumber": "50761234567"}
    async with aiohttp.ClientSession() as bot:
        with pytest.raises(aiohttp.ServerDisconnectedError):
            await bot.post(atom.url, json=body, headers=headers)

    told = (await seen(client))["atom"]
    assert (told["chosen"], told["taken"]) == ("drops", 1)


async def test_atom_takes_nothing_that_it_refuses(atom: AtomStandIn, client: aiohttp.ClientSession):
    async with aiohttp.ClientSession() as bot, bot.post(atom.url, json={}) as answer:
        assert answer.status == 401

    told = (await seen(client))["atom"]
    assert (told["called"], told["taken"]) == (1, 0)


@pytest.mark.parametrize(
    "given", [{"mode": "sings"}, {"mode": "slow", "seconds": -1}, {"mode": "slow", "seconds": "x"}]
)
async def test_the_controls_refuse_what_they_do_not_offer(
    client: aiohttp.ClientSession, given: Json
):
    async with client.post("/ui/atom", json=given) as response:
        assert response.status == 400


async def test_the_wire_shows_both_ways_with_secrets_masked(
    world: World, client: aiohttp.ClientSession
):
    await AsyncWebClient(token="xoxb-stand-in", base_url=world[0].api_url).auth_test()

    rows = (await seen(client))["wire"]
    (row,) = [one for one in rows if one["kind"] == "auth.test"]
    async with client.get(f"/ui/wire/{row['n']}") as response:
        whole = await response.text()

    assert {one["direction"] for one in rows} == {"to_bot", "from_bot"}
    assert (row["status"], row["ok"]) == (200, True)
    assert '"request"' in whole
    assert "xoxb-stand-in" not in whole


async def atom_on_the_wire(client: aiohttp.ClientSession) -> tuple[Json, str]:
    """Give the first line of Atom's, once it is there, and all that stands behind it."""
    rows: list[Json] = []
    async with asyncio.timeout(PATIENCE), client.get("/ui/events") as stream:
        async for state in events(stream):
            rows = [one for one in state["wire"] if one["direction"] == "to_atom"]
            if rows:
                break
    async with client.get(f"/ui/wire/{rows[0]['n']}") as response:
        return rows[0], await response.text()


async def test_the_wire_shows_what_atom_was_asked_without_the_token(
    atom: AtomStandIn, client: aiohttp.ClientSession
):
    headers = {"Authorization": "Bearer t0p-secret"}
    atom.behave("pending")
    order = {"templateId": "x", "phoneNumber": "50761234567"}
    async with aiohttp.ClientSession() as bot, bot.post(atom.url, json=order, headers=headers):
        pass

    row, whole = await atom_on_the_wire(client)

    assert (row["kind"], row["status"], row["ok"]) == ("POST /templates", 200, True)
    told = json.loads(whole)
    assert told["request"]["body"] == order
    assert told["request"]["headers"]["authorization"] == "Bearer ***"
    assert told["answer"] == {"success": True, "message": "Pending"}
    assert "t0p-secret" not in whole


@pytest.mark.parametrize(
    ("mode", "status", "answer"),
    [
        ("rejects", 400, "No hay datos para enviar"),
        ("server_error", 500, "Internal Server Error"),
        ("drops", None, "ended without an answer"),
    ],
)
async def test_the_wire_shows_what_atom_did_wrong(
    atom: AtomStandIn, client: aiohttp.ClientSession, mode: str, status: int | None, answer: str
):
    atom.behave(mode)
    async with aiohttp.ClientSession() as bot:
        with contextlib.suppress(aiohttp.ClientError):
            await bot.post(atom.url, json={})

    row, whole = await atom_on_the_wire(client)

    assert (row["status"], row["ok"]) == (status, False)
    assert answer in whole


@pytest.mark.parametrize(
    "path", ["/", "/static/app.js", f"/ui/events?person={seed.ALICE}", "/ui/wire/0"]
)
@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "127.0.0.1.evil.example"},
        {"Host": "[evil"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://localhost:1"},
        {"Origin": "null"},
    ],
)
async def test_another_name_and_another_page_are_refused(
    client: aiohttp.ClientSession, path: str, headers: dict[str, str]
):
    async with client.get(path, headers=headers) as response:
        assert response.status == 403


async def test_a_gesture_from_another_page_is_refused(world: World, client: aiohttp.ClientSession):
    given = {"person": seed.ALICE, "channel": seed.SOPORTE, "text": "x"}
    async with client.post(
        "/ui/say", json=given, headers={"Origin": "http://evil.example"}
    ) as origin:
        assert origin.status == 403
    async with client.post("/ui/say", data=json.dumps(given)) as plain:
        assert plain.status == 415

    assert world[0].person(seed.ALICE).messages(seed.SOPORTE) == []


async def test_the_same_page_by_its_other_name_is_served(page: Page, client: aiohttp.ClientSession):
    name = f"localhost:{URL(page.url).port}"

    async with client.get("/", headers={"Host": name, "Origin": f"http://{name}"}) as response:
        assert response.status == 200


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.10", "::", "example.org"])
async def test_only_loopback_is_served(world: World, manifest: Json, atom: AtomStandIn, host: str):
    with pytest.raises(ValueError, match="loopback"):
        await Page.start(world[0], atom, manifest, host=host)


async def test_a_taken_port_is_an_oserror(
    world: World, manifest: Json, atom: AtomStandIn, page: Page
):
    with pytest.raises(OSError, match="in use"):
        await Page.start(world[0], atom, manifest, port=URL(page.url).port or 0)


@pytest.mark.parametrize(
    ("gesture", "given", "status"),
    [
        ("dance", {}, 404),
        ("say", {"channel": seed.SOPORTE}, 400),
        ("say", {"channel": seed.SECRET, "text": "x", "person": seed.CARLA}, 409),
        ("say", {"channel": seed.SOPORTE, "text": "x", "person": seed.GONE}, 404),
        ("say", {"channel": seed.SOPORTE, "text": "x", "person": seed.HELPER}, 404),
        ("message_shortcut", {"callback_id": "x", "channel": seed.SOPORTE, "ts": "1.0"}, 409),
        ("command", {"channel": seed.SECRET, "command": "/invite", "person": seed.CARLA}, 409),
    ],
)
async def test_what_a_person_cannot_do_is_refused(
    client: aiohttp.ClientSession, gesture: str, given: Json, status: int
):
    async with client.post(f"/ui/{gesture}", json={"person": seed.ALICE, **given}) as response:
        assert response.status == status


@pytest.mark.parametrize("file", FILES, ids=lambda one: one.name)
async def test_a_static_file_has_its_type_and_is_not_kept(
    client: aiohttp.ClientSession, file: Path
):
    wanted = {".js": "text/javascript", ".css": "text/css", ".html": "text/html"}[file.suffix]
    async with client.get(f"/static/{file.name}") as response:
        assert (response.status, response.content_type) == (200, wanted)
        assert response.headers["Cache-Control"] == "no-store"
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]


@pytest.mark.parametrize("name", ["none.js", "..%2Fserver.py", "%2e%2e%2fserver.py"])
async def test_nothing_but_the_static_files_is_served(client: aiohttp.ClientSession, name: str):
    async with client.get(f"/static/{name}") as response:
        assert response.status == 404


@pytest.mark.parametrize("file", FILES, ids=lambda one: one.name)
def test_text_never_becomes_markup_and_nothing_is_fetched_from_elsewhere(file: Path):
    written = file.read_text("utf-8")

    danger = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function"
    assert not re.search(danger, written)
    assert not re.search(r"(?:https?:)?//[a-z0-9-]+\.[a-z]", written, re.IGNORECASE)


@pytest.mark.parametrize("file", FILES, ids=lambda one: one.name)
def test_a_module_imports_only_what_is_there(file: Path):
    wanted = re.findall(
        r"(?:from|src=|href=) ?\"(?:\./|/static/)([\w.]+)\"", file.read_text("utf-8")
    )

    assert {one for one in wanted if not (server.STATIC / one).is_file()} == set()
