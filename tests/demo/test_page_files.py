"""Files on the page: uploaded, under messages, in forms, and downloaded by whoever sees them."""

import base64
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from bot.demo.atom.server import AtomStandIn
from bot.demo.page.server import Page
from bot.demo.slack import seed
from tests.demo.forms import heard, opened, value_of
from tests.demo.kinds import Build, Json, Serve, World

ROWS = b"phone\n+50761234567\n"


@pytest.fixture
async def client(world: World, manifest: Json) -> AsyncIterator[aiohttp.ClientSession]:
    """Somebody's browser on the page."""
    atom = await AtomStandIn.start(token="t")
    page = await Page.start(world[0], atom, manifest)
    async with aiohttp.ClientSession(page.url) as session:
        yield session
    await page.close()
    await atom.close()


async def posted(client: aiohttp.ClientSession, gesture: str, **given: Any) -> tuple[int, Json]:
    async with client.post(f"/ui/{gesture}", json={"person": seed.ALICE, **given}) as response:
        return response.status, await response.json()


async def uploaded(client: aiohttp.ClientSession, name: str = "people.csv") -> Json:
    content = base64.b64encode(ROWS).decode()
    _, told = await posted(client, "upload", name=name, content=content)
    return dict(told["file"])


async def downloaded(
    client: aiohttp.ClientSession, file_id: str, user: str
) -> tuple[int, bytes, str]:
    async with client.get(f"/ui/file/{file_id}/x", params={"person": user}) as response:
        disposition = response.headers.get("Content-Disposition", "")
        return response.status, await response.read(), disposition


async def test_a_message_with_a_file_is_seen_and_its_file_downloaded(
    world: World, client: aiohttp.ClientSession
) -> None:
    file = await uploaded(client, "pacientes ñ.csv")

    await posted(client, "say", channel=seed.PRIVATE, text="", files=[file["id"]])

    (message,) = world[0].person(seed.BRUNO).messages(seed.PRIVATE)
    assert message.files == (file["id"],)
    status, content, disposition = await downloaded(client, file["id"], seed.BRUNO)
    assert (status, content) == (200, ROWS)
    assert disposition == "attachment; filename*=UTF-8''pacientes%20%C3%B1.csv"


@pytest.mark.parametrize("user", [seed.DIEGO, seed.EXTERNAL])
async def test_who_does_not_see_a_file_cannot_download_it(
    client: aiohttp.ClientSession, user: str
) -> None:
    file = await uploaded(client)
    await posted(client, "say", channel=seed.PRIVATE, text="x", files=[file["id"]])

    status, content, _ = await downloaded(client, file["id"], user)

    assert status == 404
    assert ROWS not in content


@pytest.mark.parametrize("file_id", ["F0NOTHING01", None])
async def test_nobody_posts_what_they_did_not_upload(
    world: World, client: aiohttp.ClientSession, file_id: str | None
) -> None:
    bruno_s = world[0].workspace.add_file("b.csv", ROWS, seed.BRUNO)

    status, _ = await posted(
        client, "say", channel=seed.SOPORTE, text="x", files=[file_id or bruno_s.id]
    )

    assert status == 400
    assert world[0].person(seed.ALICE).messages(seed.SOPORTE) == []


async def test_what_is_no_base64_is_no_file(client: aiohttp.ClientSession) -> None:
    status, told = await posted(client, "upload", name="a.csv", content="?")

    assert (status, told) == (400, {"error": "the file is not base64"})


async def test_a_file_in_a_form_is_the_same_when_the_form_is_submitted(
    world: World,
    client: aiohttp.ClientSession,
    serve_form: Serve,
    modal: Build,
    field: Build,
) -> None:
    got = heard(world[1])
    choose = {"type": "file_input", "action_id": "x"}
    alice = await opened(world, serve_form, modal(field("file", choose)))
    assert alice.view is not None
    file = await uploaded(client)
    place = {"view_id": alice.view.id}
    value: Json = {"block_id": "file", "action_id": "x", "value": [file]}

    await posted(client, "fill", **place, **value)
    await posted(client, "submit", **place, typed=[value])

    assert [one["id"] for one in value_of(got[0], "file")["files"]] == [file["id"]]
    info = await world[1].client.files_info(file=file["id"])
    assert info["file"]["name"] == "people.csv"
