"""The same thing to the same number: asked about once, in everyone's language, whoever sent it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.demo.slack import seed
from bot.locales import load
from tests.conftest import TEMPLATE, World
from tests.journeys.conftest import COMMAND, Journey, open_world
from tests.journeys.gate_scene import alerts, speak

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    folder: Path = tmp_path_factory.mktemp("duplicates")
    async with open_world(folder, f"sqlite:///{folder}/bot.db") as made:
        await made.start(DUPLICATE_WINDOW="24h")
        yield made


def filled(number: int) -> str:
    return f"{TEMPLATE} +5076123456{number}"


@pytest.mark.parametrize(("number", "language"), [(1, "en"), (2, "es"), (3, "pt")])
async def test_what_a_colleague_sent_is_asked_about_once(
    journey: Journey, number: int, language: str
) -> None:
    first = await journey.send(filled(number), seed.BRUNO)
    await journey.outcome(first, "pending")
    await speak(journey, language)
    person, translator = await journey.open(filled(number)), load(language)

    result = await person.submit()

    assert not result.closed
    assert person.view is not None
    submit = person.view.submit
    said = [each for each in person.view.blocks if each["type"] in {"alert", "section"}]
    text = said[0]["text"]["text"]
    assert text.removeprefix(":warning: ").startswith(f"<@{seed.BRUNO}> ")
    assert translator("status.pending") in text
    card = journey.card(first)
    assert card is not None
    assert card.ts.replace(".", "") in text
    assert submit == translator("form.submit_anyway")

    second = await journey.press_send(person)

    await journey.outcome(second, "pending")
    history = {each["id"]: each for each in await journey.world.history()}
    assert {first, second} <= history.keys()


async def test_in_another_channel_there_is_no_link(journey: Journey) -> None:
    first = await journey.send(filled(4), seed.BRUNO, seed.VENTAS)
    await journey.outcome(first, "pending")
    person = await journey.open(filled(4))

    await person.submit()

    ((level, text),) = alerts(person)
    assert level == "warning"
    assert "http" not in text


async def test_a_retry_after_a_colleague_sent_the_same_is_refused_and_says_so(
    journey: Journey,
) -> None:
    journey.world.atom.behave("drops")
    send_id = await journey.send(filled(5))
    asked = await journey.outcome(send_id, "unknown")
    journey.world.atom.behave("answers")
    other = await journey.open(filled(5), seed.BRUNO)
    assert not (await other.submit()).closed
    await journey.outcome(await journey.press_send(other), "pending")
    person = journey.person()

    await person.click(asked.channel, asked.ts, "retry")

    await journey.told(person, asked.channel, f"<@{seed.BRUNO}>")


async def test_what_could_not_be_sent_is_no_duplicate(journey: Journey) -> None:
    journey.world.atom.behave("down")
    send_id = await journey.send(filled(6))
    card = await journey.held(send_id)
    person = journey.person()
    asked = await journey.open(filled(6))
    assert not (await asked.submit()).closed
    await asked.close()
    await person.click(card.channel, card.ts, "cancel")
    await journey.outcome(send_id, "cancelled")
    journey.world.atom.behave("answers")

    await journey.outcome(await journey.send(filled(6)), "pending")


async def test_number_and_names_are_not_in_the_log(journey: Journey) -> None:
    await journey.person().command(seed.SOPORTE, COMMAND, "help")

    assert "50761234561" not in journey.world.logs()
