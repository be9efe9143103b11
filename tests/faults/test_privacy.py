"""What must never be in a log, after a run that meets every error there is."""

import re
import sqlite3
from collections.abc import Callable

import pytest

from bot.demo.atom.replies import MODES
from bot.demo.slack import seed
from bot.demo.slack.server import SlackStandIn
from tests.conftest import APP_TOKEN, ATOM_TOKEN, BOT_TOKEN, SECRET, TEMPLATE
from tests.faults.conftest import COMMAND, SOON, Fleet
from tests.stopwatch import patiently, stopped

pytestmark = pytest.mark.slow

PHONES = ("+50761234567", "+573211234567", "+5511961234567")
CLIENT = "Rosalinda Secreta"
VALUE = "value-that-is-private"
BELOW_HTTP = ("drops", "drops_before", "huge")
CLOSED = ("channel_not_found", "not_in_channel", "msg_too_long")
FAULTS: tuple[Callable[[SlackStandIn], None], ...] = (
    lambda slack: slack.fail("chat.postMessage"),
    lambda slack: slack.fail("chat.postMessage", status=500),
    lambda slack: slack.fail("chat.postMessage", drop="before"),
    lambda slack: slack.fail("chat.postMessage", drop="after"),
    lambda slack: slack.fail("chat.postMessage", delay=2.5),
)


async def test_no_log_holds_secrets_numbers_names_or_values(sqlite_fleet: Fleet) -> None:
    fleet = sqlite_fleet
    await fleet.kill()
    await fleet.start(ATOM_TIMEOUT="1", ATOM_RATE="80")

    await every_answer_of_atom(fleet)
    await every_refusal_of_slack(fleet)
    await every_refusal_of_ours(fleet)
    await a_kill_and_a_stop(fleet)

    logs = fleet.world.logs()
    assert '"event": "refused"' in logs
    assert '"event": "may stand twice"' in logs
    assert '"event": "card not updated"' in logs
    assert found_in(logs) == []


async def test_a_readable_log_holds_none_either(sqlite_fleet: Fleet) -> None:
    fleet = sqlite_fleet
    await fleet.kill()
    fleet.world.settings["LOG_FORMAT"] = "text"
    bot = await fleet.world.start()

    await every_refusal_of_ours(fleet)
    await fleet.world.slack.until(lambda: "refused" in bot.output(), timeout=SOON)

    assert found_in(bot.output()) == []


async def every_answer_of_atom(fleet: Fleet) -> None:
    for mode in (*MODES, *BELOW_HTTP):
        fleet.world.atom.behave(mode, times=1)
        await fleet.outcome(await private_send(fleet, PHONES[0]))
        end_pause(fleet)
    fleet.world.atom.behave("hangs", times=1)
    await fleet.outcome(await private_send(fleet, PHONES[1]))
    fleet.world.atom.behave("slow_body", times=1, seconds=5.0)
    await fleet.outcome(await private_send(fleet, PHONES[1]))
    fleet.world.atom.behave("down")
    send_id = await private_send(fleet, PHONES[1])
    await fleet.waits(send_id)
    fleet.world.atom.behave("answers")
    await fleet.outcome(send_id)


async def every_refusal_of_slack(fleet: Fleet) -> None:
    slack = fleet.world.slack
    for break_it in FAULTS:
        break_it(slack)
        await fleet.outcome(await private_send(fleet, PHONES[2]))
    for error in CLOSED:
        slack.fail("chat.postMessage", error)
        await answered_in_private(fleet)
    # The card of an unknown one is posted, and then changed.
    fleet.world.atom.behave("drops", times=1)
    slack.fail("chat.update", "message_not_found")
    await fleet.outcome(await private_send(fleet, PHONES[2]))
    slack.fail("views.open", "invalid_trigger")
    await fleet.world.person().command(seed.SOPORTE, COMMAND, text(PHONES[2]))
    slack.fail("users.info", "user_not_found")
    await fleet.world.person(seed.CARLA).command(seed.SOPORTE, COMMAND, text(PHONES[2]))
    slack.fail("chat.postMessage", "invalid_auth", times=None)
    await private_send(fleet, PHONES[2])
    await slack.until(lambda: "can't tell" in fleet.world.logs(), timeout=SOON)
    slack.fail("chat.postMessage", times=0)


async def answered_in_private(fleet: Fleet) -> None:
    slack = fleet.world.slack
    answers = len(slack.calls("response_url"))
    await private_send(fleet, PHONES[2])
    await slack.until(lambda: len(slack.calls("response_url")) > answers + 1, timeout=SOON)


async def every_refusal_of_ours(fleet: Fleet) -> None:
    for user in (seed.GUEST, seed.SINGLE):
        await fleet.world.person(user).command(seed.SOPORTE, COMMAND, text(PHONES[0]))
    person = fleet.world.person()
    await person.command(seed.SOPORTE, COMMAND, text(f"{PHONES[0]}12345678"))
    assert (await person.submit()).errors
    await person.fill("phone", PHONES[0])
    await person.fill("params", f"{VALUE}\n{VALUE}={VALUE}\t{VALUE}")
    assert (await person.submit()).errors
    await person.close(everything=True)


async def a_kill_and_a_stop(fleet: Fleet) -> None:
    fleet.world.atom.behave("hangs")
    calls = len(fleet.world.atom.calls)
    send_id = await private_send(fleet, PHONES[0])
    await fleet.world.slack.until(lambda: len(fleet.world.atom.calls) > calls, timeout=SOON)
    await fleet.kill()
    await fleet.start()
    await fleet.outcome(send_id)
    await private_send(fleet, PHONES[0])
    code, _ = await stopped(fleet.running.pop(0))
    assert code == 0


async def private_send(fleet: Fleet, phone: str) -> str:
    person = fleet.world.person()
    opened = await patiently(
        lambda: person.command(seed.SOPORTE, COMMAND, text(phone)),
        lambda _: person.view is not None,
    )
    assert person.view is not None, opened.shown
    view_id = person.view.id
    sent = await patiently(person.submit, lambda result: result.closed or bool(result.errors))
    if not sent.closed and not sent.errors:
        # The number gets a warning first.
        sent = await patiently(person.submit, lambda result: result.closed)
    assert sent.closed, (sent.trouble, sent.errors)
    return await fleet.world.send_id(view_id)


def text(phone: str) -> str:
    return f'{TEMPLATE} {phone} client="{CLIENT}" Fecha="{VALUE}" code={VALUE}'


def end_pause(fleet: Fleet) -> None:
    """Let the minute be over for which a refused token pauses the queue."""
    path = fleet.world.database_url.removeprefix("sqlite:///")
    with sqlite3.connect(path, timeout=SOON) as connection:
        connection.execute("UPDATE pace SET held_until = 0")
    connection.close()


def found_in(logs: str) -> list[str]:
    """Name what was found of all that must not be there."""
    digits = re.sub(r"(?<=\d)[\s().-](?=\d)", "", logs)
    numbers = [phone.removeprefix("+") for phone in PHONES]
    parts = {number[at : at + 7] for number in numbers for at in range(len(number) - 6)}
    words = {BOT_TOKEN, APP_TOKEN, ATOM_TOKEN, SECRET, CLIENT, CLIENT.split()[1], VALUE}
    return [part for part in parts if part in digits] + [word for word in words if word in logs]
