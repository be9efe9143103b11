"""A list's file is fetched from Slack alone, and what can't be fetched is told with what to do."""

import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient
from yarl import URL

from bot.bulk.batches import ListFile
from bot.bulk.list_file.table import FILE_LIMIT
from bot.errors import BotError, Refused, TryLater
from bot.locales import LANGUAGES, load
from bot.policy.people import Workspace
from bot.slack.platform.client import SlackRefused, open_slack
from bot.slack.platform.files import SlackFiles, own_address
from tests.builders import ALICE, CARLA
from tests.builders.people import HERE, TEAM
from tests.unit.slack.platform.file_server import (
    FILE,
    LOGIN,
    TOKEN,
    FileServer,
    a_file,
    open_server,
)

GIVEN = ListFile(FILE, "pacientes.csv")


@pytest.fixture
async def server() -> AsyncIterator[FileServer]:
    async with open_server() as made:
        yield made


@pytest.fixture
async def other() -> AsyncIterator[FileServer]:
    async with open_server() as made:
        yield made


@pytest.fixture
async def client(server: FileServer) -> AsyncIterator[AsyncWebClient]:
    async with open_slack(TOKEN, f"{server.url}api/") as opened:
        yield opened


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def files(client: AsyncWebClient, pauses: list[float]) -> SlackFiles:
    return make_files(client, pauses)


def make_files(client: AsyncWebClient, pauses: list[float], **changes: Any) -> SlackFiles:
    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    given: dict[str, Any] = {"workspace": HERE, "helpers": lambda: (CARLA,), **changes}
    return SlackFiles(client, sleep=sleep, **given)


async def refusal(files: SlackFiles, user: str = ALICE) -> BotError:
    with pytest.raises(BotError) as raised:
        await files.fetch(GIVEN, user=user)
    return raised.value


async def test_a_file_comes_with_the_token(server: FileServer, files: SlackFiles) -> None:
    server.served = web.Response(body=b"phone\n+50761234567\n", content_type="text/csv")

    read = await files.fetch(GIVEN, user=ALICE)

    assert read == b"phone\n+50761234567\n"
    assert server.tokens == [f"Bearer {TOKEN}"]
    assert server.given["files.info"] == {"file": FILE}


@pytest.mark.parametrize(
    ("code", "key"),
    [
        ("file_not_found", "bulk.file.not_found"),
        ("access_denied", "bulk.file.not_found"),
        ("file_deleted", "bulk.file.deleted"),
        ("missing_scope", "slack.no_scope"),
        ("no_permission", "slack.no_scope"),
    ],
)
async def test_what_slack_says_no_to_is_told(
    server: FileServer, files: SlackFiles, code: str, key: str
) -> None:
    server.errors["files.info"] = code

    error = await refusal(files)

    assert isinstance(error, Refused)
    assert error.key == key
    assert server.tokens == []


async def test_an_unheard_of_refusal_is_told_with_its_code(
    server: FileServer, files: SlackFiles
) -> None:
    server.errors["files.info"] = "moon_is_full"

    error = await refusal(files)

    assert isinstance(error, SlackRefused)
    assert error.code == "moon_is_full"


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"user": CARLA}, "bulk.file.not_yours"),
        ({"user": None}, "bulk.file.not_yours"),
        ({"user_team": "T0OTHER0001"}, "bulk.file.other_workspace"),
        ({"mode": "external", "is_external": True}, "bulk.file.external"),
        ({"mode": "external", "is_external": False}, "bulk.file.external"),
        ({"is_external": True}, "bulk.file.external"),
        ({"mode": "tombstone", "user": None}, "bulk.file.deleted"),
        ({"mode": "hidden_by_limit"}, "bulk.file.hidden_by_limit"),
        ({"mode": "quip"}, "bulk.file.unknown"),
        ({"file_access": "access_denied"}, "bulk.file.not_found"),
        ({"size": FILE_LIMIT + 1}, "bulk.file.bytes"),
    ],
    ids=lambda value: str(value)[:40],
)
async def test_a_file_that_is_none_of_theirs_is_never_asked_for(
    server: FileServer, files: SlackFiles, changes: dict[str, Any], key: str
) -> None:
    server.file = a_file(server.url, **changes)

    error = await refusal(files)

    assert isinstance(error, Refused)
    assert error.key == key
    assert server.asked == ["files.info"]


