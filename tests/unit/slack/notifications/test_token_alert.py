"""The admins are told of a refused token: each in their language, and nobody twice."""

from collections.abc import AsyncIterator
from typing import Any, cast

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from slack_sdk.web.async_client import AsyncWebClient

from bot.demo.slack.blockkit import check_blocks
from bot.locales import Translations, load
from bot.policy.people import Policy, Workspace
from bot.slack.notifications.token_alert import CHECK_NOW, TRIES, TokenAlert, mended, refused
from bot.slack.platform.client import open_slack
from bot.slack.platform.directory import SlackDirectory
from tests.builders import ALICE, CARLA
from tests.fakes import FakeClock, FakeSlack

TEAM, ADMINS = "T0ACME00001", "S0ADMINS001"
BRUNO, GUEST = "U0BRUNO0001", "U0GUEST0001"
EN, ES, PT = load("en"), load("es"), load("pt")


class FakeClaims:
    """The row, as one process sees it."""

    def __init__(self) -> None:
        self.may_tell = True
        self.is_open = False

    async def claim_refused(self) -> bool:
        was, self.may_tell = self.may_tell, False
        self.is_open = self.is_open or was
        return was

    async def claim_mended(self) -> bool:
        was, self.is_open = self.is_open, False
        return was

    async def return_refused(self) -> None:
        self.may_tell, self.is_open = True, False

    async def return_mended(self) -> None:
        self.is_open = True


class Scene:
    """The one who tells, and what Slack was told; a list of refusals comes first."""

    def __init__(self, client: AsyncWebClient, told: list[dict[str, Any]]) -> None:
        self.claims, self.told, self.clock = FakeClaims(), told, FakeClock()
        self.refusals: list[tuple[int, str]] = []
        self.slack = FakeSlack()
        for user, locale in ((ALICE, "es-LA"), (BRUNO, "pt-BR"), (CARLA, "en-US"), (GUEST, "")):
            facts = dict.fromkeys(("deleted", "is_bot", "is_restricted"), False)
            self.slack.users[user] = {"id": user, "team_id": TEAM, "locale": locale, **facts}
        self.slack.users[GUEST]["is_restricted"] = True
        self.slack.groups = {ADMINS: [BRUNO, GUEST]}
        self.client = client

    def alert(self, *admins: str) -> TokenAlert:
        policy = Policy(frozenset(), frozenset(admins))
        directory = SlackDirectory(cast(AsyncWebClient, self.slack), Workspace(TEAM), policy)
        return TokenAlert(self.client, self.claims, directory, Translations("en"), self.clock.sleep)

    def readers(self) -> list[str]:
        return [str(each["channel"]) for each in self.told]


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    told: list[dict[str, Any]] = []

    async def handle(request: web.Request) -> web.Response:
        if made.refusals:
            status, code = made.refusals.pop(0)
            return web.json_response({"ok": False, "error": code}, status=status)
        told.append(await request.json())
        return web.json_response({"ok": True, "channel": "D1", "ts": "1.2"})

    application = web.Application()
    application.router.add_post("/{tail:.*}", handle)
    async with (
        TestServer(application) as server,
        open_slack("xoxb-test", f"{server.make_url('/')}api/") as client,
    ):
        made = Scene(client, told)
        yield made


async def test_each_admin_is_told_in_their_language_what_to_do(scene: Scene) -> None:
    alert = scene.alert(ALICE, CARLA, ADMINS)

    alert.token_refused(401)
    await alert.settled()

    texts = {each["channel"]: each["text"] for each in scene.told}
    assert set(texts) == {ALICE, BRUNO, CARLA}
    for user, translator in ((ALICE, ES), (BRUNO, PT), (CARLA, EN)):
        assert texts[user].startswith(translator("token_alert.refused", status=401))
        assert "ATOM_TOKEN" in texts[user]
        assert "Seguridad" in texts[user]


async def test_it_is_told_once_however_often_it_is_met(scene: Scene) -> None:
    alert = scene.alert(CARLA)

    for _ in range(5):
        alert.token_refused(401)
    alert.token_taken()
    alert.token_taken()
    await alert.settled()

    assert [each["text"] for each in scene.told] == [
        refused(401, EN).text,
        EN("token_alert.mended"),
    ]


async def test_who_was_never_told_of_it_is_not_told_that_it_is_mended(scene: Scene) -> None:
    alert = scene.alert(CARLA)

    alert.token_taken()
    await alert.settled()

    assert scene.told == []


async def test_a_slack_that_asks_for_a_pause_is_asked_again(scene: Scene) -> None:
    scene.refusals = [(429, "ratelimited"), (200, "ratelimited")]
    alert = scene.alert(CARLA)

    alert.token_refused(403)
    await alert.settled()

    assert scene.readers() == [CARLA]
    assert scene.clock.slept == [1.0, 2.0]


@pytest.mark.parametrize(
    "refusals",
    [
        [(200, "token_revoked")],
        [(200, "messages_tab_disabled")],
        [(200, "invented_tomorrow")],
        [(429, "ratelimited")] * TRIES,
        [(200, "account_inactive")],
    ],
)
async def test_what_nobody_could_be_told_is_told_when_it_is_met_again(
    scene: Scene, refusals: list[tuple[int, str]]
) -> None:
    scene.refusals = refusals
    alert = scene.alert(CARLA)

    alert.token_refused(401)
    await alert.settled()
    alert.token_refused(401)
    await alert.settled()

    assert scene.readers() == [CARLA]


async def test_one_who_cannot_be_told_keeps_it_from_nobody(scene: Scene) -> None:
    scene.refusals = [(200, "channel_not_found")]
    alert = scene.alert(ALICE, CARLA)

    alert.token_refused(401)
    alert.token_refused(401)
    await alert.settled()

    assert scene.readers() == [CARLA]


async def test_whether_it_was_told_is_not_known_so_it_is_not_repeated(scene: Scene) -> None:
    scene.refusals = [(500, "")]
    alert = scene.alert(CARLA)

    alert.token_refused(401)
    alert.token_refused(401)
    await alert.settled()

    assert scene.told == []


@pytest.mark.parametrize("admins", [(), ("*",)])
async def test_where_nobody_is_named_the_whole_workspace_is_not_told(
    scene: Scene, admins: tuple[str, ...], caplog: pytest.LogCaptureFixture
) -> None:
    alert = scene.alert(*admins)

    alert.token_refused(401)
    await alert.settled()

    assert scene.told == []
    assert "no admins to tell" in caplog.messages


async def test_a_group_that_cannot_be_read_keeps_it_from_nobody_else(scene: Scene) -> None:
    scene.slack.raises[ADMINS] = [TimeoutError()]
    alert = scene.alert(CARLA, ADMINS)

    alert.token_refused(401)
    await alert.settled()

    assert scene.readers() == [CARLA]


@pytest.mark.parametrize("words", [EN, ES, PT])
def test_slack_takes_what_they_are_told(words: Any) -> None:
    message = refused(401, words)

    assert check_blocks(message.arguments()["blocks"]) == []
    assert CHECK_NOW in str(message.blocks)
    assert check_blocks(mended(words).arguments()["blocks"]) == []
