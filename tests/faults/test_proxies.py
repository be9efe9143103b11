"""A network whose way out is a proxy, and certificates that nobody here knows."""

import ssl
from collections.abc import AsyncIterator
from pathlib import Path
from typing import get_args
from urllib.parse import urlsplit

import pytest

from bot.atom import Atom, open_session
from bot.demo.atom.server import AtomStandIn
from bot.errors import TryLater
from bot.sends import Status
from tests.builders import make_send_request
from tests.conftest import ATOM_TOKEN, TEMPLATE, open_world
from tests.faults.conftest import SOON, Fleet
from tests.faults.probes import launch
from tests.faults.proxy import Proxy, Refusal, behind_tls, certified, counting
from tests.journeys.conftest import Journey

pytestmark = pytest.mark.slow


@pytest.fixture
async def proxy() -> AsyncIterator[Proxy]:
    async with counting() as made:
        yield made


def place(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port}"


@pytest.mark.parametrize("command", ["serve", "socket"])
@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY"])
async def test_slack_and_atom_are_reached_through_it(
    tmp_path: Path, proxy: Proxy, command: str, name: str
) -> None:
    url, settings = f"sqlite:///{tmp_path}/bot.db", {name: proxy.url}
    async with open_world(tmp_path, url, socket=command == "socket", settings=settings) as world:
        await world.start(command)
        journey = Journey(world)
        send_id = await journey.send(f"{TEMPLATE} +50761234567")
        await journey.outcome(send_id, "pending")
        slack, atom = place(world.slack.api_url), place(world.atom.url)

        assert proxy.asked[atom] == len(world.atom.calls) == 1
        assert proxy.asked[slack] >= 1
        assert set(proxy.asked) == {atom, slack}


# NO_PROXY with the places of Slack and Atom; whether each of them is reached through the proxy.
LEFT_OUT = [
    ("*", False, False),
    ("127.0.0.1", False, False),
    ("127.0.0.0/8", False, False),
    ("{slack}", False, True),
    ("{atom}", True, False),
    ("example.com, .slack.com", True, True),
]


@pytest.mark.parametrize(("no_proxy", "slack", "atom"), LEFT_OUT)
async def test_no_proxy_is_kept_and_doctor_says_so(
    tmp_path: Path, proxy: Proxy, no_proxy: str, *, slack: bool, atom: bool
) -> None:
    async with open_world(tmp_path, f"sqlite:///{tmp_path}/bot.db") as world:
        places = {"slack": place(world.slack.api_url), "atom": place(world.atom.url)}
        secret = f"http://bot:hunter2@127.0.0.1:{proxy.port}"
        code, printed = await world.run(
            "doctor", HTTPS_PROXY=secret, NO_PROXY=no_proxy.format(**places)
        )
        through = f"reached through the proxy 127.0.0.1:{proxy.port}"

    said = [through in line for line in printed.splitlines() if "reached" in line]
    assert code == 0, printed
    assert said == [slack, atom], printed
    assert set(proxy.asked) == {
        places[name] for name, is_through in (("slack", slack), ("atom", atom)) if is_through
    }
    assert all(b"Proxy-Authorization: Basic" in each for each in proxy.headers)
    assert "hunter2" not in printed


async def test_a_proxy_that_is_away_is_named(tmp_path: Path) -> None:
    async with open_world(tmp_path, f"sqlite:///{tmp_path}/bot.db") as world:
        code, printed = await world.run("doctor", HTTPS_PROXY="127.0.0.1:9")

    assert code == 1
    assert "SLACK_API_URL can't be reached from this machine through the proxy" in printed
    assert "ATOM_URL can't be reached from this machine through the proxy 127.0.0.1:9" in printed


@pytest.mark.parametrize("proxy_url", ["socks5://127.0.0.1:9", "http://", "ftp://proxy", "a b"])
async def test_a_proxy_of_another_kind_is_refused(tmp_path: Path, proxy_url: str) -> None:
    async with open_world(tmp_path, f"sqlite:///{tmp_path}/bot.db") as world:
        code, printed = await world.run("serve", HTTPS_PROXY=proxy_url)

    assert code == 2
    assert "HTTPS_PROXY: must be a proxy that speaks HTTP" in printed


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    return certified(tmp_path_factory.mktemp("tls"))


@pytest.fixture
async def atom() -> AsyncIterator[AtomStandIn]:
    started = await AtomStandIn.start(token=ATOM_TOKEN)
    yield started
    await started.close()


