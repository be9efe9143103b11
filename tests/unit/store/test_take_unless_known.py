"""A send of whose number nothing is known is taken in one go; of all others somebody is asked."""

import asyncio
import dataclasses
import sqlite3
from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.policy.do_not_contact import Scope, new_contact
from bot.sends import SendId, SendRequest, Status, TakenSend
from bot.sends import Taken as How
from bot.store.contacts import ContactStore
from bot.store.database import Database
from bot.store.sends import SendStore
from bot.store.tables import events, sends
from tests.builders import make_send_request
from tests.unit.store.scene import REJECTED, Scene, TwiceDatabase, V, catalogue_revision

DAY = timedelta(hours=24)
NO_WINDOW = timedelta(0)
MEXICO, MEXICO_BEFORE = "522221234567", "5212221234567"
OTHER = make_send_request(id=SendId("V0002"), key="V0002")


async def take(
    scene: Scene,
    request: SendRequest,
    window: timedelta,
    *,
    store: SendStore | None = None,
    revision: int | None = None,
) -> TakenSend | None:
    now = catalogue_revision(scene) if revision is None else revision
    return await (store or scene.store).take_unless_known(request, window, revision=now)


async def test_it_is_taken_begun_and_told_of_as_any_other(scene: Scene) -> None:
    request = make_send_request(overrode=("quiet.now",))

    taken = await take(scene, request, DAY)

    assert taken is not None
    assert (taken.how, taken.send.status) == (How.NEW, Status.QUEUED)
    assert [each.id for each in scene.runs.begun] == [V]
    with scene.engine.connect() as connection:
        kinds = connection.scalars(sa.select(events.c.kind).order_by(events.c.id)).all()
    assert kinds == ["taken", "overrode"]


@pytest.mark.parametrize("window", [DAY, NO_WINDOW])
@pytest.mark.parametrize("scope", Scope)
async def test_whoever_is_in_the_list_of_those_not_to_contact_is_asked_about(
    scene: Scene, scope: Scope, window: timedelta
) -> None:
    listed = new_contact(MEXICO_BEFORE, scope=scope, since=scene.clock.now())
    await ContactStore(scene.database).add(listed)

    assert await take(scene, make_send_request(phone=MEXICO), window) is None

    assert await scene.store.find(V) is None
    assert scene.runs.begun == []


async def test_the_same_within_the_window_is_asked_about_however_the_number_is_written(
    scene: Scene,
) -> None:
    await scene.store.take(make_send_request(phone=MEXICO_BEFORE))
    again = dataclasses.replace(OTHER, phone=MEXICO)

    assert await take(scene, again, DAY) is None
    assert await scene.store.find(OTHER.id) is None

    assert await take(scene, again, NO_WINDOW)


@pytest.mark.parametrize("missing", [["canonical"], ["canonical", "request_key"]])
async def test_what_an_older_version_wrote_is_asked_about_too(
    scene: Scene, missing: list[str]
) -> None:
    await scene.take()
    with scene.engine.begin() as connection:
        connection.execute(sa.update(sends).values(dict.fromkeys(missing)))

    assert await take(scene, OTHER, DAY) is None


@pytest.mark.parametrize(
    ("what", "seconds"),
    [
        ({}, 24 * 3600 + 1),
        ({"template": "Y" * 20}, 0),
        ({"phone": "50762345678"}, 0),
    ],
)
async def test_another_one_or_one_long_ago_says_nothing(
    scene: Scene, what: dict[str, str], seconds: float
) -> None:
    await scene.take()
    scene.clock.pass_by(seconds)

    taken = await take(scene, make_send_request(id=OTHER.id, key="V2", **what), DAY)

    assert taken is not None
    assert taken.how is How.NEW


@pytest.mark.parametrize("window", [DAY, NO_WINDOW])
async def test_nothing_is_taken_that_was_checked_by_an_older_catalogue(
    scene: Scene, window: timedelta
) -> None:
    request, now = make_send_request(), catalogue_revision(scene)

    assert await take(scene, request, window, revision=now - 1) is None
    assert await scene.store.find(V) is None
    assert await take(scene, request, window, revision=now)


async def test_what_did_not_go_out_says_nothing(scene: Scene) -> None:
    await scene.take()
    await scene.claim()
    await scene.settle(REJECTED)

    assert await take(scene, OTHER, DAY)


async def test_the_same_form_handed_in_twice_is_taken_once(scene: Scene) -> None:
    first = await take(scene, make_send_request(), DAY)
    again = await take(scene, dataclasses.replace(OTHER, key="V0001"), DAY)
    other = dataclasses.replace(OTHER, key="V0001", client_name="Otra")
    changed = await take(scene, other, DAY)

    assert [each and each.how for each in (first, again, changed)] == [
        How.NEW,
        How.AGAIN,
        How.CHANGED,
    ]
    assert [each and each.send.id for each in (first, again, changed)] == [V, V, V]


async def test_it_is_taken_once_though_the_answer_of_the_database_was_lost(scene: Scene) -> None:
    store = scene.store_of(scene.runs, database=TwiceDatabase(scene.engine))

    taken = await take(scene, make_send_request(), DAY, store=store)

    assert taken is not None
    assert taken.send.id == V
    assert await scene.due() == [V]


@pytest.fixture
def stores(scene: Scene) -> Iterator[list[SendStore]]:
    """Those of two processes."""
    if scene.engine.dialect.name == "sqlite":
        yield [scene.store, scene.store]
        return
    other = Database(scene.engine)
    yield [scene.store, scene.store_of(None, database=other)]
    other.close()


async def test_of_many_at_the_same_moment_one_is_taken(
    scene: Scene, stores: list[SendStore]
) -> None:
    requests = [
        make_send_request(id=SendId(f"V{n:04}"), key=f"K{n}", phone=(MEXICO, MEXICO_BEFORE)[n % 2])
        for n in range(16)
    ]

    answers = await asyncio.gather(
        *(take(scene, each, DAY, store=stores[n // 2 % 2]) for n, each in enumerate(requests))
    )

    assert [each.how for each in answers if each] == [How.NEW]
    assert len(await scene.store.ending_in("4567", user="", limit=99)) == 1


async def test_it_is_found_by_an_index(scene: Scene) -> None:
    if scene.engine.dialect.name != "sqlite":
        return
    seen: list[str] = []
    traced: list[sqlite3.Connection] = []

    def trace(connection: sqlite3.Connection, *_: object) -> None:
        traced.append(connection)
        connection.set_trace_callback(seen.append)

    sa.event.listen(scene.engine, "checkout", trace)
    try:
        assert await take(scene, OTHER, DAY)
    finally:
        sa.event.remove(scene.engine, "checkout", trace)
        for each in traced:
            each.set_trace_callback(None)
    (taking,) = (each for each in seen if each.startswith("INSERT INTO sends"))
    with scene.engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {taking}").all()
    searched = [row[-1] for row in plan if "sends" in row[-1] or "do_not_contact" in row[-1]]
    assert len(searched) == 3
    assert all(each.startswith("SEARCH") for each in searched), searched
