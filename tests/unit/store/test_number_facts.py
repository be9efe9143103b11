"""What is known of numbers that are asked about at one moment is read together."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from bot.errors import TryLater
from bot.policy.number_facts import NOTHING, NumberFacts
from bot.store.contacts import ContactStore
from bot.store.database import Database
from bot.store.number_facts import NumberFactsStore
from tests.builders import TEMPLATE
from tests.fakes import NOON
from tests.unit.store.scene import PANAMA, contact

OTHERS = [f"507612345{number:02}" for number in range(68, 78)]


async def look_up(store: NumberFactsStore, phone: str) -> NumberFacts:
    return await store.look_up(phone, TEMPLATE, due=NOON, window=timedelta(0))


@pytest.fixture
def looks(database: Database, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What was read of this database."""
    made: list[object] = []
    read = database.read

    async def noted(work: Any, **options: Any) -> Any:
        made.append(work)
        return await read(work, **options)

    monkeypatch.setattr(database, "read", noted)
    return made


async def test_many_at_once_are_one_look_and_each_has_its_own_answer(
    database: Database, looks: list[object]
) -> None:
    listed = contact(PANAMA)
    await ContactStore(database).add(listed)
    store = NumberFactsStore(database)

    found = await asyncio.gather(*(look_up(store, phone) for phone in (PANAMA, *OTHERS)))

    assert found == [NumberFacts(listed), *[NOTHING] * len(OTHERS)]
    assert len(looks) == 1


async def test_who_asks_while_others_are_read_is_read_anew(
    database: Database, looks: list[object]
) -> None:
    store = NumberFactsStore(database)
    first = asyncio.create_task(look_up(store, PANAMA))
    while not looks:  # noqa: ASYNC110 - for a turn of the loop or two
        await asyncio.sleep(0)
    listed = contact(PANAMA)
    await ContactStore(database).add(listed)

    assert await look_up(store, PANAMA) == NumberFacts(listed)
    await first
    assert len(looks) == 2


async def test_one_who_gives_up_keeps_nobody_else_from_an_answer(database: Database) -> None:
    store = NumberFactsStore(database)
    tasks = [asyncio.create_task(look_up(store, phone)) for phone in (PANAMA, *OTHERS)]
    await asyncio.sleep(0)

    tasks[0].cancel()

    assert await asyncio.gather(*tasks[1:]) == [NOTHING] * len(OTHERS)


async def test_all_of_them_hear_that_it_can_not_be_read_now(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(_work: object, **_options: object) -> None:
        raise TryLater("database.unreachable")

    store = NumberFactsStore(database)
    with monkeypatch.context() as patch:
        patch.setattr(database, "read", away)
        found = await asyncio.gather(
            *(look_up(store, phone) for phone in OTHERS), return_exceptions=True
        )

    assert [type(each) for each in found] == [TryLater] * len(OTHERS)
    assert await look_up(store, PANAMA) == NOTHING
