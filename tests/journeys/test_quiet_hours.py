"""Quiet hours: asked about once in the form; what nobody was asked about waits, and says so."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from bot import time_zones
from bot.locales import load
from tests.conftest import PHONE, TEMPLATE, World
from tests.journeys.conftest import Journey, open_world
from tests.journeys.gate_scene import alerts, speak

FILLED = f"{TEMPLATE} {PHONE}"
pytestmark = pytest.mark.asyncio(loop_scope="module")


def quiet_now() -> str:
    """Name hours that are quiet in Panama from an hour ago on: the tests run at any time."""
    zone = time_zones.find("America/Panama")
    assert zone
    began = datetime.now(zone) - timedelta(hours=1)
    return f"{began:%H:%M}-{began + timedelta(hours=12):%H:%M}"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    folder: Path = tmp_path_factory.mktemp("quiet")
    async with open_world(folder, f"sqlite:///{folder}/bot.db") as made:
        await made.start(QUIET_HOURS=quiet_now(), DUPLICATE_WINDOW="24h")
        yield made


@pytest.mark.parametrize("language", ["en", "es", "pt"])
async def test_the_form_asks_once_for_all_and_anyway_goes(journey: Journey, language: str) -> None:
    await speak(journey, language)
    person, translator = await journey.open(FILLED), load(language)

    result = await person.submit()

    assert not result.closed
    assert person.view is not None
    # The duplicate of the language before is overridden with the same press.
    others = len(alerts(person)) > 1
    assert person.view.submit == translator("form.submit_anyway" if others else "form.submit")
    said = [text for _, text in alerts(person)]
    assert any(translator.place("America/Panama") in each for each in said)
    # The duplicate of the language before is asked about in the same step.
    assert len([one for one in person.view.blocks if one["type"] in {"alert", "section"}]) >= len(
        said
    )
    await person.fill("send_at_choice", "keep")
    send_id = await journey.press_send(person)
    await journey.outcome(send_id, "pending")


async def test_to_wait_until_they_end_is_chosen_already(journey: Journey) -> None:
    await speak(journey, "en")
    person = await journey.open(f"{TEMPLATE} +50761234569")
    await person.submit()
    assert person.view is not None
    (choice,) = [one for one in person.view.blocks if one["block_id"] == "send_at_choice"]

    send_id = await journey.press_send(person)

    until = choice["element"]["initial_option"]["value"]
    card = await journey.card_says(send_id, f"<!date^{until}^")
    assert "*Scheduled*" in card.text
    assert journey.world.atom.calls == []
    await person.click(card.channel, card.ts, "cancel")
    await journey.outcome(send_id, "cancelled")


async def test_a_retry_waits_until_quiet_hours_end_and_says_so(journey: Journey) -> None:
    journey.world.atom.behave("drops")
    person = await journey.open(f"{TEMPLATE} +50761234568")
    await person.submit()
    await person.fill("send_at_choice", "keep")
    send_id = await journey.press_send(person)
    asked = await journey.outcome(send_id, "unknown")
    journey.world.atom.behave("answers")
    journey.world.atom.calls.clear()

    await journey.person().click(asked.channel, asked.ts, "retry")

    retry = await journey.retry_of(send_id)
    start = load("en")("waiting.quiet", until="#").partition("#")[0]
    card = await journey.card_says(retry, start)
    assert journey.world.atom.calls == []
    await journey.person().click(card.channel, card.ts, "cancel")
    await journey.outcome(retry, "cancelled")
