"""Files that people post and put into forms: what the app hears of them, and how it gets them."""

from typing import Any, NamedTuple

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp

from bot.demo.slack.errors import Impossible
from bot.demo.slack.files import FORM_BYTES
from bot.demo.slack.seed import ALICE, BRUNO, EXTERNAL, PRIVATE, SECRET, SHARED, SOPORTE, VENTAS
from bot.demo.slack.server import SlackStandIn
from tests.demo.forms import heard, opened, value_of
from tests.demo.kinds import Build, Json, Serve, Start, World, error_of

ROWS = b"phone,client_name\n+50761234567,Ana\n"
BEARER = {"Authorization": "Bearer xoxb-stand-in"}
UPLOAD = {"type": "file_input", "action_id": "x", "max_files": 1}


class Answer(NamedTuple):
    """What came for a file's address."""

    status: int
    kind: str
    content: bytes


async def fetched(url: str, headers: dict[str, str] = BEARER) -> Answer:
    async with (
        aiohttp.ClientSession() as http,
        http.get(url, headers=headers, allow_redirects=False) as answer,
    ):
        return Answer(answer.status, answer.content_type, await answer.read())


def is_login_page(answer: Answer) -> bool:
    return answer.status == 200 and answer.content.startswith(b"<!DOCTYPE html>")


async def url_of(app: AsyncApp, file_id: str) -> str:
    info = await app.client.files_info(file=file_id)
    return str(info["file"]["url_private_download"])


async def picked(world: World, channel: str, ts: str) -> list[Json]:
    """Give the files of a message as its shortcut tells the app."""
    slack, app = world
    got: list[Json] = []

    @app.shortcut("on_message")
    async def take(ack: Any, body: Json) -> None:
        got.append(body)
        await ack()

    await slack.person(ALICE).message_shortcut("on_message", channel, ts)
    return list(got[0]["message"]["files"])


async def test_a_message_with_a_file_tells_the_app_of_it(either: World) -> None:
    slack, app = either
    alice = slack.person(ALICE)

    message = await alice.upload(SOPORTE, "people.csv", ROWS, text="the list")
    (told,) = await picked(either, SOPORTE, message.ts)

    assert told["name"] == "people.csv"
    assert (told["mimetype"], told["filetype"], told["size"]) == ("text/csv", "csv", len(ROWS))
    assert (told["user"], told["user_team"], told["mode"]) == (ALICE, "T0STANDIN01", "snippet")
    assert (await fetched(told["url_private_download"])).content == ROWS
    info = (await app.client.files_info(file=told["id"]))["file"]
    assert info["shares"]["public"][SOPORTE][0]["ts"] == message.ts
    assert (info["channels"], info["ims"]) == ([SOPORTE], [])
    assert alice.download(told["id"]) == ROWS


async def test_a_file_in_a_thread_of_a_private_channel_says_where(world: World) -> None:
    slack, app = world
    alice = slack.person(ALICE)
    root = await alice.say(PRIVATE, "root")

    message = await alice.upload(PRIVATE, "people.xlsx", b"PK", thread_ts=root)

    info = (await app.client.files_info(file=message.files[0]))["file"]
    (share,) = info["shares"]["private"][PRIVATE]
    assert (share["ts"], share["thread_ts"]) == (message.ts, root)
    assert info["mode"] == "hosted"
    assert [one.name for one in alice.files(PRIVATE)] == ["people.xlsx"]


@pytest.mark.parametrize("channel", [SECRET, VENTAS])
async def test_a_file_where_the_app_is_no_member_is_not_its_to_read(
    world: World, channel: str
) -> None:
    slack, app = world
    message = await slack.person(ALICE).upload(channel, "people.csv", ROWS)
    (told,) = await picked(world, channel, message.ts)

    outside = await error_of(app.client.files_info(file=told["id"]))
    refused = await fetched(told["url_private"])
    slack.workspace.invite_bot(channel)
    inside = await fetched(told["url_private"])

    assert outside == "file_not_found"
    assert is_login_page(refused)
    assert inside.content == ROWS


async def test_a_download_takes_the_right_token(world: World) -> None:
    slack, app = world
    message = await slack.person(ALICE).upload(SOPORTE, "people.csv", ROWS)
    url = await url_of(app, message.files[0])

    answers = [await fetched(url, {"Authorization": one}) for one in ("", "Bearer xoxb-other")]

    assert all(is_login_page(one) for one in answers)
    noted = slack.calls("files.download")
    assert [one.payload["authorization"] for one in noted] == ["", "Bearer xoxb-other"]
    assert "xoxb-stand-in" not in str(slack.traffic)


async def test_without_its_scope_a_file_is_a_login_page(start: Start, manifest: Json) -> None:
    manifest["oauth_config"]["scopes"]["bot"].remove("files:read")
    world = await start()
    slack, app = world
    message = await slack.person(ALICE).upload(SOPORTE, "people.csv", ROWS)
    (told,) = await picked(world, SOPORTE, message.ts)

    answer = await fetched(told["url_private"])

    assert is_login_page(answer)
    assert await error_of(app.client.files_info(file=told["id"])) == "missing_scope"


async def test_a_deleted_file_leaves_a_trace(world: World) -> None:
    slack, app = world
    message = await slack.person(ALICE).upload(SOPORTE, "people.csv", ROWS)
    file_id = message.files[0]
    url = await url_of(app, file_id)

    slack.workspace.files.delete(file_id)

    assert await error_of(app.client.files_info(file=file_id)) == "file_deleted"
    assert (await fetched(url)).status == 404
    assert await picked(world, SOPORTE, message.ts) == [{"id": file_id, "mode": "tombstone"}]
    with pytest.raises(Impossible):
        slack.person(ALICE).download(file_id)


