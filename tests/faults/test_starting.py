"""What keeps the bot from starting: said in words, with exit code 2."""

import resource
from pathlib import Path

import pytest

from bot.demo.process import BotProcess
from tests.conftest import BOT_TOKEN, World, open_world

pytestmark = pytest.mark.slow


async def test_a_second_bot_on_the_same_file_says_so(world: World) -> None:
    code, printed = await world.run("serve", PORT="0")

    assert code == 2
    assert "Another bot is running on" in printed
    assert "bot.db" in printed


@pytest.mark.parametrize("way", ["symbolic link", "hard link", "deleted lock"])
async def test_no_way_to_the_same_file_lets_a_second_bot_in(
    world: World, tmp_path: Path, way: str
) -> None:
    database, other = tmp_path / "bot.db", tmp_path / "other.db"
    if way == "symbolic link":
        other.symlink_to(database)
    elif way == "hard link":
        other.hardlink_to(database)
    else:
        (tmp_path / "bot.db.lock").unlink(missing_ok=True)
        other = database

    code, printed = await world.run("serve", PORT="0", DATABASE_URL=f"sqlite:///{other}")

    assert code == 2, printed
    assert world.bots[0].exit_code is None
    assert other.name in printed or database.name in printed


async def test_after_a_kill_the_file_is_free_again(world: World) -> None:
    first = world.bots[0]
    first.kill()
    await first.wait()

    second = await world.start()

    assert second.exit_code is None


async def test_every_bad_setting_is_named_at_once(tmp_path: Path) -> None:
    bad = {
        "SLACK_BOT_TOKEN": "xoxp-not-a-bots-8Yq2",
        "SLACK_SIGNING_SECRET": "two words",
        "ATOM_TOKEN": "sécret",
        "ATOM_URL": "http://example.com/templates",
        "ATOM_RATE": "1000",
        "ATOM_TIMEOUT": "soon",
        "GIVE_UP_AFTER": "6 hours",
        "SENDERS": "alice",
        "DEFAULT_REGION": "Panama",
        "COUNTRIES": "PA,Mexico",
        "DATABASE_URL": "mysql://root:hunter2@localhost/bot",
        "LANGUAGE": "fr",
        "PORT": "70000",
        "LOG_FORMAT": "xml",
    }
    async with open_world(tmp_path, "") as world:
        code, printed = await world.run("serve", **bad)

    assert code == 2
    assert [name for name in bad if f"{name}:" not in printed] == []
    for secret in ("8Yq2", "two words", "sécret", "hunter2"):
        assert secret not in printed


async def test_missing_secrets_are_named(tmp_path: Path) -> None:
    nothing = {"SLACK_BOT_TOKEN": "", "SLACK_SIGNING_SECRET": "", "ATOM_TOKEN": ""}
    async with open_world(tmp_path, f"sqlite:///{tmp_path}/bot.db") as world:
        code, printed = await world.run("serve", **nothing)

    assert code == 2
    assert all(name in printed for name in nothing)
    assert BOT_TOKEN not in printed


async def test_a_port_that_is_taken_is_named(world: World, tmp_path: Path) -> None:
    code, printed = await world.run("serve", DATABASE_URL=f"sqlite:///{tmp_path}/other.db")

    assert code == 2
    assert "PORT" in printed


async def test_a_token_that_slack_refuses_is_named(tmp_path: Path) -> None:
    async with open_world(tmp_path, f"sqlite:///{tmp_path}/bot.db") as world:
        code, printed = await world.run("serve", SLACK_BOT_TOKEN="xoxb-of-somebody-else")

    assert code == 2
    assert "SLACK_BOT_TOKEN" in printed
    assert "of-somebody-else" not in printed


@pytest.mark.parametrize("command", ["serve", "socket"])
async def test_it_may_open_more_files_than_it_was_given(command: str, tmp_path: Path) -> None:
    """What a process inherits is a soft limit, 1,024 nearly everywhere; the hard one counts."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    url = f"sqlite:///{tmp_path}/bot.db"
    async with open_world(tmp_path, url, socket=command == "socket") as world:
        resource.setrlimit(resource.RLIMIT_NOFILE, (1024, before[1]))
        try:
            # A forked one would have the limit of the process that it is forked from.
            bot = await BotProcess.start(
                command, environment=world.environment(), log=tmp_path / "bot.log"
            )
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, before)
        world.bots.append(bot)
        if command == "serve":
            world.slack.connect(f"http://127.0.0.1:{world.port}/slack/events")
        await world.slack.ready(timeout=60.0)

        now = resource.prlimit(bot.pid, resource.RLIMIT_NOFILE)

    assert now == (min(10_240, before[1]), before[1])
    assert now[0] > 1024


async def test_few_open_files_are_no_reason_not_to_start(tmp_path: Path) -> None:
    async with open_world(tmp_path, f"sqlite:///{tmp_path}/bot.db") as world:
        bot = await BotProcess.start(
            "serve",
            environment=world.environment(),
            log=tmp_path / "bot.log",
        )
        world.bots.append(bot)
        world.slack.connect(f"http://127.0.0.1:{world.port}/slack/events")
        # As `LimitNOFILE=256` in a unit would, before it gets so far as to ask.
        resource.prlimit(bot.pid, resource.RLIMIT_NOFILE, (256, 256))

        await world.slack.ready(timeout=60.0)

        now = resource.prlimit(bot.pid, resource.RLIMIT_NOFILE)

    assert now == (256, 256)
