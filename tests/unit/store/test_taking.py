"""A request is taken once, whatever is delivered twice, and is found again."""

import asyncio
from datetime import timedelta, timezone
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.errors import TryLater
from bot.sends import Origin, SendId, Status, Taken
from bot.store.database import Database
from bot.store.reports import count_by_status
from bot.store.tables import sends
from tests.builders import ALICE, CARLA, make_send_request
from tests.fakes import NOON
from tests.unit.store.scene import SENT, Scene, TwiceDatabase, V


async def test_a_request_is_read_back_as_it_was_taken(scene: Scene) -> None:
    request = make_send_request(
        client_name="José 🌴",
        assign=True,
        params=(("Fecha de cita", "3 de mayo"), ("client_name", "José 🌴")),
        origin=Origin("C0SOPORTE01", "1.2", "https://hooks.slack.com/commands/x"),
        replaces=SendId("V0000"),
        template_name="Recordatorio",
        is_test=True,
    )

    await scene.store.take(request)

    send = await scene.store.get(V)
    assert send.request == request
    assert (send.status, send.created, send.updated) == (Status.QUEUED, NOON, NOON)
    assert send.give_up_at == NOON + timedelta(hours=6)
    assert (send.tries, send.next_try, send.announced_status, send.ended) == (0, None, "", None)
    assert (send.runner, send.runs) == ("this", 1)


async def test_a_request_is_begun_as_it_was_written_down(scene: Scene) -> None:
    taken = await scene.store.take(make_send_request())

    assert taken.how is Taken.NEW
    assert scene.runs.begun == [await scene.store.get(V)]


async def test_a_process_that_only_takes_requests_leaves_them_to_others(scene: Scene) -> None:
    taken = await scene.store_of(None).take(make_send_request())

    assert taken.how is Taken.NEW
    assert (await scene.store.get(V)).runner == ""
    assert await scene.due() == [V]


async def test_the_same_form_once_more_is_one_send(scene: Scene) -> None:
    first, second = (
        await scene.store.take(make_send_request()),
        await scene.store.take(make_send_request()),
    )

    assert (first.how, second.how) == (Taken.NEW, Taken.AGAIN)
    assert first.send == second.send
    assert len(scene.runs.begun) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"template": "TsRqPoNmLkJiHgFeDcBa"},
        {"phone": "522221234567"},
        {"client_name": "Ana"},
        {"group": ""},
        {"assign": True},
        {"params": ()},
        {"user": CARLA},
    ],
)
async def test_the_same_form_with_other_contents_changes_nothing(
    scene: Scene, changes: dict[str, object]
) -> None:
    await scene.take()

    taken = await scene.store.take(make_send_request(**changes))

    assert taken.how is Taken.CHANGED
    assert (await scene.store.get(V)).request == make_send_request()
    assert len(scene.runs.begun) == 1


async def test_another_request_never_gets_an_id_that_is_taken(scene: Scene) -> None:
    await scene.take()

    taken = await scene.store.take(make_send_request(key="another form", user=CARLA))

    assert taken.how is Taken.NEW
    assert taken.send.id != V
    assert (await scene.store.get(taken.send.id)).request.user == CARLA
    assert [each.send for each in await scene.store.timeline(taken.send.id)] == [taken.send.id]


async def test_a_form_is_one_send_whatever_id_it_gets(scene: Scene) -> None:
    first = await scene.store.take(make_send_request(id=SendId("K7R2-M9T5W"), key="the form"))
    second = await scene.store.take(make_send_request(id=SendId("C2D5-F6H7J"), key="the form"))

    assert (second.how, second.send.id) == (Taken.AGAIN, "K7R2-M9T5W")
    assert first.send.request.key == second.send.request.key == "the form"


async def test_a_form_that_a_process_of_the_version_before_took_is_one_send(scene: Scene) -> None:
    """It called the send as Slack called the form, and knew of no keys."""
    await scene.take()
    with scene.engine.begin() as connection:
        connection.execute(sa.update(sends).values(request_key=None))

    taken = await scene.store.take(make_send_request(id=SendId("K7R2-M9T5W"), key=V))

    assert (taken.how, taken.send.id, taken.send.request.key) == (Taken.AGAIN, V, V)


async def test_a_form_that_this_version_took_is_not_taken_by_the_version_before(
    scene: Scene,
) -> None:
    await scene.store.take(make_send_request(id=SendId("K7R2-M9T5W"), key=V))
    with scene.engine.connect() as connection:
        row = dict(connection.execute(sa.select(sends)).mappings().one())
    before = row | {"id": V, "request_key": None}

    with pytest.raises(sa.exc.IntegrityError), scene.engine.begin() as connection:
        connection.execute(sa.insert(sends).values(before))

    assert [each.id for each in scene.history()] == ["K7R2-M9T5W"]


async def test_a_form_that_arrives_many_times_at_once_is_one_send(scene: Scene) -> None:
    taken = await asyncio.gather(*(scene.store.take(make_send_request()) for _ in range(10)))

    assert sorted(each.how for each in taken) == [Taken.AGAIN] * 9 + [Taken.NEW]
    assert len(scene.runs.begun) == 1


