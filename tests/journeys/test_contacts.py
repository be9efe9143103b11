"""Who is not to be written to: each door tried by those who may and those who may not."""

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from bot.demo.slack import seed
from bot.demo.slack.blocks import elements
from bot.demo.slack.errors import Json
from bot.demo.slack.person import Person
from bot.locales import load
from bot.policy.do_not_contact import Contact, Scope
from bot.slack.home.contacts_view import ALLOW, NEXT, PREVIOUS, SCOPE, SEARCH_BLOCK, SHOW_ALL
from bot.slack.home.view import REFRESH
from bot.store.contacts import read_all
from bot.store.database import open_engine
from bot.store.tables import do_not_contact
from tests.journeys.conftest import COMMAND, Journey

EN = load("en")
NUMBER = "+507 6123-4567"
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(autouse=True)
def _empty(journey: Journey) -> Iterator[None]:
    yield
    engine = open_engine(journey.world.database_url)
    with engine.begin() as connection:
        connection.execute(sa.delete(do_not_contact))
    engine.dispose()


def listed(journey: Journey) -> list[Contact]:
    engine = open_engine(journey.world.database_url)
    with engine.connect() as connection:
        found = [*read_all(connection)]
    engine.dispose()
    return found


async def say(journey: Journey, text: str, user: str = seed.ALICE) -> str:
    """Type an order; the answer is for this person alone, and no form is open."""
    person = journey.person(user)
    result = await person.command(seed.SOPORTE, COMMAND, text)
    assert result.message is not None
    assert result.message.only_for == user
    assert person.view is None
    return result.shown


async def test_a_sender_lists_a_number_and_an_admin_allows_it(journey: Journey) -> None:
    stopped = await say(journey, f"stop {NUMBER} lo pidió por teléfono")
    refused = await say(journey, f"allow {NUMBER}")

    (only,) = listed(journey)
    assert (only.phone, only.reason) == ("50761234567", "lo pidió por teléfono")
    assert only.added_by == seed.ALICE
    assert "•••• 4567" in stopped
    assert "6123" not in stopped
    assert load("es")("refused.only_admins_allow") in refused
    assert f"<@{seed.CARLA}>" in refused

    allowed = await say(journey, "allow 61234567", seed.CARLA)

    assert "+507 6123-4567 can be written to again" in allowed
    assert listed(journey) == []


@pytest.mark.parametrize("text", [f"stop {NUMBER}", f"allow {NUMBER}"])
@pytest.mark.parametrize(
    ("user", "reason"),
    [(seed.GUEST, "refused.guest"), (seed.SINGLE, "refused.guest")],
)
async def test_guests_may_do_neither(journey: Journey, text: str, user: str, reason: str) -> None:
    assert EN(reason) in await say(journey, text, user)

    assert listed(journey) == []


async def test_a_stranger_may_do_neither(journey: Journey) -> None:
    person = journey.person(seed.EXTERNAL)

    for order in ("stop", "allow"):
        result = await person.command(seed.SHARED, COMMAND, f"{order} {NUMBER}")
        # Slack itself offers no stranger our command.
        assert not result.reached_bot

    assert listed(journey) == []


async def test_who_was_a_sender_may_do_neither(journey: Journey) -> None:
    group = journey.world.slack.workspace.groups[seed.SUPPORT]
    journey.world.slack.workspace.set_group(seed.SUPPORT, [seed.ALICE])
    await journey.world.slack.settled()

    for order in ("stop", "allow"):
        told = await say(journey, f"{order} {NUMBER}", seed.BRUNO)
        assert f"<@{seed.CARLA}>" in told

    assert listed(journey) == []
    journey.world.slack.workspace.set_group(seed.SUPPORT, group.users)
    await journey.world.slack.settled()


async def test_no_number_and_no_reason_is_in_the_log(journey: Journey) -> None:
    await say(journey, "stop 61239876 motivo-secreto")
    await say(journey, "allow 61239876", seed.CARLA)

    logs = journey.world.logs()
    assert "61239876" not in logs
    assert "motivo-secreto" not in logs
    assert "contact stopped" in logs
    assert "contact allowed" in logs


def pressable(person: Person, action_id: str) -> list[Json]:
    assert person.home is not None
    return [
        element
        for block in person.home.blocks
        for element in elements(block)
        if element["action_id"] == action_id
    ]


async def opened(journey: Journey, user: str) -> Person:
    person = journey.person(user)
    await person.open_home()
    assert person.home is not None
    return person


async def test_an_admin_sees_the_list_whole_and_a_sender_none_of_it(journey: Journey) -> None:
    await say(journey, f"stop {NUMBER} lo pidió")

    admin, sender = await opened(journey, seed.CARLA), await opened(journey, seed.ALICE)

    assert admin.home is not None
    assert sender.home is not None
    assert f"{NUMBER}\n" in admin.home.text
    assert "lo pidió" in admin.home.text
    assert pressable(sender, ALLOW) == []
    assert load("es")("home.contacts") not in sender.home.text


