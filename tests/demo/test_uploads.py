"""What the app uploads: an address, the bytes, and the message that brings them."""

from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError, SlackRequestError

from bot.demo.slack import file_sharing
from bot.demo.slack.seed import ALICE, BRUNO, PRIVATE, SECRET, SOPORTE, VENTAS
from tests.demo.kinds import Json, Start, World, error_of

RESULT = b"row,status\n1,accepted\n"


async def announced(app: AsyncApp, name: str = "result.csv", content: bytes = RESULT) -> str:
    """Do the first two steps and give the file's id."""
    step = await app.client.files_getUploadURLExternal(filename=name, length=len(content))
    async with (
        aiohttp.ClientSession() as http,
        http.post(step["upload_url"], data=content) as answer,
    ):
        assert answer.status == 200
    return str(step["file_id"])


async def completed(app: AsyncApp, file_id: str, **more: Any) -> Json:
    files: list[dict[str, str | None]] = [{"id": file_id, "title": "The result"}]
    answer = await app.client.files_completeUploadExternal(files=files, **more)
    return dict(answer["files"][0])


async def test_an_upload_becomes_a_message_in_the_direct_conversation(either: World) -> None:
    slack, app = either
    alice = slack.person(ALICE)
    file_id = await announced(app)

    told = await completed(
        app, file_id, channel_id=alice.dm_channel, initial_comment="*Done*: 1 of 1"
    )

    (message,) = alice.dm()
    assert (message.text, message.files) == ("*Done*: 1 of 1", (file_id,))
    assert alice.download(file_id) == RESULT
    # Slack answers before it has looked at the file.
    assert (told["id"], told["filetype"], told["shares"]) == (file_id, "", {})
    info = (await app.client.files_info(file=file_id))["file"]
    assert (info["name"], info["title"], info["filetype"]) == ("result.csv", "The result", "csv")
    assert info["shares"]["private"][alice.dm_channel][0]["ts"] == message.ts
    assert info["ims"] == [alice.dm_channel]
    assert slack.workspace.files[file_id].user == message.user


async def test_the_sdk_s_own_way_puts_a_file_into_a_thread(world: World) -> None:
    slack, app = world
    root = (await app.client.chat_postMessage(channel=SOPORTE, text="root"))["ts"]

    done = await app.client.files_upload_v2(
        channel=SOPORTE, thread_ts=root, filename="r.csv", content=RESULT, initial_comment="here"
    )

    _, reply = slack.person(BRUNO).thread(SOPORTE, root)
    assert (reply.text, reply.files) == ("here", (done["file"]["id"],))
    assert slack.person(BRUNO).download(reply.files[0]) == RESULT


async def test_the_bytes_may_come_as_a_form(world: World) -> None:
    slack, app = world
    client = app.client
    step = await client.files_getUploadURLExternal(filename="a.csv", length=len(RESULT))
    form = aiohttp.FormData()
    form.add_field("filename", RESULT, filename="a.csv")

    async with aiohttp.ClientSession() as http, http.post(step["upload_url"], data=form) as answer:
        status = answer.status
    await completed(app, step["file_id"], channel_id=SOPORTE)

    assert status == 200
    assert slack.workspace.files[step["file_id"]].content == RESULT


async def test_without_a_conversation_it_is_the_app_s_alone(world: World) -> None:
    slack, app = world
    file_id = await announced(app)

    await completed(app, file_id)

    info = (await app.client.files_info(file=file_id))["file"]
    assert (info["shares"], slack.workspace.messages) == ({}, [])
    assert slack.person(ALICE).files(SOPORTE) == []


@pytest.mark.parametrize(
    ("channel", "error"),
    [
        (ALICE, "invalid_arguments"),
        ("#soporte", "invalid_arguments"),
        ("C0NOTHING01", "channel_not_found"),
        (SECRET, "channel_not_found"),
        (VENTAS, "not_in_channel"),
    ],
)
async def test_where_the_app_may_not_upload(world: World, channel: str, error: str) -> None:
    slack, app = world
    file_id = await announced(app)

    assert await error_of(completed(app, file_id, channel_id=channel)) == error
    assert slack.workspace.messages == []
    # What was refused can still go elsewhere.
    await completed(app, file_id, channel_id=PRIVATE)
    assert slack.person(BRUNO).files(PRIVATE)[0].id == file_id


