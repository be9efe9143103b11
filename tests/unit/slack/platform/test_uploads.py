"""A file is put into a conversation once, and is there when that is said."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import BotError, Refused, TryLater, Unclear
from bot.slack.platform.client import open_slack
from bot.slack.platform.uploads import REFUSED, NotSeen, SlackUploads
from tests.builders import ALICE, CARLA
from tests.unit.slack.platform.file_server import (
    DIRECT,
    FILE,
    TOKEN,
    FileServer,
    a_file,
    open_server,
)

COMPLETE = "files.completeUploadExternal"
BEGIN = "files.getUploadURLExternal"
LINK = "https://acme.slack.com/files/U0/F0/x.csv"


@pytest.fixture
async def server() -> AsyncIterator[FileServer]:
    async with open_server() as made:
        made.file = shared(made)
        yield made


@pytest.fixture
async def client(server: FileServer) -> AsyncIterator[AsyncWebClient]:
    async with open_slack(TOKEN, f"{server.url}api/") as opened:
        yield opened


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def uploads(client: AsyncWebClient, pauses: list[float]) -> SlackUploads:
    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    return SlackUploads(client, lambda: (CARLA,), sleep=sleep)


def shared(server: FileServer, channel: str = DIRECT, kind: str = "private") -> dict[str, Any]:
    return a_file(server.url, permalink=LINK, shares={kind: {channel: [{"ts": "1.2"}]}})


async def refusal(uploads: SlackUploads) -> BotError:
    with pytest.raises(BotError) as raised:
        await uploads.upload(DIRECT, "x.csv", b"a;b\n")
    return raised.value


async def test_a_file_is_put_there_with_what_is_said_of_it(
    server: FileServer, uploads: SlackUploads
) -> None:
    link = await uploads.upload(DIRECT, "x.csv", b"a;b\n", "Here it is", thread_ts="1.1")

    assert link == LINK
    assert server.taken == b"a;b\n"
    assert server.given[BEGIN] == {"filename": "x.csv", "length": "4"}
    given = server.given[COMPLETE]
    assert (given["channel_id"], given["initial_comment"]) == (DIRECT, "Here it is")
    assert (given["thread_ts"], FILE in given["files"]) == ("1.1", True)


async def test_what_is_uploaded_carries_no_token(server: FileServer, uploads: SlackUploads) -> None:
    await uploads.upload(DIRECT, "x.csv", b"a;b\n")

    assert server.tokens == [""]


async def test_a_file_on_the_disk_is_put_there(
    server: FileServer, uploads: SlackUploads, tmp_path: Path
) -> None:
    path = tmp_path / "outcome.xlsx"
    path.write_bytes(b"PK\x03\x04rows")

    await uploads.upload(DIRECT, path.name, path)

    assert server.taken == b"PK\x03\x04rows"


async def test_the_direct_conversation_has_an_id(server: FileServer, uploads: SlackUploads) -> None:
    assert await uploads.write_to(ALICE, "Here it is") == (DIRECT, "1.2")
    assert server.given["chat.postMessage"] == {"channel": ALICE, "text": "Here it is"}


@pytest.mark.parametrize(
    "found",
    [
        {"shares": {"public": {DIRECT: [{}]}}},
        {"shares": {"private": {DIRECT: [{}]}}},
        {"ims": [DIRECT], "shares": {}},
        {"channels": [DIRECT]},
        {"groups": [DIRECT]},
    ],
)
async def test_it_is_waited_for_until_it_stands_there(
    server: FileServer, uploads: SlackUploads, pauses: list[float], found: dict[str, Any]
) -> None:
    server.infos = [a_file(server.url), shared(server, "C0OTHER0001")]
    server.file = a_file(server.url, permalink=LINK, **found)

    assert await uploads.upload(DIRECT, "x.csv", b"a;b\n") == LINK
    assert server.asked.count("files.info") == 3


async def test_one_that_never_shows_is_unclear_and_not_repeated(
    server: FileServer, uploads: SlackUploads, pauses: list[float]
) -> None:
    server.file = a_file(server.url)

    error = await refusal(uploads)

    assert isinstance(error, NotSeen)
    assert isinstance(error, Unclear)
    assert server.asked.count(COMPLETE) == 1
    assert sum(pauses) < 30


async def test_a_lost_answer_is_looked_after_and_not_repeated(
    server: FileServer, uploads: SlackUploads
) -> None:
    server.lost = {COMPLETE}

    assert await uploads.upload(DIRECT, "x.csv", b"a;b\n") == LINK
    assert server.asked.count(COMPLETE) == 1


async def test_a_look_that_slack_limits_goes_on_after_a_pause(
    server: FileServer, client: AsyncWebClient
) -> None:
    server.errors["files.info"] = "ratelimited"
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 3:
            del server.errors["files.info"]

    uploads = SlackUploads(client, lambda: (), sleep=sleep)

    assert await uploads.upload(DIRECT, "x.csv", b"a;b\n") == LINK


async def test_without_a_way_to_look_it_is_unclear(
    server: FileServer, uploads: SlackUploads
) -> None:
    server.errors["files.info"] = "missing_scope"

    assert isinstance(await refusal(uploads), NotSeen)


@pytest.mark.parametrize("method", [BEGIN, COMPLETE])
@pytest.mark.parametrize(("code", "key"), [*REFUSED.items(), ("missing_scope", "slack.no_scope")])
async def test_each_refusal_says_what_to_do(
    server: FileServer, uploads: SlackUploads, method: str, code: str, key: str
) -> None:
    server.errors[method] = code

    error = await refusal(uploads)

    assert isinstance(error, Refused)
    assert error.key == key
    assert "files.info" not in server.asked


async def test_a_missing_scope_names_it_and_who_helps(
    server: FileServer, uploads: SlackUploads
) -> None:
    server.errors[BEGIN] = "missing_scope"

    error = await refusal(uploads)

    assert error.values == {"scope": "files:write", "people": f"<@{CARLA}>"}


@pytest.mark.parametrize(
    ("status", "key", "kind"),
    [
        (413, "upload.too_large", Refused),
        (429, "slack.limited", TryLater),
        (500, "slack.unreachable", TryLater),
        (302, "slack.unreachable", TryLater),
    ],
)
async def test_an_upload_that_is_not_taken_is_not_completed(
    server: FileServer, uploads: SlackUploads, status: int, key: str, kind: type[BotError]
) -> None:
    server.posted = web.Response(status=status, headers={"Location": "https://evil.example/"})

    error = await refusal(uploads)

    assert isinstance(error, kind)
    assert error.key == key
    assert COMPLETE not in server.asked


async def test_customers_data_goes_to_no_other_host(
    server: FileServer, uploads: SlackUploads, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def elsewhere(**_: object) -> dict[str, str]:
        return {"file_id": FILE, "upload_url": "https://evil.example/upload"}

    monkeypatch.setattr(uploads.client, "files_getUploadURLExternal", elsewhere)

    assert (await refusal(uploads)).key == "upload.denied"
    assert server.asked == []


async def test_a_file_is_sent_below_what_is_said_of_it(
    server: FileServer, uploads: SlackUploads
) -> None:
    await uploads.send(ALICE, "x.csv", b"a;b\n", "Here it is")

    assert server.asked[0] == "chat.postMessage"
    assert server.given["chat.postMessage"]["text"] == "Here it is"
    assert server.given[COMPLETE]["channel_id"] == DIRECT
    assert "chat.delete" not in server.asked


async def test_what_promises_a_file_is_taken_back_without_one(
    server: FileServer, uploads: SlackUploads
) -> None:
    server.errors[BEGIN] = "file_uploads_disabled"

    with pytest.raises(Refused):
        await uploads.send(ALICE, "x.csv", b"a;b\n", "Here it is")

    assert server.given["chat.delete"] == {"channel": DIRECT, "ts": "1.2"}


async def test_what_promises_a_file_that_may_be_there_stays(
    server: FileServer, uploads: SlackUploads
) -> None:
    server.file = a_file(server.url)

    with pytest.raises(NotSeen):
        await uploads.send(ALICE, "x.csv", b"a;b\n", "Here it is")

    assert "chat.delete" not in server.asked
