"""A send for a moment that a person chose: asked for in words or in the calendar, kept, and carried out."""

import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.demo.slack import seed
from bot.demo.slack.person import Person
from bot.locales import load
from bot.sends import SendId, Status
from tests.journeys.conftest import Journey
from tests.journeys.gate_scene import speak
from tests.journeys.planned_scene import FILLED, change_row, plan, row
from tests.messages import button_actions

pytestmark = pytest.mark.asyncio(loop_scope="module")


def texts(person: Person) -> list[str]:
    assert person.view is not None
    found = []
    for block in person.view.blocks:
        match block:
            case {"type": "context", "elements": elements}:
                found += [each["text"] for each in elements if "text" in each]
            case {"text": {"text": str(text)}} | {"label": {"text": str(text)}}:
                found.append(text)
    return found


def field(person: Person, block_id: str) -> dict[str, object] | None:
    assert person.view is not None
    found = (each for each in person.view.blocks if each.get("block_id") == block_id)
    return next((each["element"] for each in found), None)


def tomorrow(journey: Journey) -> int:
    """Return the next day's 9:15 where Alice is."""
    zone = ZoneInfo(journey.world.slack.workspace.people[seed.ALICE].tz)
    day = (datetime.now(zone) + timedelta(days=1)).date()
    return int(datetime(day.year, day.month, day.day, 9, 15, tzinfo=zone).timestamp())


WORDS = {"en": "tomorrow at 9:15", "es": "mañana a las 9:15", "pt": "amanhã às 9h15"}


@pytest.mark.parametrize("language", WORDS)
async def test_words_at_the_end_of_a_command_are_the_time(journey: Journey, language: str) -> None:
    await speak(journey, language)
    translator = load(language)
    before = tomorrow(journey)

    person = await journey.open(f"{FILLED} {WORDS[language]}")

    picker = field(person, "send_at")
    assert picker is not None
    wanted = picker["initial_date_time"]
    # Where it is midnight meanwhile it is one or the other.
    assert wanted in {before, tomorrow(journey)}
    assert any(":alarm_clock:" in each and "9:15" in each for each in texts(person))
    assert person.view is not None
    assert person.view.submit == translator("form.submit_later")

    send_id = await journey.press_send(person)

    card = await journey.card_says(send_id, load("en")("status.scheduled"))
    assert button_actions(card) == ["send_now", "reschedule", "cancel"]
    assert f"<!date^{wanted}^" in card.text
    assert journey.outcomes(send_id) == []
    assert journey.world.atom.calls == []
    await journey.person().click(card.channel, card.ts, "cancel")
    await journey.outcome(send_id, "cancelled")


async def test_it_goes_out_when_its_time_comes(journey: Journey) -> None:
    moment = int(time.time()) + 3600
    send_id = await plan(journey, moment=moment)
    await journey.card_says(send_id, "*Scheduled*")
    assert journey.world.atom.calls == []
    assert row(journey, send_id).due_at.timestamp() == moment

    change_row(journey, send_id, due_at=datetime.now(UTC))

    await journey.outcome(send_id, "pending")

    assert len(journey.world.atom.calls) == 1
    assert len(journey.outcomes(send_id)) == 1
    card = journey.card(send_id)
    assert card is not None
    assert button_actions(card) == []


async def test_a_person_sends_it_now(journey: Journey) -> None:
    send_id = await plan(journey)
    card = await journey.card_says(send_id, "*Scheduled*")

    await journey.person().click(card.channel, card.ts, "send_now")

    await journey.outcome(send_id, "pending")
    assert len(journey.world.atom.calls) == 1


async def test_another_sender_decides_nothing_about_it(journey: Journey) -> None:
    send_id = await plan(journey)
    card = await journey.card_says(send_id, "*Scheduled*")
    bruno = journey.person(seed.BRUNO)

    for button in ("send_now", "reschedule", "cancel"):
        await bruno.click(card.channel, card.ts, button)
        await journey.told(bruno, card.channel, f"<@{seed.ALICE}>")

    assert bruno.view is None
    assert row(journey, send_id).status == Status.SCHEDULED
    await journey.person(seed.CARLA).click(card.channel, card.ts, "cancel")
    await journey.outcome(send_id, "cancelled")


async def test_it_is_changed_in_its_form_and_keeps_its_card(journey: Journey) -> None:
    send_id = await plan(journey)
    card = await journey.card_says(send_id, "*Scheduled*")
    person = journey.person()

    await person.click(card.channel, card.ts, "reschedule")
    later = int(time.time()) + 7200
    await person.fill("send_at", later)
    await person.fill("phone", "+507 6123-4568")
    changed = await journey.press_send(person)

    now = await journey.card_says(changed, "•••• 4568")
    assert now.ts == card.ts
    assert f"<!date^{later}^" in now.text
    old = row(journey, send_id)
    assert (old.status, old.reason) == (Status.CANCELLED, "changed")
    assert row(journey, changed).changed_from == send_id
    assert journey.outcomes(send_id) == []
    await person.click(now.channel, now.ts, "cancel")
    await journey.outcome(changed, "cancelled")
    assert journey.world.atom.calls == []


