"""What waits for its moment stands on Home, and is decided there under the same rules as on cards."""

from datetime import timedelta

import pytest

from bot.demo.slack import seed
from bot.demo.slack.person import Person
from bot.locales import load
from tests.journeys.conftest import Journey
from tests.planned_sends import plan

pytestmark = pytest.mark.asyncio(loop_scope="module")

EN, ES, PT = load("en"), load("es"), load("pt")
SOON = timedelta(hours=3)


async def home_says(journey: Journey, person: Person, words: str, *, is_there: bool = True) -> None:
    def says() -> bool:
        return person.home is not None and (words in person.home.text) == is_there

    await journey.world.slack.until(says)


async def test_it_appears_by_itself_and_goes_once_it_is_cancelled_there(journey: Journey) -> None:
    alice = journey.person()
    await alice.open_home()
    assert alice.home is not None
    assert ES("home.scheduled") not in alice.home.text

    send_id = await plan(journey.world, SOON, template_name="Recordatorio")
    await home_says(journey, alice, ES("home.scheduled"))
    assert "*Recordatorio* → •••• 4567" in alice.home.text
    await alice.click_in_view("cancel", f"decide.{send_id}")

    await home_says(journey, alice, ES("home.scheduled"), is_there=False)
    await journey.card_says(send_id, "Cancelled")
    assert journey.world.atom.calls == []


async def test_send_now_lets_it_go_at_once(journey: Journey) -> None:
    send_id = await plan(journey.world, SOON)
    alice = journey.person()
    await alice.open_home()

    await alice.click_in_view("send_now", f"decide.{send_id}")

    await journey.outcome(send_id, "pending")
    await home_says(journey, alice, ES("home.scheduled"), is_there=False)
    assert len(journey.world.atom.calls) == 1


async def test_an_admin_sees_everybody_s_by_itself_and_may_decide(journey: Journey) -> None:
    carla, alice = journey.person(seed.CARLA), journey.person()
    await carla.open_home()
    await alice.open_home()

    send_id = await plan(journey.world, SOON, user=seed.BRUNO)
    await home_says(journey, carla, EN("home.scheduled"))
    assert carla.home is not None
    assert f"<@{seed.BRUNO}>" in carla.home.text
    assert alice.home is not None
    assert ES("home.scheduled") not in alice.home.text
    await carla.click_in_view("details", f"decide.{send_id}")
    assert carla.view is not None
    assert "+507 6123-4567" in carla.view.text
    await carla.close()
    await carla.click_in_view("cancel", f"decide.{send_id}")

    await home_says(journey, carla, EN("home.scheduled"), is_there=False)


async def test_whoever_lost_the_right_is_refused_there_too(journey: Journey) -> None:
    send_id = await plan(journey.world, SOON, user=seed.BRUNO)
    bruno = journey.person(seed.BRUNO)
    await bruno.open_home()
    workspace = journey.world.slack.workspace
    members = workspace.groups[seed.SUPPORT].users
    workspace.set_group(seed.SUPPORT, [each for each in members if each != seed.BRUNO])
    await journey.world.slack.settled()

    await bruno.click_in_view("send_now", f"decide.{send_id}")

    await journey.world.slack.until(lambda: bruno.view is not None)
    assert bruno.view is not None
    assert PT("refused.not_listed") in bruno.view.text
    rows = {each["id"]: each["status"] for each in await journey.world.history()}
    assert rows[send_id] == "scheduled"
    workspace.set_group(seed.SUPPORT, members)
    await journey.world.slack.settled()
    # So that it stands on no Home of the other journeys.
    carla = journey.person(seed.CARLA)
    await carla.open_home()
    await carla.click_in_view("cancel", f"decide.{send_id}")
    await journey.outcome(send_id, "cancelled")
