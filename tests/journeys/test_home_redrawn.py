"""Home is drawn again by itself for whoever has it open, once a send of theirs has changed."""

import pytest

from bot.demo.slack import seed
from bot.demo.slack.person import Person
from bot.locales import load
from tests.conftest import TEMPLATE
from tests.journeys.conftest import Journey

pytestmark = pytest.mark.asyncio(loop_scope="module")

EN, ES = load("en"), load("es")
OTHER_PHONE = "+50761234568"


async def home_says(journey: Journey, person: Person, words: str) -> None:
    def says() -> bool:
        return person.home is not None and words in person.home.text

    await journey.world.slack.until(says)


def homes_of(journey: Journey, user: str) -> int:
    """Count the Homes that the bot gave somebody."""
    return sum(
        one.payload.get("user_id") == user for one in journey.world.slack.calls("views.publish")
    )


async def test_after_a_send_it_shows_the_outcome_by_itself(journey: Journey) -> None:
    person = journey.person(seed.LUCIA)  # who sends nothing else
    await person.open_home()
    assert person.home is not None
    assert ES("status.pending") not in person.home.text

    await journey.outcome(await journey.send(user=seed.LUCIA), "pending")

    await home_says(journey, person, ES("status.pending"))


async def test_after_somebody_else_s_decision_the_sender_s_home_says_so(journey: Journey) -> None:
    journey.world.atom.behave("drops", times=1)
    send_id = await journey.send(f"{TEMPLATE} {OTHER_PHONE}")
    outcome = await journey.outcome(send_id, "unknown")
    person = journey.person()
    await person.open_home()
    await home_says(journey, person, ES("status.unknown"))

    await journey.person(seed.CARLA).click(seed.SOPORTE, outcome.ts, "resolve_sent")

    def is_decided() -> bool:
        return person.home is not None and ES("status.unknown") not in person.home.text

    await journey.world.slack.until(is_decided)


async def test_who_never_opened_home_is_given_none(journey: Journey) -> None:
    carla = journey.person(seed.CARLA)
    await carla.open_home()

    await journey.outcome(await journey.send(user=seed.BRUNO), "pending")
    await journey.outcome(await journey.send(user=seed.CARLA), "pending")
    await home_says(journey, carla, EN("status.pending"))

    assert homes_of(journey, seed.BRUNO) == 0
    assert journey.person(seed.BRUNO).home is None


async def test_one_send_draws_it_only_few_times(journey: Journey) -> None:
    person = journey.person()
    await person.open_home()
    before = homes_of(journey, seed.ALICE)

    send_id = await journey.send(f"{TEMPLATE} +50761234569")
    await journey.outcome(send_id, "pending")
    await home_says(journey, person, "+507 6123-4569")

    assert 1 <= homes_of(journey, seed.ALICE) - before <= 2