async def test_what_goes_out_meanwhile_is_not_changed(journey: Journey) -> None:
    send_id = await plan(journey)
    card = await journey.card_says(send_id, "*Scheduled*")
    person = journey.person()
    await person.click(card.channel, card.ts, "reschedule")
    assert person.view is not None
    await journey.person(seed.CARLA).click(card.channel, card.ts, "send_now")
    await journey.outcome(send_id, "pending")

    result = await person.submit()

    assert not result.closed
    assert len(journey.world.atom.calls) == 1


async def test_one_that_is_found_late_asks_and_does_not_go_out(journey: Journey) -> None:
    send_id = await plan(journey)
    await journey.card_says(send_id, "*Scheduled*")

    change_row(journey, send_id, due_at=datetime.now(UTC) - timedelta(hours=2))

    asked = await journey.outcome(send_id, "scheduled")
    assert f"<@{seed.ALICE}>" in asked.text
    assert journey.world.atom.calls == []
    assert button_actions(asked) == ["send_now", "reschedule", "cancel"]
    await journey.person().click(asked.channel, asked.ts, "send_now")
    await journey.outcome(send_id, "pending")
    assert len(journey.world.atom.calls) == 1


async def test_it_survives_a_kill(journey: Journey) -> None:
    send_id = await plan(journey)
    await journey.card_says(send_id, "*Scheduled*")
    bot = journey.world.bots.pop()
    bot.kill()
    await bot.wait()
    change_row(journey, send_id, due_at=datetime.now(UTC))

    await journey.world.start()

    await journey.outcome(send_id, "pending")
    assert len(journey.world.atom.calls) == 1


async def test_who_lost_the_right_meanwhile_sends_nothing(journey: Journey) -> None:
    send_id = await plan(journey)
    await journey.card_says(send_id, "*Scheduled*")
    workspace = journey.world.slack.workspace
    workspace.change_person(seed.ALICE, is_restricted=True)
    await journey.world.slack.settled()
    try:
        change_row(journey, send_id, due_at=datetime.now(UTC))
        await journey.outcome(send_id, "failed")
    finally:
        workspace.change_person(seed.ALICE, is_restricted=False)
        await journey.world.slack.settled()
    assert journey.world.atom.calls == []


@pytest.mark.parametrize(
    ("typed", "seconds", "key"),
    [("past", -60, "time.past"), ("too far", 91 * 86400, "time.too_far")],
)
async def test_a_time_that_cannot_be_is_said_at_its_field(
    journey: Journey, typed: str, seconds: int, key: str
) -> None:
    await speak(journey, "en")
    person = await journey.open(FILLED)
    await person.click_in_view("show_more")
    await person.fill("send_at", int(time.time()) + seconds)

    result = await person.submit()

    assert set(result.errors) == {"send_at"}, typed
    start = load("en")(key, time="#", days=90, last="#").partition("#")[2 if typed == "past" else 0]
    assert start in result.errors["send_at"]


async def test_a_time_that_may_be_two_is_asked_and_nothing_goes_before(journey: Journey) -> None:
    await speak(journey, "en")
    person = await journey.open(f"{FILLED} tomorrow at 9")
    choice = field(person, "send_at_choice")
    assert choice is not None
    options = choice["options"]
    assert isinstance(options, list)
    assert [option["value"].isdecimal() for option in options] == [True, True, False]

    await person.fill("send_at_choice", options[1]["value"])
    send_id = await journey.press_send(person)

    card = await journey.card_says(send_id, f"<!date^{options[1]['value']}^")
    await person.click(card.channel, card.ts, "cancel")
    await journey.outcome(send_id, "cancelled")


async def test_what_only_looks_like_a_time_is_named_and_stays(journey: Journey) -> None:
    await speak(journey, "es")

    person = await journey.open(f"{FILLED} mañana")

    assert any("mañana" in each for each in texts(person))
    assert field(person, "send_at") is None


async def test_planned_ones_stand_in_the_history(journey: Journey) -> None:
    send_id = await plan(journey)
    card = await journey.card_says(send_id, "*Scheduled*")

    found = {each["id"]: each["status"] for each in await journey.world.history()}

    assert found[SendId(send_id)] == "scheduled"
    await journey.person().click(card.channel, card.ts, "cancel")
    await journey.outcome(send_id, "cancelled")
