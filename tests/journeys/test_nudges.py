"""What happens after *pending*, of which nobody else reports: its sender is asked in private."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
import pytest_asyncio
import sqlalchemy as sa

from bot import time_zones
from bot.demo.slack import seed
from bot.demo.slack.messages import Message
from bot.demo.slack.person import Person
from bot.demo.slack.person.base import Result
from bot.locales import load
from bot.store.database import open_engine
from bot.store.tables import sends
from tests.conftest import TEMPLATE, World, open_world
from tests.faults.bot_clock import BotClock
from tests.forked_bots import PATIENCE
from tests.journeys.conftest import Journey

pytestmark = pytest.mark.asyncio(loop_scope="module")

EN, ES, PT = load("en"), load("es"), load("pt")
NUDGE = 2.0
PRESSES = 5
ARRIVED, NOT_ARRIVED, REMIND = "nudge_arrived", "nudge_not_arrived", "nudge_remind"
PHONES = iter(f"+5076123{number}" for number in range(5000, 6000))
AHEAD: list[timedelta] = []


def to_working_hours() -> timedelta:
    """Say how far ahead a clock must be so that it is Wednesday noon in Panama."""
    panama = time_zones.find("America/Panama")
    assert panama
    here = datetime.now(panama)
    day = here.date() + timedelta(days=(2 - here.weekday()) % 7 or 7)
    return datetime.combine(day, time(12), panama) - here


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """A bot whose clock says that people are at work; over Socket Mode, which minds no clock."""
    folder = tmp_path_factory.mktemp("nudges")
    clock = BotClock(folder / "clock")
    settings = {**clock.settings(), "PENDING_NUDGE": f"{NUDGE:.0f}s"}
    # It is never set anew, so that it need not be read each time.
    del settings["FAKETIME_NO_CACHE"]
    AHEAD.append(to_working_hours())
    clock.shift(AHEAD[-1].total_seconds())
    url = f"sqlite:///{folder}/bot.db"
    # Under libfaketime it is slower than Slack likes.
    async with open_world(
        folder, url, socket=True, settings=settings, deadline=PATIENCE, trigger_life=PATIENCE
    ) as made:
        await made.start("socket")
        yield made


def bot_now() -> datetime:
    return datetime.now(UTC) + AHEAD[-1]


def questions(person: Person, send_id: str) -> list[Message]:
    """Give the private questions about a send, as they stand."""
    return [each for each in person.dm() if f'"nudge.{send_id}"' in json.dumps(each.blocks)]


def offered(message: Message, send_id: str) -> list[str]:
    """Give what can be pressed about a send."""
    rows = [block.get("elements", []) for block in message.blocks if block["type"] == "actions"]
    return [each["action_id"] for row in rows for each in row if each.get("value") == send_id]


async def question(journey: Journey, person: Person, send_id: str, *, number: int = 1) -> Message:
    """Wait until somebody was asked so often."""
    await journey.world.slack.until(lambda: len(questions(person, send_id)) >= number)
    return questions(person, send_id)[-1]


async def answer(
    journey: Journey, person: Person, asked: Message, action_id: str, send_id: str, words: str
) -> Message:
    """Press until it is said so: where others are at work the bot may ask for one more press."""

    def said() -> Message | None:
        found = (each for each in questions(person, send_id) if words in each.text)
        return next(found, None)

    for _ in range(PRESSES):
        asides = len(person.ephemerals(asked.channel))
        failed = (await press(person, asked, action_id, send_id)).trouble
        await journey.world.slack.until(
            lambda: said() or failed or len(person.ephemerals(asked.channel)) > asides  # noqa: B023 - asked at once
        )
        if message := said():
            return message
    raise AssertionError(words)


async def pending(journey: Journey, user: str = seed.ALICE) -> str:
    person = await journey.open(f"{TEMPLATE} {next(PHONES)}", user)
    assert person.view is not None
    view_id = person.view.id
    # A bot under libfaketime is slow where others are at work: pressed once more, it is taken once.
    for _ in range(PRESSES):
        if (await person.submit()).closed:
            break
    send_id = await journey.world.send_id(view_id)
    await journey.outcome(send_id, "pending")
    return send_id


def row(journey: Journey, send_id: str) -> dict[str, Any]:
    engine = open_engine(journey.world.database_url)
    try:
        with engine.connect() as read:
            return dict(
                read.execute(sa.select(sends).where(sends.c.id == send_id)).mappings().one()
            )
    finally:
        engine.dispose()


def are_due_now(journey: Journey, *send_ids: str) -> None:
    """Let the moment come to which these were put off."""
    engine = open_engine(journey.world.database_url)
    try:
        with engine.begin() as write:
            due = sa.update(sends).where(sends.c.id.in_(send_ids), sends.c.nudge_at.is_not(None))
            assert write.execute(due.values(nudge_at=bot_now())).rowcount == len(send_ids)
    finally:
        engine.dispose()


async def moves_to(journey: Journey, user: str, zone: str) -> None:
    """Let somebody be in another time zone."""
    journey.world.slack.workspace.change_person(user, tz=zone)
    await journey.world.slack.settled()


async def put_off(journey: Journey, send_id: str, zone: str) -> None:
    """Wait until a question was put off to the morning in a time zone."""
    there = time_zones.find(zone)
    morning = datetime.combine(bot_now().astimezone(there).date(), time(9), there)
    await journey.world.slack.until(
        lambda: row(journey, send_id)["nudge_at"] == morning.astimezone(UTC)
    )


async def test_the_sender_is_asked_once_and_what_they_say_stands_beside_what_atom_said(
    journey: Journey,
) -> None:
    alice = journey.person()
    await alice.open_home()
    send_id = await pending(journey)
    asked = await question(journey, alice, send_id)
    assert asked.channel == alice.dm_channel
    assert offered(asked, send_id) == [ARRIVED, NOT_ARRIVED, REMIND, "details"]

    said_so = ES("nudge.said.arrived")
    answered = await answer(journey, alice, asked, ARRIVED, send_id, said_so)

    assert offered(answered, send_id) == []
    card = await journey.card_says(send_id, "alice says that it arrived")
    assert EN("status.pending") in card.text
    assert len(journey.outcomes(send_id)) == 1
    on_home = ES("card.decided.arrived", user=f"<@{seed.ALICE}>")
    await journey.world.slack.until(lambda: alice.home is not None and on_home in alice.home.text)
    (line,) = [each for each in await journey.world.history() if each["id"] == send_id]
    said = (line["status"], line["arrival"], line["decided_by"])
    assert said == ("pending", "arrived", seed.ALICE)
    assert len(questions(alice, send_id)) == 1
    assert len(journey.world.atom.calls) == 1


async def test_what_did_not_arrive_offers_to_send_again_through_the_form(journey: Journey) -> None:
    alice = journey.person()
    send_id = await pending(journey)
    asked = await question(journey, alice, send_id)

    said_so = ES("nudge.said.not_arrived")
    answered = await answer(journey, alice, asked, NOT_ARRIVED, send_id, said_so)
    await journey.card_says(send_id, "alice says that it did not arrive")
    assert len(journey.world.atom.calls) == 1
    await alice.click(answered.channel, answered.ts, "correct")

    again = await journey.press_send(alice)
    outcome = await journey.outcome(again, "pending")
    assert outcome.channel == seed.SOPORTE
    assert len(journey.world.atom.calls) == 2


async def test_details_tell_what_was_asked_and_said(journey: Journey) -> None:
    alice = journey.person()
    send_id = await pending(journey)
    asked = await question(journey, alice, send_id)
    await answer(journey, alice, asked, NOT_ARRIVED, send_id, ES("nudge.said.not_arrived"))

    await alice.click(asked.channel, asked.ts, "details")

    assert alice.view is not None
    shown = alice.view.text
    assert ES("details.nudged") in shown
    assert f"alice · {ES('details.decided.did_not_arrive')}" in shown
    assert ES("status.pending") in shown


async def test_a_reminder_comes_on_the_next_working_morning_and_two_at_most(
    journey: Journey,
) -> None:
    alice = journey.person()
    send_id = await pending(journey)
    panama = time_zones.find("America/Panama")
    morning = datetime.combine(
        bot_now().astimezone(panama).date() + timedelta(days=1), time(9), panama
    )

    for number in (1, 2):
        asked = await question(journey, alice, send_id, number=number)
        when = f"<!date^{int(morning.timestamp())}^"
        reminded = await answer(journey, alice, asked, REMIND, send_id, when)
        assert offered(reminded, send_id) == []
        are_due_now(journey, send_id)
    last = await question(journey, alice, send_id, number=3)

    assert offered(last, send_id) == [ARRIVED, NOT_ARRIVED, "details"]


async def test_more_than_three_are_asked_about_in_one_message(journey: Journey) -> None:
    bruno = journey.person(seed.BRUNO)
    before = len(bruno.dm())
    zone = journey.world.slack.workspace.people[seed.BRUNO].tz
    await moves_to(journey, seed.BRUNO, "Asia/Tokyo")
    ids = [await pending(journey, seed.BRUNO) for _ in range(4)]
    for each in ids:
        await put_off(journey, each, "Asia/Tokyo")
    await moves_to(journey, seed.BRUNO, zone)

    are_due_now(journey, *ids)
    asked = await question(journey, bruno, ids[0])
    await journey.world.slack.settled()
    assert [len(questions(bruno, each)) for each in ids] == [1, 1, 1, 1]
    assert len(bruno.dm()) == before + 1
    assert asked.text.startswith(PT("nudge.many", count=4))
    said_so = PT("nudge.said.arrived")
    answered = await answer(journey, bruno, asked, ARRIVED, ids[1], said_so)

    assert answered.ts == asked.ts
    assert [offered(answered, each)[:1] for each in ids] == [[ARRIVED], [], [ARRIVED], [ARRIVED]]
    await journey.card_says(ids[1], "bruno says that it arrived")


async def test_outside_of_their_working_hours_nobody_is_asked(journey: Journey) -> None:
    zone = journey.world.slack.workspace.people[seed.LUCIA].tz
    await moves_to(journey, seed.LUCIA, "Asia/Tokyo")

    send_id = await pending(journey, seed.LUCIA)
    await put_off(journey, send_id, "Asia/Tokyo")

    assert questions(journey.person(seed.LUCIA), send_id) == []
    await moves_to(journey, seed.LUCIA, zone)


async def test_who_lost_the_right_may_not_answer_and_nobody_else_may(journey: Journey) -> None:
    bruno, carla = journey.person(seed.BRUNO), journey.person(seed.CARLA)
    send_id = await pending(journey, seed.BRUNO)
    asked = await question(journey, bruno, send_id)
    workspace = journey.world.slack.workspace
    members = workspace.groups[seed.SUPPORT].users
    workspace.set_group(seed.SUPPORT, [each for each in members if each != seed.BRUNO])
    await journey.world.slack.settled()

    await bruno.click(asked.channel, asked.ts, ARRIVED)
    await journey.told(bruno, bruno.dm_channel, PT("refused.not_listed"))
    # As if the button had stood where an admin reads.
    await press_anywhere(carla, send_id)
    await journey.world.slack.until(lambda: carla.view is not None)

    assert carla.view is not None
    assert EN("refused.not_your_send", sender=f"<@{seed.BRUNO}>") in carla.view.text
    assert row(journey, send_id)["arrival"] == ""
    workspace.set_group(seed.SUPPORT, members)
    await journey.world.slack.settled()


async def test_who_is_gone_is_not_asked_and_the_log_says_so(journey: Journey) -> None:
    workspace = journey.world.slack.workspace
    zone = workspace.people[seed.LUCIA].tz
    # So that she is not asked before she is gone.
    await moves_to(journey, seed.LUCIA, "Asia/Tokyo")
    send_id = await pending(journey, seed.LUCIA)
    await put_off(journey, send_id, "Asia/Tokyo")
    workspace.change_person(seed.LUCIA, deleted=True, tz=zone)
    await journey.world.slack.settled()

    are_due_now(journey, send_id)
    await journey.world.slack.until(lambda: row(journey, send_id)["nudge_at"] is None)

    assert row(journey, send_id)["nudges"] == 0
    assert '"never asked"' in journey.world.logs()
    assert send_id in journey.world.logs().partition('"never asked"')[2]
    workspace.change_person(seed.LUCIA, deleted=False)
    await journey.world.slack.settled()


async def press(person: Person, message: Message, action_id: str, send_id: str) -> Result:
    """Press a button of one line of a message."""
    for block in message.blocks:
        for element in block.get("elements", []) if block["type"] == "actions" else []:
            if (element["action_id"], element.get("value")) == (action_id, send_id):
                return await person._click(message, block, element, None)  # noqa: SLF001
    raise AssertionError(f"there is no {action_id} for {send_id}")


async def press_anywhere(person: Person, send_id: str) -> None:
    """Press the button as somebody to whom it was never shown."""
    await person.open_home()
    assert person.home is not None
    element = {"type": "button", "action_id": ARRIVED, "value": send_id, "text": {}}
    await person._act(person.home.id, {"block_id": "x"}, element, {})  # noqa: SLF001