async def test_a_file_that_slack_still_looks_at_has_no_kind_and_is_not_given(world: World) -> None:
    slack, app = world
    alice = slack.person(ALICE)
    message = await alice.upload(SOPORTE, "people.csv", ROWS, is_processing=True)
    before = (await app.client.files_info(file=message.files[0]))["file"]
    early = await fetched(before["url_private"])

    slack.workspace.files.change(message.files[0], is_processing=False)

    after = (await app.client.files_info(file=message.files[0]))["file"]
    assert (before["filetype"], before["mimetype"], early.status) == ("", "", 404)
    assert after["filetype"] == "csv"
    assert (await fetched(after["url_private"])).content == ROWS


async def test_a_file_of_mode_external_lies_elsewhere(world: World) -> None:
    slack, _ = world
    elsewhere = "https://drive.example/people.csv"

    message = await slack.person(ALICE).upload(
        SOPORTE, "people.csv", b"", mode="external", url=elsewhere
    )

    (told,) = await picked(world, SOPORTE, message.ts)
    assert (told["mode"], told["is_external"], told["url_private"]) == ("external", True, elsewhere)
    assert "url_private_download" not in told


async def test_a_file_of_another_workspace_says_so_and_may_have_to_be_asked_for(
    world: World,
) -> None:
    slack, app = world
    message = await slack.person(EXTERNAL).upload(
        SHARED, "people.csv", ROWS, file_access="check_file_info"
    )

    (told,) = await picked(world, SHARED, message.ts)

    assert (told["file_access"], "name" in told) == ("check_file_info", False)
    info = (await app.client.files_info(file=told["id"]))["file"]
    assert (info["name"], info["user_team"]) == ("people.csv", "T0OTHER0001")


def by_error(slack: SlackStandIn) -> None:
    slack.fail("files.download", "login")


def by_status(slack: SlackStandIn) -> None:
    slack.fail("files.download", status=503)


def by_limit(slack: SlackStandIn) -> None:
    slack.fail("files.download")


def by_redirect(slack: SlackStandIn) -> None:
    slack.fail("files.download", location="http://elsewhere.example/file")


@pytest.mark.parametrize(
    ("fault", "status"),
    [(by_error, 200), (by_status, 503), (by_limit, 429), (by_redirect, 302)],
)
async def test_one_download_can_go_wrong(world: World, fault: Any, status: int) -> None:
    slack, app = world
    message = await slack.person(ALICE).upload(SOPORTE, "people.csv", ROWS)
    url = await url_of(app, message.files[0])
    fault(slack)

    first, second = await fetched(url), await fetched(url)

    assert (first.status, first.content == ROWS) == (status, False)
    assert (second.status, second.content) == (200, ROWS)


async def test_a_download_can_end_half_way(world: World) -> None:
    slack, app = world
    message = await slack.person(ALICE).upload(SOPORTE, "people.csv", ROWS)
    url = await url_of(app, message.files[0])
    slack.fail("files.download", drop="after")

    with pytest.raises(aiohttp.ClientPayloadError):
        await fetched(url)


async def test_a_file_in_a_form_is_the_app_s_to_read(
    world: World, serve_form: Serve, modal: Build, field: Build
) -> None:
    got = heard(world[1])
    alice = await opened(world, serve_form, modal(field("file", UPLOAD)))

    file = await alice.give_file("file", "people.csv", ROWS)
    other = await alice.give_file("file", "others.csv", ROWS, user=BRUNO)
    await alice.submit()

    (told,) = value_of(got[0], "file")["files"]
    assert (told["id"], told["name"], told["user"]) == (other.id, "others.csv", BRUNO)
    assert file.id != other.id
    assert (await fetched(told["url_private_download"])).content == ROWS


@pytest.mark.parametrize(
    ("untouched", "expected"),
    [
        ("empty", {"type": "file_input", "files": []}),
        ("null", {"type": "file_input", "files": None}),
        ("missing", {"type": "file_input"}),
    ],
)
async def test_a_file_input_that_nobody_touched_stands_in_the_state_as_a_test_wants(
    start: Start, serve_form: Serve, modal: Build, field: Build, untouched: str, expected: Json
) -> None:
    world = await start(untouched_files=untouched)
    got = heard(world[1])
    alice = await opened(world, serve_form, modal(field("file", UPLOAD, optional=True)))

    await alice.submit()

    assert value_of(got[0], "file") == expected


async def test_slack_s_client_takes_no_file_above_ten_megabytes_and_none_too_many(
    world: World, serve_form: Serve, modal: Build, field: Build
) -> None:
    alice = await opened(world, serve_form, modal(field("file", UPLOAD)))

    with pytest.raises(Impossible, match="larger than 10 MB"):
        await alice.give_file("file", "big.csv", b"x" * (FORM_BYTES + 1))
    await alice.fill("file", [("a.csv", ROWS), ("b.csv", ROWS)])
    refused = await alice.submit()

    assert refused.errors == {"file": "Please choose no more than 1."}
    assert not refused.reached_bot


async def test_an_input_of_files_takes_ten_where_nothing_is_said(
    world: World, serve_form: Serve, modal: Build, field: Build
) -> None:
    several = {"type": "file_input", "action_id": "x"}
    alice = await opened(world, serve_form, modal(field("file", several)))
    await alice.fill("file", [(f"{n}.csv", ROWS) for n in range(11)])

    refused = await alice.submit()

    assert refused.errors == {"file": "Please choose no more than 10."}
