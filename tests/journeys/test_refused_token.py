"""Atom refuses the token: sends wait, the admins hear of it once, and all go on when it is mended."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
import sqlalchemy as sa

from bot.demo.slack import seed
from bot.demo.slack.messages import Message
from bot.store.tables import token_alert
from tests.conftest import PHONE, TEMPLATE, World
from tests.journeys.conftest import Journey, open_world

pytestmark = pytest.mark.asyncio(loop_scope="module")

OPS = "S0OPERADORES"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    folder: Path = tmp_path_factory.mktemp("refused")
    listed = {"ADMINS": f"{seed.CARLA},{OPS}"}
    async with open_world(folder, f"sqlite:///{folder}/bot.db", settings=listed) as made:
        made.slack.workspace.set_group(OPS, [seed.BRUNO])
        await made.start()
        yield made


def heard(journey: Journey, user: str, word: str) -> list[Message]:
    return [one for one in journey.person(user).dm() if word in one.text]


@pytest_asyncio.fixture(loop_scope="module")
async def refused(journey: Journey) -> AsyncIterator[tuple[str, str, str]]:
    """Atom refuses the token: the send that found out, and two that wait."""
    # An hour ago.
    journey.change(sa.update(token_alert).values(told_at=0.0, is_open=False))
    for message in journey.world.slack.workspace.messages:
        if message.channel in {journey.person(each).dm_channel for each in seed.MEMBERS}:
            journey.world.slack.workspace.drop(message)
    journey.world.atom.behave("unauthorized")
    first = await journey.send()
    await journey.outcome(first, "failed")
    second, third = await journey.send(), await journey.send(f"{TEMPLATE} {PHONE}")
    for each in (second, third):
        await journey.card_says(each, "on hold")
    await journey.world.slack.until(lambda: heard(journey, seed.CARLA, "ATOM_TOKEN") or None)
    yield first, second, third
    for each in (second, third):
        if not journey.outcomes(each):
            card = await journey.held(each, "on hold")
            await journey.person().click(card.channel, card.ts, "cancel")
            await journey.outcome(each, "cancelled")
    journey.end_pause()


async def check_now(journey: Journey, user: str = seed.CARLA) -> None:
    told = heard(journey, user, "ATOM_TOKEN")[0]
    await journey.person(user).click(told.channel, told.ts, "check_now")


async def test_the_admins_are_told_what_to_do_and_the_agent_reads_one_sentence(
    journey: Journey, refused: tuple[str, str, str]
) -> None:
    card = journey.card(refused[1])

    await journey.world.slack.until(lambda: heard(journey, seed.BRUNO, "recusa") or None)
    (told,) = heard(journey, seed.CARLA, "ATOM_TOKEN")
    assert "Seguridad" in told.text
    assert heard(journey, seed.ALICE, "ATOM_TOKEN") == []
    assert card is not None
    assert card.text.endswith("nothing has gone out yet.")
    assert "ATOM_TOKEN" not in card.text


async def test_a_check_that_is_refused_burns_no_send_and_tells_nobody_again(
    journey: Journey, refused: tuple[str, str, str]
) -> None:
    carla = journey.person(seed.CARLA)
    calls = len(journey.world.atom.calls)

    await check_now(journey)

    await journey.told(carla, carla.dm_channel, "trying now")
    await journey.world.slack.until(lambda: len(journey.world.atom.calls) > calls or None)
    await journey.world.slack.settled()
    assert [journey.outcomes(each, "failed") for each in refused[1:]] == [[], []]
    assert len(journey.world.atom.calls) == calls + 1
    assert len(heard(journey, seed.CARLA, "ATOM_TOKEN")) == 1


async def test_a_check_that_succeeds_lets_all_go_and_the_admins_hear_of_it_once(
    journey: Journey, refused: tuple[str, str, str]
) -> None:
    journey.world.atom.behave("answers")

    await check_now(journey)

    for each in refused[1:]:
        await journey.outcome(each, "pending")
    until = journey.world.slack.until
    await until(lambda: heard(journey, seed.BRUNO, "aceita de novo") or None)
    await until(lambda: heard(journey, seed.CARLA, "accepts the bot's token again") or None)
    assert len(heard(journey, seed.CARLA, "again")) == 1
    assert len(journey.outcomes(refused[0])) == 1
    # Nothing is left to check.
    carla = journey.person(seed.CARLA)
    await check_now(journey)
    await journey.told(carla, carla.dm_channel, "not on hold")


async def test_who_is_no_admin_any_more_checks_nothing(
    journey: Journey, refused: tuple[str, str, str]
) -> None:
    workspace, bruno = journey.world.slack.workspace, journey.person(seed.BRUNO)
    await journey.world.slack.until(lambda: heard(journey, seed.BRUNO, "ATOM_TOKEN") or None)
    workspace.set_group(OPS, [])
    await journey.world.slack.settled()
    calls = len(journey.world.atom.calls)

    await check_now(journey, seed.BRUNO)

    await journey.told(bruno, bruno.dm_channel, f"<@{seed.CARLA}>")
    assert len(journey.world.atom.calls) == calls
    assert journey.outcomes(refused[1]) == []
    workspace.set_group(OPS, [seed.BRUNO])
    await journey.world.slack.settled()
