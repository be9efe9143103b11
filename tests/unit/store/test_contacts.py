"""Who is not to be written to, on SQLite and on a real PostgreSQL."""

import asyncio
from datetime import timedelta

import pytest

from bot.policy.do_not_contact import Added, Page, Scope, new_contact
from bot.store.contacts import ContactStore, add_all, read_all
from bot.store.database import Database
from tests.fakes import NOON
from tests.unit.store.scene import PANAMA, contact

SAME = [
    ("5212221234567", "522221234567"),
    ("5491123456789", "541123456789"),
    ("5491123456789", "54111523456789"),
    ("551191234567", "5511991234567"),
]


@pytest.fixture
def store(database: Database) -> ContactStore:
    return ContactStore(database)


async def test_what_is_added_is_found_as_it_was(store: ContactStore) -> None:
    given = contact(reason="por teléfono")

    became, kept = await store.add(given)

    assert (became, kept) == (Added.NEW, given)
    assert await store.find(PANAMA) == given
    assert await store.find("50761234568") is None


@pytest.mark.parametrize(("one", "other"), [*SAME, *(pair[::-1] for pair in SAME)])
async def test_all_ways_to_write_a_number_are_one_entry(
    store: ContactStore, one: str, other: str
) -> None:
    first = contact(one)
    await store.add(first)

    became, kept = await store.add(contact(other))

    assert (became, kept) == (Added.KNOWN, first)
    assert await store.find(other) == first
    assert await store.allow(other) == first
    assert await store.find(one) is None


async def test_adding_only_adds(store: ContactStore) -> None:
    await store.add(contact(scope=Scope.MARKETING, reason="correo"))

    widened, wide = await store.add(contact(reason="llamó"))
    known, kept = await store.add(contact(scope=Scope.MARKETING, reason="otra vez"))

    assert (widened, wide.scope, wide.reason) == (Added.WIDENED, Scope.EVERYTHING, "llamó")
    assert (known, kept) == (Added.KNOWN, wide)


async def test_widening_without_a_reason_keeps_the_one_that_was_given(store: ContactStore) -> None:
    await store.add(contact(scope=Scope.MARKETING, reason="correo"))

    _, wide = await store.add(contact())

    assert (wide.scope, wide.reason) == (Scope.EVERYTHING, "correo")


async def test_twenty_who_add_at_once_make_one_entry(store: ContactStore) -> None:
    results = await asyncio.gather(*(store.add(contact()) for _ in range(20)))

    assert sorted(became for became, _ in results) == [*[Added.KNOWN] * 19, Added.NEW]
    assert (await store.page("", limit=5)).count == 1


async def test_what_is_kept_can_be_changed_until_it_is_allowed(store: ContactStore) -> None:
    _, kept = await store.add(contact())

    assert await store.set_scope(kept.id, Scope.MARKETING)
    narrowed = await store.find(PANAMA)
    assert narrowed is not None
    assert narrowed.scope is Scope.MARKETING

    assert await store.allow_id(kept.id) == narrowed
    assert await store.allow_id(kept.id) is None
    assert await store.allow(PANAMA) is None
    assert not await store.set_scope(kept.id, Scope.EVERYTHING)


async def test_pages_have_the_newest_first_and_find_a_part_of_a_number(store: ContactStore) -> None:
    numbers = [f"5076123{last:04}" for last in range(7)] + ["5212221234567"]
    for minutes, phone in enumerate(numbers):
        since = NOON + timedelta(minutes=minutes)
        await store.add(new_contact(phone, scope=Scope.EVERYTHING, since=since))

    first = await store.page("", limit=3)
    second = await store.page("+507 6123", limit=3, offset=3)

    assert [each.phone for each in first.contacts] == numbers[:-4:-1]
    assert first.count == 8
    assert [each.phone for each in second.contacts] == numbers[3::-1][:3]
    assert second.count == 7
    # However it is written.
    for typed in ("52 222 123 4567", "+52 1 222 123 4567", "4567"):
        assert (await store.page(typed, limit=3)).count == 1
    for typed in ("999999", "Ana"):
        assert await store.page(typed, limit=3) == Page()


async def test_many_are_added_in_one_go(store: ContactStore, database: Database) -> None:
    await store.add(contact(PANAMA, Scope.MARKETING))
    given = [contact(), contact("5212221234567"), contact("522221234567")]

    with database.engine.begin() as connection:
        counts = add_all(connection, given)
        kept = [each.phone for each in read_all(connection)]

    assert counts == {Added.NEW: 1, Added.WIDENED: 1, Added.KNOWN: 1}
    assert sorted(kept) == [PANAMA, "5212221234567"]
