"""Sends of a template to a number, however it is written, and whichever version wrote them."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.policy.duplicates import Earlier
from bot.policy.number_facts import NumberFacts
from bot.sends import SendId, Status
from bot.store.number_facts import NumberFactsStore
from bot.store.tables import sends
from tests.builders import ALICE, TEMPLATE, make_send_request
from tests.fakes import NOON
from tests.unit.store.scene import Scene

DAY = timedelta(hours=24)
MEXICO, OLD_MEXICO = "522221234567", "5212221234567"
EACH_VERSION = pytest.mark.parametrize("written_before", [False, True])


async def taken(scene: Scene, phone: str, *, written_before: bool = False, **more: str) -> SendId:
    """Take a send, as this version writes it or the version before did."""
    send_id = SendId(more.pop("id", "V0001"))
    await scene.store.take(make_send_request(id=send_id, phone=phone, **more))
    if written_before:
        change = sa.update(sends).where(sends.c.id == send_id).values(canonical=None)
        with scene.engine.begin() as connection:
            connection.execute(change)
    return send_id


async def found(scene: Scene, phone: str, template: str = TEMPLATE) -> tuple[Earlier, ...]:
    store = NumberFactsStore(scene.database)
    return (await store.look_up(phone, template, due=scene.clock.now(), window=DAY)).earlier


@EACH_VERSION
@pytest.mark.parametrize(("sent", "asked"), [(MEXICO, OLD_MEXICO), (OLD_MEXICO, MEXICO)])
async def test_it_is_found_however_it_is_written(
    scene: Scene, sent: str, asked: str, *, written_before: bool
) -> None:
    await taken(scene, sent, written_before=written_before)
    scene.clock.pass_by(240)

    (only,) = await found(scene, asked)

    assert only == Earlier(SendId("V0001"), Status.QUEUED, ALICE, NOON, "C0SOPORTE01")


@EACH_VERSION
async def test_others_are_not_found(scene: Scene, *, written_before: bool) -> None:
    await taken(scene, MEXICO, written_before=written_before, template="B" * 20, id="V1")
    await taken(scene, "523331234567", written_before=written_before, id="V2")
    gone = await taken(scene, MEXICO, written_before=written_before, id="V3")
    assert await scene.store.cancel(gone, user=ALICE)

    assert await found(scene, MEXICO) == ()


@EACH_VERSION
async def test_the_window_ends(scene: Scene, *, written_before: bool) -> None:
    await taken(scene, MEXICO, written_before=written_before)
    scene.clock.pass_by(DAY.total_seconds() - 1)
    assert len(await found(scene, MEXICO)) == 1

    scene.clock.pass_by(1)

    assert await found(scene, MEXICO) == ()


async def test_it_says_where_the_card_is(scene: Scene) -> None:
    send_id = await taken(scene, MEXICO)
    await scene.store.card_posted(send_id, "D0ALICE0001", "1.2")

    (only,) = await found(scene, MEXICO)

    assert (only.channel, only.card_ts) == ("D0ALICE0001", "1.2")


async def test_what_only_a_newer_version_knows_counts(scene: Scene) -> None:
    await taken(scene, MEXICO)
    with scene.engine.begin() as connection:
        connection.execute(sa.update(sends).values(status="parked"))

    (only,) = await found(scene, MEXICO)

    assert only.status is Status.QUEUED


async def test_no_window_asks_for_nothing(scene: Scene) -> None:
    await taken(scene, MEXICO)
    store = NumberFactsStore(scene.database)

    off = timedelta(0)

    assert await store.look_up(MEXICO, TEMPLATE, due=NOON, window=off) == NumberFacts()


async def test_each_send_has_its_number_in_its_one_form(scene: Scene) -> None:
    await taken(scene, OLD_MEXICO)

    with scene.engine.connect() as connection:
        assert connection.scalar(sa.select(sends.c.canonical)) == MEXICO
