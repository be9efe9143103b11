"""What keeps people from regretting Send, at each door: told once, together, in everyone's language."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from bot.demo.slack import seed
from bot.locales import load
from bot.store.database import open_engine
from bot.store.tables import do_not_contact
from tests.conftest import TEMPLATE
from tests.journeys.conftest import COMMAND, Journey
from tests.journeys.gate_scene import alerts, speak

NUMBER = "+507 6123-4567"
FILLED = f"{TEMPLATE} {NUMBER}"
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(autouse=True)
def _empty(journey: Journey) -> Iterator[None]:
    yield
    engine = open_engine(journey.world.database_url)
    with engine.begin() as connection:
        connection.execute(sa.delete(do_not_contact))
    engine.dispose()


async def stop(journey: Journey) -> None:
    answer = await journey.person(seed.ALICE).command(seed.SOPORTE, COMMAND, f"stop {NUMBER}")
    assert answer.message is not None


@pytest.mark.parametrize("language", ["en", "es", "pt"])
async def test_the_form_refuses_who_is_not_to_be_written_to_and_says_whom_to_ask(
    journey: Journey, language: str
) -> None:
    await stop(journey)
    await speak(journey, language)
    person = await journey.open(FILLED)

    result = await person.submit()

    translator = load(language)
    assert not result.closed
    ((level, text),) = alerts(person)
    assert level == "error"
    start = translator("refused.do_not_contact", since="#").partition("#")[0]
    assert text.startswith(start)
    assert translator("refused.ask", people=f"<@{seed.CARLA}>") in text
    called = [each.body["phoneNumber"] for each in journey.world.atom.calls]
    assert "50761234567" not in called
    # It is corrected in the same form.
    await person.fill("phone", "+507 6123-4568")
    await journey.outcome(await journey.press_send(person), "pending")


async def test_an_admin_is_told_how_to_allow_it(journey: Journey) -> None:
    await stop(journey)
    person = await journey.open(FILLED, seed.CARLA)

    result = await person.submit()

    assert "`/whatsapp-template allow +50761234567`" in " ".join(result.errors.values())


async def test_what_waits_when_its_number_is_stopped_fails_and_says_why(journey: Journey) -> None:
    journey.world.atom.behave("down")
    send_id = await journey.send(FILLED)
    await journey.held(send_id)

    await stop(journey)
    journey.world.atom.behave("answers")
    journey.let_try(send_id)

    outcome = await journey.outcome(send_id, "failed")
    assert load("en")("outcome.refused.do_not_contact", emoji="").strip() in outcome.text


async def test_a_retry_to_a_number_that_was_stopped_is_refused(journey: Journey) -> None:
    journey.world.atom.behave("drops")
    send_id = await journey.send(FILLED)
    asked = await journey.outcome(send_id, "unknown")
    journey.world.atom.behave("answers")
    await stop(journey)
    person = journey.person()

    await person.click(asked.channel, asked.ts, "retry")

    await journey.told(person, asked.channel, f"<@{seed.CARLA}>")