async def why_later(url: str, proxy: str | None) -> str:
    async with open_session(proxy) as session:
        with pytest.raises(TryLater) as raised:
            await Atom(session, url=url, token=ATOM_TOKEN, timeout=SOON).send(make_send_request())
    return raised.value.key


@pytest.mark.parametrize("refuses", [each for each in get_args(Refusal) if each])
async def test_a_proxy_that_opens_no_tunnel_has_let_nothing_out(
    atom: AtomStandIn, proxy: Proxy, certificate: tuple[Path, ssl.SSLContext], refuses: Refusal
) -> None:
    proxy.refuses = refuses
    async with behind_tls(atom.url, certificate[1]) as url:
        assert await why_later(url, proxy.url) == "atom.unreachable"

    assert atom.calls == []
    assert proxy.asked.total() == 1


@pytest.mark.parametrize("through", [False, True])
async def test_an_unknown_certificate_of_atom_s_has_let_nothing_out(
    atom: AtomStandIn, proxy: Proxy, certificate: tuple[Path, ssl.SSLContext], *, through: bool
) -> None:
    async with behind_tls(atom.url, certificate[1]) as url:
        assert await why_later(url, proxy.url if through else None) == "atom.untrusted"

    assert atom.calls == []


async def test_a_card_says_that_the_certificate_is_not_trusted(
    tmp_path: Path, certificate: tuple[Path, ssl.SSLContext]
) -> None:
    async with (
        open_world(tmp_path, f"sqlite:///{tmp_path}/bot.db") as world,
        behind_tls(world.atom.url, certificate[1]) as url,
    ):
        fleet = Fleet(world, (("serve",),))
        await fleet.start(ATOM_URL=url)
        send_id = await fleet.submit("one")
        await world.slack.until(
            lambda: any("certificate" in each.shown for each in world.slack.workspace.messages),
            timeout=SOON,
        )
        await fleet.kill()
        await fleet.start(ATOM_URL=url, SSL_CERT_FILE=str(certificate[0]))
        await fleet.outcome(send_id)

        assert len(world.atom.calls) == 1


async def test_doctor_calls_it_a_certificate(
    tmp_path: Path, certificate: tuple[Path, ssl.SSLContext]
) -> None:
    async with (
        open_world(tmp_path, f"sqlite:///{tmp_path}/bot.db") as world,
        behind_tls(world.atom.url, certificate[1]) as atom_url,
        behind_tls(world.slack.api_url, certificate[1]) as slack_url,
    ):
        urls = {"ATOM_URL": atom_url, "SLACK_API_URL": slack_url}
        code, printed = await world.run("doctor", **urls)
        trusted = await world.run("doctor", SSL_CERT_FILE=str(certificate[0]), **urls)

    assert code == 1
    assert printed.count("shows a certificate that this machine does not trust") == 2
    assert trusted[0] == 0, trusted[1]


async def test_the_log_calls_it_a_certificate_at_the_start(
    tmp_path: Path, certificate: tuple[Path, ssl.SSLContext]
) -> None:
    async with (
        open_world(tmp_path, f"sqlite:///{tmp_path}/bot.db") as world,
        behind_tls(world.slack.api_url, certificate[1]) as url,
    ):
        bot = await launch(world, "serve", SLACK_API_URL=url)

        await world.slack.until(lambda: "slack.untrusted" in bot.output(), timeout=SOON)


async def test_through_a_tunnel_it_arrives(
    tmp_path: Path, proxy: Proxy, certificate: tuple[Path, ssl.SSLContext]
) -> None:
    async with (
        open_world(tmp_path, f"sqlite:///{tmp_path}/bot.db") as world,
        behind_tls(world.atom.url, certificate[1]) as atom_url,
        behind_tls(world.slack.api_url, certificate[1]) as slack_url,
    ):
        fleet = Fleet(world, (("serve",),))
        await fleet.start(
            ATOM_URL=atom_url,
            SLACK_API_URL=slack_url,
            SSL_CERT_FILE=str(certificate[0]),
            HTTPS_PROXY=proxy.url,
        )
        outcome = await fleet.outcome(await fleet.submit("one"))

    assert outcome.metadata["event_payload"]["status"] == Status.PENDING  # type: ignore[index]
    assert proxy.asked[place(atom_url)] == 1
    assert proxy.asked[place(slack_url)] >= 1
