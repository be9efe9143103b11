"""What the probes of real processes say while something is wrong, and what strangers can do."""

import asyncio
import resource
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path

import aiohttp
import pytest
import sqlalchemy as sa

from bot.store.database import open_engine
from tests.conftest import World, open_world
from tests.faults.conftest import SOON, Fleet, Say, locked
from tests.faults.limits import with_handles
from tests.faults.probes import ask, launch, until, until_named, until_ready
from tests.ports import next_port
from tests.stopwatch import AT_ONCE, stopped, stopwatch

pytestmark = pytest.mark.slow

WAITED_FOR = 60.0  # seconds for which a bot waits for a database that may yet come
LOOK = 30.0  # seconds from one look of the bot's own at Slack to the next
STRANGERS = 1100
HALF = b"POST /slack/events HTTP/1.1\r\nHost: bot\r\nX-A: "


async def test_no_probe_asks_slack(world: World) -> None:
    world.slack.fail("auth.test", times=None, retry_after=30)
    before, began = len(world.slack.calls("auth.test")), time.monotonic()

    one_by_one = [await ask(world.port) for _ in range(200)]
    at_once = await asyncio.gather(*(ask(world.port) for _ in range(50)))

    # The bot's own, which looks every half a minute.
    own = 1 + int((time.monotonic() - began) / LOOK)
    assert len(world.slack.calls("auth.test")) - before <= own
    # On a busy machine it may not have looked at something in time, but that is not Slack.
    said = Counter(one_by_one + at_once)
    assert said.total() == 250
    assert [words for _, words in said if "slack" in words] == []
    await until_ready(world.port)


async def test_a_locked_file_is_not_ready(world: World) -> None:
    with locked(world.database_url):
        await until_named(world.port, "database: takes no write")
        alive = await ask(world.port, "/healthz")
    await until_ready(world.port)

    assert alive == (200, "alive\n")


async def test_a_full_disk_is_not_ready(world: World) -> None:
    pid = world.bots[0].pid
    _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (1, hard))
    await until_named(world.port, "database: takes no write")
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (hard, hard))
    await until_ready(world.port)


@pytest.fixture
async def on_postgres(tmp_path: Path, migrated_url: str) -> AsyncIterator[World]:
    async with open_world(tmp_path, migrated_url) as world:
        yield world


async def test_a_server_that_only_reads_is_not_ready(on_postgres: World) -> None:
    world = on_postgres
    await world.start("worker", "--probes")
    await until_ready(world.port)
    admin = open_engine(world.database_url)
    name = sa.make_url(world.database_url).database
    with admin.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text(f"ALTER DATABASE {name} SET default_transaction_read_only=on"))
        # Connections that are open go on writing; so does what managed hosts do: it cuts them.
        cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name AND pid <> pg_backend_pid()"
        connection.execute(sa.text(cut), {"name": name})
        # The first that it finds out may be that it was cut off.
        words = await until_named(world.port, "ReadOnlySqlTransaction")
        connection.execute(sa.text("SET default_transaction_read_only=off"))
        connection.execute(sa.text(f"ALTER DATABASE {name} RESET default_transaction_read_only"))
        connection.execute(sa.text(cut), {"name": name})
    admin.dispose()
    await until_ready(world.port)

    assert "database: takes no write" in words


async def test_a_worker_answers_probes_if_it_is_told_to(on_postgres: World) -> None:
    world = on_postgres
    bots = [await world.start("worker", "--probes"), await world.start("worker")]
    await until_ready(world.port)
    # Nobody probes the other one, which must have begun to heed SIGTERM.
    await world.slack.until(lambda: '"event": "ready"' in bots[1].output(), timeout=SOON)
    metrics = await until(world.port, lambda status, _: status == 200, "/metrics")

    assert 'whatsapp_template_sends{status="unknown"} 0.0' in metrics
    assert [(await stopped(bot))[0] for bot in bots] == [0, 0]


async def test_socket_mode_is_ready_while_it_is_connected(tmp_path: Path) -> None:
    async with open_world(tmp_path, f"sqlite:///{tmp_path}/bot.db", socket=True) as world:
        await world.start("socket", "--probes")
        await until_ready(world.port)
        world.slack.fail("apps.connections.open", times=None, status=503)
        await world.slack.disconnect()

        await until_named(world.port, "socket: not connected")

        world.slack.fail("apps.connections.open", times=0, status=503)
        await until_ready(world.port)


