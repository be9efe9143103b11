"""The probes over HTTP: what they say, and to whom."""

from collections.abc import AsyncIterator, Mapping

import aiohttp
import pytest
from aiohttp import web
from aiohttp.typedefs import Handler

from bot.errors import TryLater
from bot.web import Site
from bot.web.probes import Probes, probes_only
from bot.web.server import Server

TOKEN = "metrics-token-of-a-test"
WITH_TOKEN = {"Authorization": f"Bearer {TOKEN}"}
REASONS = ["database: takes no write", "slack: invalid_auth"]
METRICS = "whatsapp_template_sends 1\n"


class Visit:
    """A process that answers probes only, and from where it is asked."""

    def __init__(self) -> None:
        self.reasons: list[str] = []
        self.token = ""
        self.peer = "127.0.0.1"
        self.breaks = False
        self.url = ""

    async def metrics(self) -> str:
        if self.breaks:
            raise TryLater("database.unreachable")
        return METRICS

    async def ask(self, path: str, headers: Mapping[str, str] | None = None) -> tuple[int, str]:
        async with (
            aiohttp.ClientSession() as session,
            session.get(self.url + path, headers=headers) as answer,
        ):
            return answer.status, await answer.text()


@pytest.fixture
async def visit(request: pytest.FixtureRequest) -> AsyncIterator[Visit]:
    made = Visit()
    made.token = getattr(request, "param", "")
    application = probes_only(Probes(lambda: made.reasons, made.metrics, made.token))

    @web.middleware
    async def from_elsewhere(request: web.Request, handler: Handler) -> web.StreamResponse:
        return await handler(request.clone(remote=made.peer))

    application.middlewares.append(from_elsewhere)
    server = Server(application, host="127.0.0.1", port=0)
    made.url = f"http://127.0.0.1:{await server.start()}"
    yield made
    await server.stop()


tokens = pytest.mark.parametrize("visit", ["", TOKEN], indirect=True, ids=["none", "token"])
with_token = pytest.mark.parametrize("visit", [TOKEN], indirect=True, ids=["token"])
STRANGERS = [
    pytest.param("203.0.113.9", {}, id="elsewhere"),
    pytest.param("::ffff:203.0.113.9", {}, id="elsewhere in IPv6"),
    pytest.param("fe80::1", {}, id="the link"),
    pytest.param("127.0.0.1", {"X-Forwarded-For": "203.0.113.9"}, id="proxy"),
    pytest.param("127.0.0.1", {"x-forwarded-for": "127.0.0.1"}, id="proxy that was lied to"),
    pytest.param("127.0.0.1", {"X-Forwarded-For": ""}, id="proxy that says nothing"),
    pytest.param("::1", {"Forwarded": "for=203.0.113.9"}, id="proxy in the standard's words"),
    pytest.param("127.0.0.1", {"X-Real-IP": "203.0.113.9"}, id="proxy of another kind"),
    pytest.param("127.0.0.1", {"Via": "1.1 edge"}, id="cache"),
    pytest.param("127.0.0.1", {"Host": "bot.example.com"}, id="proxy that keeps the host"),
    pytest.param("127.0.0.1", {"Host": "[::1"}, id="a host that is none"),
]
HERE = [
    pytest.param("127.0.0.1", {}, id="IPv4"),
    pytest.param("127.8.9.1", {}, id="more of IPv4"),
    pytest.param("::1", {"Host": "[::1]:3000"}, id="IPv6"),
    pytest.param("::ffff:127.0.0.1", {"Host": "localhost:3000"}, id="IPv4 in IPv6"),
]


@tokens
@pytest.mark.parametrize(("peer", "headers"), HERE)
async def test_this_machine_is_told_everything(
    visit: Visit, peer: str, headers: dict[str, str]
) -> None:
    visit.peer = peer
    visit.reasons += REASONS

    assert await visit.ask("/readyz", headers) == (503, "\n".join(REASONS) + "\n")
    assert await visit.ask("/metrics", headers) == (200, METRICS)


@tokens
@pytest.mark.parametrize(("peer", "headers"), STRANGERS)
async def test_a_stranger_is_told_no_more_than_yes_or_no(
    visit: Visit, peer: str, headers: dict[str, str]
) -> None:
    visit.peer = peer

    well = await visit.ask("/readyz", headers)
    visit.reasons += REASONS
    ill = await visit.ask("/readyz", headers)
    status, words = await visit.ask("/metrics", headers)

    assert (well, ill) == ((200, "ready\n"), (503, "not ready\n"))
    assert (status, words.count("METRICS_TOKEN")) == (403, 1)
    assert await visit.ask("/healthz", headers) == (200, "alive\n")


@with_token
@pytest.mark.parametrize(("peer", "headers"), STRANGERS)
async def test_who_has_the_token_is_told_everything(
    visit: Visit, peer: str, headers: dict[str, str]
) -> None:
    visit.peer = peer
    visit.reasons += REASONS

    assert await visit.ask("/metrics", headers | WITH_TOKEN) == (200, METRICS)
    assert await visit.ask("/readyz", headers | WITH_TOKEN) == (503, "\n".join(REASONS) + "\n")


@tokens
@pytest.mark.parametrize(
    "given", ["", "Bearer", "Bearer ", "Bearer wrong", TOKEN, f"Basic {TOKEN}", f"Bearer {TOKEN}x"]
)
async def test_another_token_is_none(visit: Visit, given: str) -> None:
    visit.peer = "203.0.113.9"

    status, _ = await visit.ask("/metrics", {"Authorization": given})

    assert status == 403


async def test_metrics_that_can_t_be_read_are_said_to_be(visit: Visit) -> None:
    visit.breaks = True

    assert await visit.ask("/metrics") == (503, "database.unreachable\n")


async def test_a_process_that_answers_probes_takes_nothing_else(visit: Visit) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{visit.url}/slack/events", data=b"x") as answer,
    ):
        assert answer.status == 404


async def test_until_the_bot_has_started_slack_is_refused_and_the_probes_answer() -> None:
    visit = Visit()
    site = Site(secret="unused", probes=Probes(lambda: ["starting"], visit.metrics))
    server = Server(site.application(), host="127.0.0.1", port=0)
    visit.url = f"http://127.0.0.1:{await server.start()}"
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{visit.url}/slack/events", data=b"x") as answer,
    ):
        refused = answer.status
    probes = [await visit.ask(path) for path in ("/healthz", "/readyz")]
    await server.stop()

    assert refused == 503
    assert probes == [(200, "alive\n"), (503, "starting\n")]