async def test_in_an_organization_a_file_may_be_of_another_of_its_teams(
    server: FileServer, client: AsyncWebClient
) -> None:
    server.file = a_file(server.url, user_team="T0OTHER0001")
    files = make_files(client, [], workspace=Workspace(TEAM, "E0ACME00001"))

    assert await files.fetch(GIVEN, user=ALICE) == b"phone\n"


async def test_a_file_that_slack_still_processes_is_waited_for(
    server: FileServer, files: SlackFiles, pauses: list[float]
) -> None:
    server.infos = [a_file(server.url, url_private_download=""), a_file(server.url, mimetype="")]

    assert await files.fetch(GIVEN, user=ALICE) == b"phone\n"
    assert len(pauses) == 2


async def test_a_file_that_slack_processes_for_long_is_told(
    server: FileServer, files: SlackFiles, pauses: list[float]
) -> None:
    server.file = a_file(server.url, url_private_download=None)

    error = await refusal(files)

    assert error.key == "bulk.file.processing"
    assert sum(pauses) < 20


@pytest.mark.parametrize(
    "address",
    [
        "http://evil.example/files-pri/list.csv",
        "https://evil.example/list.csv",
        "https://slack.com.evil.example/list.csv",
        "https://notslack.com/list.csv",
        "https://slack.com@evil.example/list.csv",
        "https://evil.example/https://files.slack.com/list.csv",
        "https://evil.example#.slack.com",
        "http://files.slack.com/list.csv",
        "//files.slack.com/list.csv",
        "file:///etc/passwd",
        "https://[::1/list.csv",
    ],
)
async def test_the_token_goes_to_no_other_host(
    server: FileServer, files: SlackFiles, address: str
) -> None:
    server.file = a_file(server.url, url_private_download=address)

    error = await refusal(files)

    assert error.key == "bulk.file.elsewhere"
    assert server.asked == ["files.info"]


@pytest.mark.parametrize(
    ("address", "api", "is_own"),
    [
        ("https://files.slack.com/files-pri/T-F/x.csv", "https://slack.com/api/", True),
        ("https://slack.com/files-pri/T-F/x.csv", "https://slack.com/api/", True),
        ("https://acme.enterprise.slack.com/x.csv", "https://slack.com/api/", True),
        ("https://FILES.SLACK.COM./x.csv", "https://slack.com/api/", True),
        ("https://files.slack.com/x.csv", "http://127.0.0.1:8080/api/", True),
        ("http://127.0.0.1:8080/files-pri/x.csv", "http://127.0.0.1:8080/api/", True),
        ("http://127.0.0.1:8081/files-pri/x.csv", "http://127.0.0.1:8080/api/", False),
        ("http://127.0.0.1:8080/files-pri/x.csv", "https://slack.com/api/", False),
        ("https://sub.proxy.example/x.csv", "https://proxy.example/api/", False),
        ("http://proxy.example/x.csv", "https://proxy.example/api/", False),
        ("", "https://slack.com/api/", False),
    ],
)
def test_slacks_hosts_are_its_own_and_the_one_of_the_api(
    address: str,
    api: str,
    is_own: bool,  # noqa: FBT001 - one of the table's columns
) -> None:
    assert (own_address(address, api) is not None) == is_own


async def test_a_redirect_within_slack_keeps_the_token(
    server: FileServer, files: SlackFiles
) -> None:
    async def serve(request: web.Request) -> web.Response:
        if "moved" in request.path:
            return web.Response(body=b"moved")
        return web.Response(status=302, headers={"Location": "/moved/list.csv"})

    server.served = serve

    assert await files.fetch(GIVEN, user=ALICE) == b"moved"
    assert server.tokens == [f"Bearer {TOKEN}"] * 2


async def test_a_redirect_to_another_host_gets_no_token(
    server: FileServer, other: FileServer, files: SlackFiles
) -> None:
    server.served = web.Response(status=302, headers={"Location": f"{other.url}list.csv"})

    error = await refusal(files)

    # Without encryption nobody is followed elsewhere at all.
    assert error.key == "bulk.file.elsewhere"
    assert other.asked == []