async def test_the_bot_lives_before_slack_was_reached(tmp_path: Path) -> None:
    async with open_world(tmp_path, f"sqlite:///{tmp_path}/bot.db") as world:
        world.slack.fail("auth.test", times=None, status=503)
        await launch(world, "serve")
        await until(world.port, lambda status, _: status == 200, "/healthz")
        unready = await ask(world.port)
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"http://127.0.0.1:{world.port}/slack/events", data=b"x") as answer,
        ):
            refused = answer.status

        world.slack.fail("auth.test", times=0, status=503)
        await until_ready(world.port)

        assert (unready, refused) == ((503, "starting\n"), 503)


async def test_a_bot_waits_for_a_database_that_starts_later(on_postgres: World) -> None:
    world = on_postgres
    server = sa.make_url(world.database_url)
    port = next_port()
    later = server.set(query={}, host="127.0.0.1", port=port, password="hunter2")
    bot = await launch(world, "serve", DATABASE_URL=later.render_as_string(hide_password=False))
    await until(world.port, lambda status, _: status == 200, "/healthz")
    await world.slack.until(
        lambda: bot.output().count("waiting for the database") > 1, timeout=SOON
    )
    unready = await ask(world.port)

    async with await asyncio.start_server(passing_on(server), "127.0.0.1", port):
        await until_ready(world.port)
        code, _ = await stopped(bot)

    assert code == 0
    assert unready == (503, "starting\n")
    assert "hunter2" not in bot.output()


def passing_on(
    server: sa.URL,
) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[None, None, None]]:
    """Make a listener in front of PostgreSQL, wherever that one listens."""
    host = str(server.query.get("host") or server.host)

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(2**16):
                writer.write(data)
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if host.startswith("/"):
            path = f"{host}/.s.PGSQL.{server.port or 5432}"
            their_reader, their_writer = await asyncio.open_unix_connection(path)
        else:
            their_reader, their_writer = await asyncio.open_connection(host, server.port)
        await asyncio.gather(pump(reader, their_writer), pump(their_reader, writer))

    return serve


async def test_a_stop_while_it_waits_for_the_database_is_at_once(tmp_path: Path) -> None:
    async with open_world(tmp_path, "postgresql://bot:hunter2@127.0.0.1:1/bot") as world:
        bot = await launch(world, "worker")
        await world.slack.until(lambda: "waiting for the database" in bot.output(), timeout=SOON)
        code, seconds = await stopped(bot)

    assert code == 0
    assert seconds < AT_ONCE
    assert "hunter2" not in bot.output()


async def test_a_database_that_refuses_us_is_not_waited_for(
    postgres_url: str, tmp_path: Path
) -> None:
    url = sa.make_url(postgres_url).set(database="none_of_that_name")
    address = url.render_as_string(hide_password=False)
    async with open_world(tmp_path, address) as world, stopwatch() as watch:
        code, printed = await world.run("serve")

    assert code == 2
    assert "none_of_that_name" in printed
    assert watch.seconds < WAITED_FOR / 2


async def test_strangers_take_neither_the_handles_nor_the_memory(
    sqlite_fleet: Fleet, say: Say
) -> None:
    world, bot = sqlite_fleet.world, sqlite_fleet.running[0]
    resource.prlimit(bot.pid, resource.RLIMIT_NOFILE, (512, 512))
    before = memory(bot.pid)
    body = b"command=" + b"x" * (2**20 - 10_000)
    with with_handles(STRANGERS + 500):
        strangers = []
        for number in range(STRANGERS):
            _, writer = await asyncio.open_connection("127.0.0.1", world.port)
            strangers.append(writer)
            writer.write(unsigned(body) if number < 300 else HALF)
            await asyncio.sleep(0)

        sends = [await sqlite_fleet.submit(f"among-strangers-{number}") for number in range(3)]
        for send in sends:
            await sqlite_fleet.outcome(send)
        await until_ready(world.port)

        for writer in strangers:
            writer.transport.abort()
    peak = memory(bot.pid, "VmHWM")
    say(f"memory: {before} MB before, at most {peak} MB with 300 bodies and 800 half heads")
    assert sqlite_fleet.most_calls() == 1
    assert "Too many open files" not in bot.output()
    assert peak - before < 100


def memory(pid: int, what: str = "VmRSS") -> int:
    """Return a figure of a process's memory, in MB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(what)).split()[1]) // 1024


def unsigned(body: bytes) -> bytes:
    """Write a request that lacks a last byte and Slack's signature."""
    lines = (
        "POST /slack/events HTTP/1.1",
        "Host: bot",
        "Content-Type: application/x-www-form-urlencoded",
        f"X-Slack-Request-Timestamp: {int(time.time())}",
        f"X-Slack-Signature: v0={'0' * 64}",
        f"Content-Length: {len(body) + 1}",
    )
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
