"""SIGTERM: the bot ends in time, with 0, and leaves nothing undone behind."""

from pathlib import Path

import pytest

from bot.demo.process import BotProcess
from bot.demo.slack import seed
from tests.conftest import PHONE, TEMPLATE, open_world
from tests.faults.conftest import SOON, Fleet, Say, locked, outcomes, status
from tests.stopwatch import AT_ONCE, patiently, stopped

pytestmark = pytest.mark.slow

IN_TIME = 10.0
"""Seconds within which it ends, whatever hangs."""


async def test_with_nothing_under_way_it_ends_at_once(sqlite_fleet: Fleet, say: Say) -> None:
    bot = sqlite_fleet.running[0]

    code, seconds = await stopped(bot)

    say(f"SIGTERM to exit, idle: {seconds:.2f} s")
    assert code == 0, bot.output()
    assert seconds < AT_ONCE


async def test_with_a_call_in_flight_it_ends_within_ten_seconds(
    sqlite_fleet: Fleet, say: Say
) -> None:
    fleet = sqlite_fleet
    fleet.world.atom.behave("hangs")
    send_id = await fleet.submit("in-flight")
    await fleet.called("in-flight")
    bot = fleet.running.pop(0)

    code, seconds = await stopped(bot)

    say(f"SIGTERM to exit, a call hangs: {seconds:.2f} s")
    assert code == 0, bot.output()
    assert seconds < IN_TIME
    fleet.world.atom.behave("answers")
    await fleet.start()
    assert status(await fleet.outcome(send_id)) == "unknown"
    assert fleet.calls("in-flight") == 1


async def test_a_call_that_ends_in_time_is_not_cut_off(sqlite_fleet: Fleet) -> None:
    fleet = sqlite_fleet
    fleet.world.atom.behave("hangs", seconds=1.5)
    send_id = await fleet.submit("soon")
    await fleet.called("soon")

    code, _ = await stopped(fleet.running.pop(0))

    assert code == 0
    await fleet.start()
    assert status(await fleet.outcome(send_id)) == "pending"
    assert fleet.calls("soon") == 1


async def test_what_waits_for_its_turn_is_left_to_the_next_process(sqlite_fleet: Fleet) -> None:
    fleet = sqlite_fleet
    await fleet.kill()
    await fleet.start(ATOM_RATE="0.5")
    send_ids = [await fleet.submit(f"turn-{number}") for number in range(5)]
    await fleet.called("turn-0")
    bot = fleet.running.pop(0)

    code, seconds = await stopped(bot)

    assert code == 0, bot.output()
    assert seconds < IN_TIME
    await fleet.start()
    for send_id in send_ids:
        assert status(await fleet.outcome(send_id)) == "pending"
    assert fleet.most_calls() == 1


async def test_on_postgresql_another_worker_takes_over(postgres_fleet: Fleet) -> None:
    fleet = postgres_fleet
    await fleet.kill()
    # So that it ends soon if the call is with the one that goes on.
    await fleet.start(ATOM_TIMEOUT="10")
    fleet.world.atom.behave("hangs")
    send_id = await fleet.submit("handed-over")
    await fleet.called("handed-over")
    fleet.world.atom.behave("answers")

    codes = [(await stopped(fleet.running.pop(index)))[0] for index in (0, 1)]

    # Whoever of the three had the call: the outcome is told by one that lives, or by the caller.
    assert codes == [0, 0], fleet.world.logs()
    assert status(await fleet.outcome(send_id)) == "unknown"
    assert fleet.calls("handed-over") == 1
    assert len(outcomes(fleet.world)[send_id]) == 1


async def test_while_slack_is_away_at_the_start_it_ends_at_once(tmp_path: Path) -> None:
    async with open_world(tmp_path, f"sqlite:///{tmp_path}/bot.db") as world:
        # Port 9 is the discard service's, where nobody listens.
        away = world.environment(SLACK_API_URL="http://127.0.0.1:9/api/")
        bot = await BotProcess.start("socket", environment=away, log=tmp_path / "bot.log")
        world.bots.append(bot)
        await world.slack.until(lambda: "waiting for slack" in bot.output(), timeout=SOON)

        code, seconds = await stopped(bot)

        assert code == 0, bot.output()
        assert seconds < AT_ONCE


async def test_with_the_database_locked_it_ends_within_ten_seconds(tmp_path: Path) -> None:
    async with open_world(tmp_path, f"sqlite:///{tmp_path}/bot.db") as world:
        bot = await world.start()
        person = world.person()
        await patiently(
            lambda: person.command(seed.SOPORTE, "/whatsapp-template", f"{TEMPLATE} {PHONE}"),
            lambda _: person.view is not None,
        )
        with locked(world.database_url):
            await person.submit()

            code, seconds = await stopped(bot)

        assert code == 0, bot.output()
        assert seconds < IN_TIME