async def test_an_admin_narrows_it_and_allows_it_again(journey: Journey) -> None:
    await say(journey, f"stop {NUMBER}")
    admin = await opened(journey, seed.CARLA)
    (choice,) = pressable(admin, SCOPE)
    narrower = next(each for each in choice["options"] if each["value"].startswith("marketing"))

    await admin.click_in_view(SCOPE, value=narrower["value"])
    assert [each.scope for each in listed(journey)] == [Scope.MARKETING]
    (choice,) = pressable(admin, SCOPE)
    assert choice["initial_option"]["value"] == narrower["value"]
    await admin.click_in_view(ALLOW)

    assert listed(journey) == []
    assert admin.home is not None
    assert EN("home.contacts.none") in admin.home.text


async def test_an_admin_finds_a_number_among_many(journey: Journey) -> None:
    for number in range(7):
        await say(journey, f"stop +507 6123-000{number}")
    admin = await opened(journey, seed.CARLA)
    assert len(pressable(admin, ALLOW)) == 5

    await admin.click_in_view(NEXT)
    assert len(pressable(admin, ALLOW)) == 2
    await admin.click_in_view(PREVIOUS)
    assert admin.home is not None
    block = next(
        str(each["block_id"])
        for each in admin.home.blocks
        if str(each.get("block_id")).startswith(SEARCH_BLOCK)
    )
    await admin.fill(block, "6123 0003")

    assert len(pressable(admin, ALLOW)) == 1
    assert "+507 6123-0003" in admin.home.text
    await admin.click_in_view(SHOW_ALL)
    assert len(pressable(admin, ALLOW)) == 5


def press(entry: Contact, action_id: str) -> dict[str, Any]:
    return {"value": f"marketing:{entry.id}"} if action_id == SCOPE else {}


@pytest.mark.parametrize("action_id", [ALLOW, SCOPE])
async def test_who_became_a_guest_changes_nothing_from_an_open_home(
    journey: Journey, action_id: str
) -> None:
    await say(journey, f"stop {NUMBER}")
    (entry,) = listed(journey)
    person, workspace = await opened(journey, seed.CARLA), journey.world.slack.workspace

    workspace.change_person(seed.CARLA, is_restricted=True)
    await journey.world.slack.settled()
    await person.click_in_view(action_id, **press(entry, action_id))

    assert listed(journey) == [entry]
    workspace.change_person(seed.CARLA, is_restricted=False)
    await journey.world.slack.settled()


@pytest.mark.parametrize("action_id", [ALLOW, SCOPE])
@pytest.mark.parametrize("user", [seed.BRUNO, seed.GUEST, seed.EXTERNAL])
async def test_only_an_admin_s_press_counts(journey: Journey, action_id: str, user: str) -> None:
    await say(journey, f"stop {NUMBER}")
    (entry,) = listed(journey)
    admin, other = await opened(journey, seed.CARLA), await opened(journey, user)
    assert admin.home is not None
    assert other.home is not None
    journey.world.slack.workspace.views.update(other.home, admin.home.spec)

    await other.click_in_view(action_id, **press(entry, action_id))

    assert listed(journey) == [entry]
    await journey.world.slack.until(lambda: other.view is not None)
    await other.close()


async def test_nobody_else_finds_numbers_by_the_search_of_an_admin(journey: Journey) -> None:
    await say(journey, f"stop {NUMBER}")
    admin, other = await opened(journey, seed.CARLA), await opened(journey, seed.BRUNO)
    assert admin.home is not None
    assert other.home is not None
    journey.world.slack.workspace.views.update(other.home, admin.home.spec)

    await other.click_in_view(REFRESH)

    assert NUMBER not in other.home.text
    assert pressable(other, ALLOW) == []


async def test_a_message_that_is_stop_offers_it_and_a_person_decides(journey: Journey) -> None:
    person = journey.person()
    ts = await person.say(seed.SOPORTE, "¡BAJA!")

    await person.message_shortcut("send_from_message", seed.SOPORTE, ts)
    assert person.view is not None
    assert person.view.callback_id == "stop"
    assert listed(journey) == []
    await person.fill("phone", NUMBER)
    await person.submit()

    (only,) = listed(journey)
    assert (only.phone, only.added_by) == ("50761234567", seed.ALICE)
    assert "•••• 4567" in person.view.text


async def test_a_template_may_be_sent_instead(journey: Journey) -> None:
    person = journey.person()
    ts = await person.say(seed.SOPORTE, "cancelar")

    await person.message_shortcut("send_from_message", seed.SOPORTE, ts)
    await person.fill("phone", NUMBER)
    await person.click_in_view("send_instead")

    assert person.view is not None
    assert person.view.callback_id == "send"
    assert NUMBER in str(person.view.blocks)
    assert listed(journey) == []


async def test_what_can_t_be_read_is_said_at_its_field(journey: Journey) -> None:
    person = journey.person()
    ts = await person.say(seed.SOPORTE, "STOP")

    await person.message_shortcut("send_from_message", seed.SOPORTE, ts)
    await person.fill("phone", "1234")
    result = await person.submit()

    assert set(result.errors) == {"phone"}
    assert listed(journey) == []


@pytest.mark.parametrize("user", [seed.GUEST, seed.SINGLE])
async def test_a_guest_is_offered_nothing(journey: Journey, user: str) -> None:
    ts = await journey.person().say(seed.SOPORTE, "STOP")
    person = journey.person(user)

    await person.message_shortcut("send_from_message", seed.SOPORTE, ts)

    await journey.told(person, seed.SOPORTE, EN("refused.guest"))
    assert person.view is None