async def test_a_person_s_id_is_refused_in_slack_s_words(world: World) -> None:
    _, app = world
    file_id = await announced(app)

    with pytest.raises(SlackApiError) as error:
        await completed(app, file_id, channel_id=ALICE)

    (words,) = error.value.response["response_metadata"]["messages"]
    expected = r"[ERROR] input must match regex pattern: ^[CGDZ][A-Z0-9]{8,}$"
    assert words == f"{expected} [json-pointer:/channel_id]"


async def test_threads_and_archived_channels_that_take_nothing(world: World) -> None:
    slack, app = world
    file_id = await announced(app)
    locked = (await app.client.chat_postMessage(channel=SOPORTE, text="x"))["ts"]
    slack.workspace.locked[SOPORTE, locked] = "restricted_action_thread_locked"

    async def error(**place: str) -> str:
        return await error_of(completed(app, file_id, **place))

    assert await error(channel_id=SOPORTE, thread_ts="1.1") == "thread_not_found"
    assert await error(channel_id=SOPORTE, thread_ts=locked) == "restricted_action_thread_locked"
    slack.workspace.archive(SOPORTE)
    assert await error(channel_id=SOPORTE) == "is_archived"


async def test_an_upload_whose_bytes_never_came_is_no_file(world: World) -> None:
    _, app = world
    step = await app.client.files_getUploadURLExternal(filename="a.csv", length=3)

    assert await error_of(completed(app, step["file_id"])) == "file_not_found"
    assert await error_of(completed(app, "F0NOTHING01")) == "file_not_found"


async def test_another_length_and_another_ticket_are_refused(world: World) -> None:
    _, app = world
    step = await app.client.files_getUploadURLExternal(filename="a.csv", length=3)

    async with aiohttp.ClientSession() as http:
        async with http.post(step["upload_url"], data=RESULT) as longer:
            assert longer.status == 400
        async with http.post(f"{step['upload_url']}x", data=b"abc") as unknown:
            assert unknown.status == 404


@pytest.mark.parametrize(
    "error",
    ["file_uploads_disabled", "storage_limit_reached", "file_upload_size_restricted"],
)
async def test_slack_can_refuse_an_upload(world: World, error: str) -> None:
    slack, app = world
    slack.fail("files.getUploadURLExternal", error)

    assert await error_of(announced(app)) == error
    assert await announced(app)


async def test_an_empty_file_cannot_be_announced(world: World) -> None:
    _, app = world

    call = app.client.files_getUploadURLExternal(filename="a.csv", length=0)

    assert await error_of(call) == "missing_argument"


async def test_the_bytes_can_be_refused_and_the_last_step_limited(world: World) -> None:
    slack, app = world
    slack.fail("files.upload", status=500)
    with pytest.raises(SlackRequestError, match="status: 500"):
        await app.client.files_upload_v2(filename="a.csv", content=RESULT)
    file_id = await announced(app)
    slack.fail("files.completeUploadExternal", retry_after=7)

    with pytest.raises(SlackApiError) as error:
        await completed(app, file_id)

    assert error.value.response.status_code == 429
    assert error.value.response.headers["Retry-After"] == "7"


async def test_uploads_need_their_scope(start: Start, manifest: Json) -> None:
    manifest["oauth_config"]["scopes"]["bot"].remove("files:write")
    _, app = await start()

    assert await error_of(announced(app)) == "missing_scope"


async def test_a_share_can_come_late_or_never(world: World) -> None:
    slack, app = world
    slack.workspace.files.sharing = "held"
    late = await announced(app)
    await completed(app, late, channel_id=SOPORTE)
    before = (await app.client.files_info(file=late))["file"]["shares"]

    file_sharing.release(slack.workspace)
    slack.workspace.files.sharing = "never"
    lost = await announced(app)
    await completed(app, lost, channel_id=SOPORTE)

    after = (await app.client.files_info(file=late))["file"]["shares"]
    assert (before, list(after)) == ({}, ["public"])
    assert (await app.client.files_info(file=lost))["file"]["shares"] == {}
    assert [one.id for one in slack.person(ALICE).files(SOPORTE)] == [late]
