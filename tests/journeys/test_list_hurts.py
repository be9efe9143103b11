"""A file made to hurt costs a process of its own: the bot answers meanwhile, and holds no more memory."""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.demo.slack import seed
from bot.demo.slack.messages import Message
from tests.conftest import ANSWER_SECONDS, World
from tests.journeys.conftest import COMMAND, Journey, open_world
from tests.journeys.reminders import CITA, PAGO
from tests.stopwatch import stopwatch
from tests.unit.bulk.workbooks import by_hand, cell, sheet

pytestmark = pytest.mark.asyncio(loop_scope="module")

SOON = 40.0  # seconds; people are told within 20
MORE = 40 << 20  # bytes that the bot may come to hold beside a file that it hands on
PHONES = '<row r="1"><c t="inlineStr"><is><t>phone</t></is></c></row>'
FILES = {
    "far.xlsx": by_hand(sheet(f'{PHONES}<row r="3">{cell("XFD1048576", "x")}</row>')),
    "expands.xlsx": by_hand(sheet(PHONES), {"xl/media/a.bin": bytes(500 << 20)}),
    "cells.xlsx": by_hand(sheet(PHONES + f"<row>{'<c/>' * (20 << 20)}</row>")),
    "entities.xlsx": by_hand(sheet(PHONES, prolog='<!DOCTYPE a [<!ENTITY a "&b;&b;">]>')),
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    folder: Path = tmp_path_factory.mktemp("hurts")
    async with open_world(folder, f"sqlite:///{folder}/bot.db") as made:
        await made.keep(CITA, PAGO)
        await made.start()
        yield made


def held(world: World) -> int:
    """Return the memory that the bot holds, in bytes."""
    status = Path(f"/proc/{world.bots[-1].pid}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert found
    return int(found[1]) * 1024


def refused(journey: Journey, name: str) -> Message | None:
    """Find the card that says why a file is no list."""
    cards = [
        each
        for each in journey.world.slack.workspace.messages
        if name in each.text and ":x:" in each.text
    ]
    return cards[-1] if cards else None


@pytest.mark.parametrize("name", FILES)
async def test_the_bot_answers_while_it_is_looked_at(journey: Journey, name: str) -> None:
    before, answered = held(journey.world), 0
    person = await journey.open("bulk recordatorio de cita")
    await person.give_file("file", name, FILES[name])
    began = time.monotonic()
    result = await person.submit()
    assert result.closed, (dict(result.errors), result.trouble)

    other = journey.person(seed.BRUNO)
    while refused(journey, name) is None:
        async with stopwatch() as watch:
            opened = await other.command(seed.SOPORTE, COMMAND)
        # Who is answered later than in three seconds has no form.
        assert opened.seconds < ANSWER_SECONDS + watch.late
        assert other.view is not None, opened.shown
        await other.close()
        answered += 1
        assert time.monotonic() - began < SOON
        await asyncio.sleep(0.1)

    assert answered
    assert held(journey.world) - before < MORE
