"""Twenty people who press different buttons on one card at the same moment: one decision counts."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.demo.slack import seed
from bot.demo.slack.messages import Message
from bot.demo.slack.workspace import BOT_USER
from bot.templates import Approval
from bot.templates.params import Param
from tests.builders import make_template
from tests.conftest import open_world
from tests.faults.conftest import POSTGRES, SOON, Fleet, Say, calls, outcomes
from tests.messages import button_actions
from tests.stopwatch import patiently

pytestmark = pytest.mark.slow

PEOPLE = tuple(f"U0PRESS{number:05d}" for number in range(20))
UNDO_SECONDS = 20


@pytest.fixture
async def fleet(tmp_path: Path, migrated_url: str) -> AsyncIterator[Fleet]:
    """`serve` and a worker on PostgreSQL; everybody is an admin, and may approve."""
    async with open_world(tmp_path, migrated_url) as world:
        for user in PEOPLE:
            world.slack.workspace.add_person(user)
        everyone = (*PEOPLE, seed.ALICE, BOT_USER)
        world.slack.workspace.add_channel("C0PRESS", "press", everyone)
        world.settings |= {"SENDERS": "*", "ADMINS": "*", "APPROVERS": "*"}
        fleet = Fleet(world, POSTGRES[:2])
        yield fleet


async def card_of(fleet: Fleet, send_id: str) -> Message:
    """Wait for the card that has buttons."""

    def found() -> Message | None:
        for message in fleet.world.slack.workspace.records.values():
            match message.metadata:
                case {"event_payload": {"send_id": str(which)}} if which == send_id:
                    if button_actions(message):
                        return message
        return None

    card = await fleet.world.slack.until(found, timeout=SOON)
    assert card is not None
    return card


async def question_of(fleet: Fleet) -> Message:
    """Wait for the message that asks for approval."""

    def found() -> Message | None:
        for message in fleet.world.slack.workspace.records.values():
            if "approve" in button_actions(message) and message.channel == "C0PRESS":
                return message
        return None

    question = await fleet.world.slack.until(found, timeout=SOON)
    assert question is not None
    return question


async def planned(fleet: Fleet, code: str, seconds: float) -> str:
    """Fill in the form for a moment, and press Schedule; the send's id."""
    person = fleet.world.person()
    view_id = await fleet.open_form(person, code, channel="C0PRESS")
    await patiently(lambda: person.click_in_view("show_more"), lambda result: not result.trouble)
    await person.fill("send_at", int(time.time() + seconds))
    assert (await patiently(person.submit, lambda result: result.closed)).closed
    return await fleet.world.send_id(view_id)


async def press_at_once(fleet: Fleet, card: Message, names: tuple[str, ...]) -> None:
    """Let all press, each another button in turn, on the card as they see it now."""
    presses = [
        fleet.world.person(user).click(card.channel, card.ts, names[number % len(names)])
        for number, user in enumerate(PEOPLE)
    ]
    # Who is late finds a card that has no such button any more.
    await asyncio.gather(*presses, return_exceptions=True)


async def check(fleet: Fleet, send_id: str, code: str, say: Say, what: str) -> None:
    """One outcome at last, one call at most, and the card says what the row says."""
    await fleet.outcome(send_id)
    row = next(each for each in await fleet.world.history() if each["id"] == send_id)
    called = calls(fleet.world)[code]
    told = outcomes(fleet.world)[send_id]
    say(f"{what}, 20 people at once: {row['status']}, {called} calls, {len(told)} told")
    assert called == (row["status"] != "cancelled")
    assert row["status"] in {"pending", "cancelled"}
    assert len(told) == 1


@pytest.mark.parametrize("round_", range(3))
async def test_approve_and_cancel(fleet: Fleet, say: Say, round_: int) -> None:
    await fleet.world.keep(
        make_template(body="Su cita: {{code}}.", params=(Param("code"),), approval=Approval.ALWAYS)
    )
    await fleet.start()
    code = f"approve-{round_}"
    send_id = await fleet.submit(code, channel="C0PRESS")
    card = await card_of(fleet, send_id)
    question = await question_of(fleet)
    decisions = [
        fleet.world.person(user).click(card.channel, card.ts, "cancel")
        if number % 2
        else fleet.world.person(user).click(question.channel, question.ts, "approve")
        for number, user in enumerate(PEOPLE)
    ]

    await asyncio.gather(*decisions, return_exceptions=True)

    await check(fleet, send_id, code, say, "Approve, Cancel")


@pytest.mark.parametrize("round_", range(3))
async def test_send_now_and_cancel(fleet: Fleet, say: Say, round_: int) -> None:
    await fleet.start()
    send_id = await planned(fleet, f"now-{round_}", 3600)
    card = await card_of(fleet, send_id)

    await press_at_once(fleet, card, ("send_now", "cancel"))

    await check(fleet, send_id, f"now-{round_}", say, "Send now, Cancel")


async def test_undo(fleet: Fleet, say: Say) -> None:
    await fleet.start(UNDO_SECONDS=str(UNDO_SECONDS))
    send_id = await fleet.submit("undo", channel="C0PRESS")
    card = await card_of(fleet, send_id)

    await press_at_once(fleet, card, ("undo",))

    await check(fleet, send_id, "undo", say, "Undo")