async def test_a_request_whose_answer_was_lost_is_taken_and_found(scene: Scene) -> None:
    """It is not begun at once: nobody can say whether another one has begun it."""
    twice = scene.store_of(scene.runs, database=TwiceDatabase(scene.engine))

    taken = await twice.take(make_send_request())

    assert taken.how is Taken.AGAIN
    assert await scene.due() == [V]


@pytest.mark.usefixtures("impatient_listeners")
async def test_a_request_that_can_not_be_written_is_begun_by_nobody(
    scene: Scene, tmp_path: Path
) -> None:
    away = Database(sa.create_engine(f"sqlite:///{tmp_path}/no/such/folder/bot.db"))

    with pytest.raises(TryLater) as raised:
        await scene.store_of(scene.runs, database=away).take(make_send_request())

    assert raised.value.key == "database.unreachable"
    assert scene.runs.begun == []
    away.close()


async def test_what_the_version_before_writes_is_taken(scene: Scene) -> None:
    await scene.take()
    new = {
        "template_name",
        "is_test",
        "runner",
        "runs",
        "tell_tries",
        "ended",
        "request_key",
        "overrode",
    }
    before = sa.table("sends", *(sa.column(c.name, c.type) for c in sends.c if c.name not in new))

    with scene.engine.begin() as connection:
        row = connection.execute(sa.select(before)).mappings().one()
        connection.execute(sa.delete(before))
        connection.execute(sa.insert(before).values(**row))

    send = await scene.store.get(V)
    assert send.request == make_send_request(template_name="", is_test=False)
    assert (send.runner, send.runs, send.tell_tries, send.ended) == ("", 0, 0, None)
    (found,) = await scene.store.due(10)
    assert (found.id, found.runner, found.runs) == (V, "", 0)
    (taken,) = await scene.store.take_up([found])
    assert (taken.runner, taken.runs) == ("this", 1)


async def test_a_send_that_is_not_there_is_none_or_an_error(scene: Scene) -> None:
    assert await scene.store.find(V) is None
    with pytest.raises(LookupError):
        await scene.store.get(V)


async def take_one_after_the_other(scene: Scene, *names: str, **changes: object) -> None:
    for name in names:
        await scene.store.take(make_send_request(id=SendId(name), **changes))
        scene.clock.pass_by(60)


async def test_the_history_is_in_order_and_may_begin_late(scene: Scene) -> None:
    await take_one_after_the_other(scene, "V3", "V1", "V2", "V0")

    assert [send.id for send in scene.history()] == ["V3", "V1", "V2", "V0"]
    since = NOON.astimezone(timezone(timedelta(hours=-5))) + timedelta(seconds=60)
    assert [send.id for send in scene.history(since)] == ["V1", "V2", "V0"]


async def test_sends_are_counted_by_status(unknown: Scene) -> None:
    await unknown.take("V2")

    with unknown.engine.connect() as connection:
        counted = count_by_status(connection)

    assert counted[Status.UNKNOWN] == counted[Status.QUEUED] == 1
    assert set(counted) == set(Status)


async def test_a_person_s_last_sends_are_the_newest_first(scene: Scene) -> None:
    await take_one_after_the_other(scene, "V1", "V2", "V3")
    await take_one_after_the_other(scene, "V4", user=CARLA)

    found = await scene.store.recent(ALICE, limit=2)

    assert [send.id for send in found] == ["V3", "V2"]


async def test_sends_are_found_by_the_last_digits_of_the_number(scene: Scene) -> None:
    await take_one_after_the_other(scene, "V1", "V2", phone="50761234567")
    await take_one_after_the_other(scene, "V3", phone="522221234567", user=CARLA)
    await take_one_after_the_other(scene, "V4", phone="50761234560")

    async def found(digits: str, user: str, limit: int = 9) -> list[str]:
        sends = await scene.store.ending_in(digits, user=user, limit=limit)
        return [send.id for send in sends]

    assert await found("4567", "") == ["V3", "V2", "V1"]
    assert await found("4567", ALICE) == ["V2", "V1"]
    assert await found("4567", "", limit=1) == ["V3"]
    assert await found("61234567", "") == ["V2", "V1"]
    assert await found("9999", "") == []


async def test_a_person_s_templates_are_named_once_each(scene: Scene) -> None:
    await take_one_after_the_other(scene, "V1", template="A" * 20)
    await take_one_after_the_other(scene, "V2", template="B" * 20)
    await take_one_after_the_other(scene, "V3", template="A" * 20)
    await take_one_after_the_other(scene, "V4", template="C" * 20, user=CARLA)

    assert await scene.store.recent_templates(ALICE) == ("A" * 20, "B" * 20)


async def test_a_send_that_ended_keeps_when(scene: Scene) -> None:
    await scene.take()
    await scene.claim()
    scene.clock.pass_by(60)

    send = await scene.settle(SENT)

    assert send.ended == NOON + timedelta(seconds=60)