async def test_an_encrypted_redirect_to_another_host_gets_no_token(
    server: FileServer, client: AsyncWebClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.served = web.Response(
        status=302, headers={"Location": "https://cdn.example.invalid/list.csv"}
    )
    asked: list[tuple[str, bool]] = []
    session = client.session
    assert session is not None
    real = session.get

    def get(url: URL, *, headers: dict[str, str], **more: Any) -> Any:
        asked.append((str(url.host), "Authorization" in headers))
        return real(url if url.scheme == "http" else f"{server.url}cdn", headers=headers, **more)

    monkeypatch.setattr(session, "get", get)
    await refusal(make_files(client, []))

    assert asked[:2] == [("127.0.0.1", True), ("cdn.example.invalid", False)]


async def test_redirects_without_end_are_left(server: FileServer, files: SlackFiles) -> None:
    server.served = web.Response(status=302, headers={"Location": "/again"})

    error = await refusal(files)

    assert error.key == "bulk.file.elsewhere"
    assert len(server.tokens) == 4


@pytest.mark.parametrize(
    "page",
    [
        web.Response(text=LOGIN, content_type="text/html"),
        web.Response(text="sign in", content_type="text/html"),
        web.Response(text=f"\n {LOGIN}", content_type="text/csv"),
    ],
    ids=["page", "type", "start"],
)
async def test_slacks_login_page_is_a_missing_scope(
    server: FileServer, files: SlackFiles, page: web.Response
) -> None:
    server.served = page

    error = await refusal(files)

    assert error.key == "slack.no_scope"
    assert error.values == {"scope": "files:read", "people": f"<@{CARLA}>"}


async def test_a_web_page_that_somebody_gave_is_left_to_who_reads_it(
    server: FileServer, files: SlackFiles
) -> None:
    server.served = web.Response(
        text=LOGIN,
        content_type="text/html",
        headers={"Content-Disposition": 'attachment; filename="list.xls"'},
    )

    assert await files.fetch(GIVEN, user=ALICE) == LOGIN.encode()


async def test_where_no_admin_is_named_the_operator_is(
    server: FileServer, client: AsyncWebClient
) -> None:
    server.errors["files.info"] = "missing_scope"

    error = await refusal(make_files(client, [], helpers=lambda: ()))

    assert error.key == "slack.no_scope_owner"


@pytest.mark.parametrize(
    ("status", "key", "kind"),
    [
        (401, "slack.no_scope", Refused),
        (403, "slack.no_scope", Refused),
        (404, "bulk.file.deleted", Refused),
        (429, "slack.limited", TryLater),
        (500, "slack.unreachable", TryLater),
        (206, "slack.unreachable", TryLater),
    ],
)
async def test_each_status_of_the_download_says_what_to_do(
    server: FileServer, files: SlackFiles, status: int, key: str, kind: type[BotError]
) -> None:
    server.served = web.Response(status=status, text="no")

    error = await refusal(files)

    assert isinstance(error, kind)
    assert error.key == key


async def test_more_than_the_limit_is_not_read_to_its_end(
    server: FileServer, files: SlackFiles
) -> None:
    async def serve(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        sent = 0
        try:
            while sent < FILE_LIMIT * 4:
                await response.write(b"a" * 65536)
                sent += 65536
        except ConnectionError:
            assert sent < FILE_LIMIT * 3
        return response

    server.served = serve

    assert (await refusal(files)).key == "bulk.file.bytes"


async def test_a_download_that_breaks_off_is_tried_later(
    server: FileServer, files: SlackFiles
) -> None:
    async def serve(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000"})
        await response.prepare(request)
        await response.write(b"phone\n")
        assert request.transport is not None
        request.transport.close()
        return response

    server.served = serve

    assert isinstance(await refusal(files), TryLater)


async def test_the_log_names_no_file(
    server: FileServer, files: SlackFiles, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="bot")
    server.file = a_file(server.url, user=CARLA)

    await refusal(files)

    written = [record.__dict__ for record in caplog.records]
    assert [each["reason"] for each in written] == ["bulk.file.not_yours"]
    assert "pacientes" not in str(written)
    assert TOKEN not in str(written)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_missing_scope_is_said_with_who_helps(language: str) -> None:
    said = load(language)("slack.no_scope", scope="files:read", people=f"<@{CARLA}>")

    assert "`files:read`" in said
    assert f"<@{CARLA}>" in said
