"""The tables on SQLite and on a real PostgreSQL: taken once, claimed once, never forgotten."""

import asyncio
import dataclasses
import stat
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from bot.delivery import HOLD
from bot.errors import TryLater
from bot.sends import Outcome, Place, Send, SendId, Status, Taken
from bot.store.database import Database, exists, is_current, migrate, open_engine
from bot.store.pace import StoredPace
from bot.store.sends import SendStore, count_by_status, history
from bot.store.tables import Moment, metadata, pace, sends
from tests.fakes import ALICE, CARLA, NOON, FakeClock, make_order

V = SendId("V0001")
SENT = Outcome(Status.SENT, "sent", conversation="abc", http_status=200)
UNKNOWN = Outcome(Status.UNKNOWN, "no_answer")
REJECTED = Outcome(Status.REJECTED, "rejected", said="No hay datos para enviar")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def migrated(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[sa.Engine]:
    """A database that has our tables."""
    url = f"sqlite:///{tmp_path_factory.mktemp('store')}/bot.db"
    if request.param == "postgresql":
        server = sa.make_url(request.getfixturevalue("postgres"))
        url = server.set(drivername="postgresql").render_as_string(hide_password=False)
    engine = open_engine(url)
    migrate(engine)
    yield engine
    with engine.begin() as connection:
        metadata.drop_all(connection)
        connection.execute(sa.text("DROP TABLE alembic_version"))
    engine.dispose()


@dataclass
class Shelf:
    """A store over empty tables, its clock, and what it put into the queue."""

    engine: sa.Engine
    clock: FakeClock
    queued: list[tuple[str, SendId]] = field(default_factory=list)
    breaks: bool = False

    def enqueue(self, connection: sa.Connection, what: str, send_id: SendId) -> None:
        if self.breaks:
            raise ZeroDivisionError
        self.queued.append((what, send_id))

    @property
    def store(self) -> SendStore:
        return SendStore(
            Database(self.engine),
            enqueue=self.enqueue,
            give_up_after=timedelta(hours=6),
            now=self.clock.now,
        )

    async def claim(self, send_id: SendId) -> str:
        """Return the name of the last call that has begun."""
        return (await self.store.get(send_id)).claim

    async def settle(self, send_id: SendId, outcome: Outcome) -> None:
        """Settle it as the one whose call has begun."""
        await self.store.settle(send_id, outcome, claim=await self.claim(send_id))

    async def status(self, send_id: SendId = V) -> Status:
        return (await self.store.get(send_id)).status

    def history(self, since: datetime | None = None) -> list[Send]:
        with self.engine.connect() as connection:
            return list(history(connection, since))


@pytest.fixture
def shelf(migrated: sa.Engine) -> Shelf:
    with migrated.begin() as connection:
        connection.execute(sa.delete(sends))
        connection.execute(sa.update(pace).values(next_at=0.0, held_until=0.0))
    return Shelf(migrated, FakeClock())


@pytest.fixture
async def unknown(shelf: Shelf) -> Shelf:
    """A shelf with one send of which nobody knows what became."""
    await shelf.store.take(make_order())
    await shelf.store.claim(V)
    await shelf.settle(V, UNKNOWN)
    await shelf.store.card_posted(V, "C0SOPORTE01", "1.2")
    shelf.queued.clear()
    return shelf


async def test_an_order_is_read_back_as_it_was_taken(shelf: Shelf) -> None:
    order = make_order(
        client_name="José 🌴",
        assign=True,
        params=(("Fecha de cita", "3 de mayo"), ("client_name", "José 🌴")),
        place=Place("C0SOPORTE01", "1.2", "https://hooks.slack.com/commands/x"),
        replaces=SendId("V0000"),
    )

    await shelf.store.take(order)

    send = await shelf.store.get(V)
    assert send.order == order
    assert (send.status, send.created, send.updated) == (Status.QUEUED, NOON, NOON)
    assert send.give_up_at == NOON + timedelta(hours=6)
    assert (send.tries, send.next_try, send.told) == (0, None, "")


async def test_what_the_version_before_writes_is_taken(shelf: Shelf) -> None:
    await shelf.store.take(make_order())
    new = {"template_name", "is_test"}
    before = sa.table("sends", *(sa.column(c.name, c.type) for c in sends.c if c.name not in new))

    with shelf.engine.begin() as connection:
        row = connection.execute(sa.select(before)).mappings().one()
        connection.execute(sa.delete(before))
        connection.execute(sa.insert(before).values(**row))

    send = await shelf.store.get(V)
    assert send.order == make_order(template_name="", is_test=False)


async def test_an_order_is_taken_together_with_its_work(shelf: Shelf) -> None:
    taken = await shelf.store.take(make_order())

    assert taken is Taken.NEW
    assert shelf.queued == [("deliver", V)]


async def test_without_its_work_an_order_is_not_taken(shelf: Shelf) -> None:
    shelf.breaks = True

    with pytest.raises(ZeroDivisionError):
        await shelf.store.take(make_order())

    assert await shelf.store.find(V) is None


async def test_the_same_form_once_more_is_one_send(shelf: Shelf) -> None:
    first, second = await shelf.store.take(make_order()), await shelf.store.take(make_order())

    assert (first, second) == (Taken.NEW, Taken.AGAIN)
    assert shelf.queued == [("deliver", V)]


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
    shelf: Shelf, changes: dict[str, object]
) -> None:
    await shelf.store.take(make_order())

    taken = await shelf.store.take(make_order(**changes))

    assert taken is Taken.CHANGED
    assert (await shelf.store.get(V)).order == make_order()
    assert shelf.queued == [("deliver", V)]


async def test_a_form_that_arrives_many_times_at_once_is_one_send(shelf: Shelf) -> None:
    taken = await asyncio.gather(*(shelf.store.take(make_order()) for _ in range(10)))

    assert sorted(taken) == [Taken.AGAIN] * 9 + [Taken.NEW]
    assert shelf.queued == [("deliver", V)]


async def test_a_send_is_claimed_once(shelf: Shelf) -> None:
    await shelf.store.take(make_order())

    first, second = await shelf.store.claim(V), await shelf.store.claim(V)

    assert first is not None
    assert second is None
    assert await shelf.status() is Status.SENDING


async def test_of_many_claims_at_once_one_counts(shelf: Shelf) -> None:
    await shelf.store.take(make_order())

    claims = await asyncio.gather(*(shelf.store.claim(V) for _ in range(10)))

    assert claims.count(None) == 9


async def test_a_claim_that_is_given_back_can_be_taken_again(shelf: Shelf) -> None:
    await shelf.store.take(make_order())
    await shelf.store.claim(V)

    await shelf.store.unclaim(V, claim=await shelf.claim(V))

    assert await shelf.status() is Status.QUEUED
    assert await shelf.store.claim(V)


@pytest.mark.parametrize("outcome", [SENT, UNKNOWN, REJECTED])
async def test_what_has_ended_cannot_be_claimed(shelf: Shelf, outcome: Outcome) -> None:
    await shelf.store.take(make_order())
    await shelf.store.claim(V)
    await shelf.settle(V, outcome)

    assert not await shelf.store.claim(V)


async def test_nothing_is_given_back_that_has_ended(shelf: Shelf) -> None:
    await shelf.store.take(make_order())
    await shelf.store.claim(V)
    await shelf.settle(V, SENT)

    await shelf.store.unclaim(V, claim=await shelf.claim(V))

    assert await shelf.status() is Status.SENT


async def test_what_atom_said_is_kept(shelf: Shelf) -> None:
    await shelf.store.take(make_order())
    await shelf.store.claim(V)
    outcome = dataclasses.replace(SENT, said="hola", execution_id="e", trace="t;o=1")

    await shelf.settle(V, outcome)

    send = await shelf.store.get(V)
    assert (send.status, send.reason, send.conversation) == (Status.SENT, "sent", "abc")
    assert (send.said, send.http_status) == ("hola", 200)
    assert (send.execution_id, send.trace) == ("e", "t;o=1")


@pytest.mark.parametrize("known", [SENT, REJECTED, Outcome(Status.PENDING, "pending")])
async def test_what_is_known_is_never_overwritten_by_unknown(shelf: Shelf, known: Outcome) -> None:
    await shelf.store.take(make_order())
    await shelf.store.claim(V)
    await shelf.settle(V, known)

    await shelf.settle(V, UNKNOWN)

    assert await shelf.status() is known.status


async def test_a_claim_whose_answer_was_lost_is_no_claim_once_it_is_decided(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database took the claim, and lost its answer; another process told unknown meanwhile."""
    await shelf.store.take(make_order())
    store = shelf.store
    claim = await store.claim(V)
    assert claim is not None
    await store.settle(V, UNKNOWN, claim=claim)
    await store.send_again(await store.get(V), user=ALICE)
    monkeypatch.setattr("uuid.uuid4", lambda: uuid.UUID(claim))

    repeated = await store.claim(V)

    assert repeated is None
    assert await shelf.status() is Status.FAILED


async def test_a_claim_whose_answer_was_lost_counts_when_it_is_repeated(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    await shelf.store.take(make_order())
    claim = await shelf.store.claim(V)
    assert claim is not None
    monkeypatch.setattr("uuid.uuid4", lambda: uuid.UUID(claim))

    assert await shelf.store.claim(V) == claim


async def test_nobody_gives_back_or_settles_a_call_of_somebody_else(shelf: Shelf) -> None:
    await shelf.store.take(make_order())
    first = await shelf.store.claim(V)
    assert first is not None
    await shelf.store.unclaim(V, claim=first)
    await shelf.store.claim(V)

    await shelf.store.unclaim(V, claim=first)
    await shelf.store.settle(V, SENT, claim=first)

    assert await shelf.status() is Status.SENDING


async def test_what_is_being_called_or_unknown_is_not_refused_any_more(unknown: Shelf) -> None:
    refusal = Outcome(Status.FAILED, "gave_up")
    await unknown.store.refuse(V, refusal)
    await unknown.store.take(make_order(id=SendId("V2")))
    await unknown.store.claim(SendId("V2"))

    await unknown.store.refuse(SendId("V2"), refusal)

    assert await unknown.status() is Status.UNKNOWN
    assert await unknown.status(SendId("V2")) is Status.SENDING


async def test_a_send_that_was_not_called_is_not_unknown(shelf: Shelf) -> None:
    await shelf.store.take(make_order())

    await shelf.settle(V, UNKNOWN)

    assert await shelf.status() is Status.QUEUED


async def test_what_is_learnt_late_replaces_unknown_and_is_told(unknown: Shelf) -> None:
    await unknown.settle(V, SENT)

    assert await unknown.status() is Status.SENT
    assert unknown.queued == [("announce", V)]


async def test_what_is_learnt_late_does_not_replace_what_a_person_said(unknown: Shelf) -> None:
    await unknown.store.resolve_sent(V, user=ALICE)

    await unknown.settle(V, REJECTED)

    assert await unknown.status() is Status.SENT


async def test_a_send_that_waits_says_until_when_and_why(shelf: Shelf) -> None:
    await shelf.store.take(make_order())
    due = NOON + timedelta(seconds=4)

    await shelf.store.postpone(V, next_try=due, reason="atom.unreachable")
    await shelf.store.postpone(V, next_try=due, reason="atom.too_many")

    send = await shelf.store.get(V)
    assert (send.tries, send.next_try, send.reason) == (2, due, "atom.too_many")
    assert send.waits


async def test_what_was_cancelled_meanwhile_waits_for_nothing(shelf: Shelf) -> None:
    await shelf.store.take(make_order())
    await shelf.store.cancel(V, user=ALICE)

    await shelf.store.postpone(V, next_try=NOON, reason="atom.unreachable")

    send = await shelf.store.get(V)
    assert (send.status, send.next_try, send.reason) == (Status.CANCELLED, None, "cancelled")


async def test_a_person_may_stop_a_send_before_its_call(shelf: Shelf) -> None:
    await shelf.store.take(make_order())

    done = await shelf.store.cancel(V, user=CARLA)

    send = await shelf.store.get(V)
    assert done
    assert (send.status, send.decided_by) == (Status.CANCELLED, CARLA)
    assert shelf.queued == [("deliver", V), ("announce", V)]
    assert not await shelf.store.claim(V)


async def test_after_its_call_it_is_too_late_to_stop_a_send(shelf: Shelf) -> None:
    await shelf.store.take(make_order())
    await shelf.store.claim(V)

    assert not await shelf.store.cancel(V, user=CARLA)
    assert await shelf.status() is Status.SENDING
    assert shelf.queued == [("deliver", V)]


async def test_a_send_is_either_cancelled_or_called(shelf: Shelf) -> None:
    ids = [SendId(f"V{number}") for number in range(10)]
    for each in ids:
        await shelf.store.take(make_order(id=each))

    for each in ids:
        cancelled, claimed = await asyncio.gather(
            shelf.store.cancel(each, user=ALICE), shelf.store.claim(each)
        )
        assert cancelled is (claimed is None)


async def test_a_person_may_say_that_an_unknown_one_arrived(unknown: Shelf) -> None:
    first = await unknown.store.resolve_sent(V, user=CARLA)
    second = await unknown.store.resolve_sent(V, user=ALICE)

    send = await unknown.store.get(V)
    assert (first, second) == (True, False)
    assert (send.status, send.reason, send.decided_by) == (Status.SENT, "arrived", CARLA)
    assert unknown.queued == [("announce", V)]


@pytest.mark.parametrize("outcome", [SENT, REJECTED])
async def test_only_an_unknown_one_is_for_people_to_decide(shelf: Shelf, outcome: Outcome) -> None:
    await shelf.store.take(make_order())
    await shelf.store.claim(V)
    await shelf.settle(V, outcome)

    assert not await shelf.store.resolve_sent(V, user=ALICE)
    assert await shelf.store.send_again(await shelf.store.get(V), user=ALICE) is None
    assert await shelf.status() is outcome.status


async def test_a_send_in_place_of_an_unknown_one_names_it(unknown: Shelf) -> None:
    old = await unknown.store.get(V)

    again = await unknown.store.send_again(old, user=CARLA)

    assert again is not None
    new, decided = await unknown.store.get(again), await unknown.store.get(V)
    assert new.order == dataclasses.replace(
        old.order, id=again, user=CARLA, replaces=V, place=Place("C0SOPORTE01", "1.2")
    )
    assert (decided.status, decided.reason) == (Status.FAILED, "not_arrived")
    assert decided.decided_by == CARLA
    assert unknown.queued == [("announce", V), ("deliver", again)]


async def test_to_send_again_twice_is_to_send_again_once(unknown: Shelf) -> None:
    old = await unknown.store.get(V)

    made = await asyncio.gather(*(unknown.store.send_again(old, user=ALICE) for _ in range(5)))

    assert len([each for each in made if each]) == 1
    assert len(unknown.history()) == 2


async def test_what_arrived_is_not_sent_again(unknown: Shelf) -> None:
    old = await unknown.store.get(V)
    await unknown.store.resolve_sent(V, user=ALICE)

    assert await unknown.store.send_again(old, user=ALICE) is None
    assert len(unknown.history()) == 1


async def test_a_send_can_be_sent_again_more_than_once(unknown: Shelf) -> None:
    second = await unknown.store.send_again(await unknown.store.get(V), user=ALICE)
    assert second is not None
    await unknown.store.claim(second)
    await unknown.settle(second, UNKNOWN)

    third = await unknown.store.send_again(await unknown.store.get(second), user=ALICE)

    assert third is not None
    assert (await unknown.store.get(third)).order.replaces == second
    assert len({V, second, third}) == 3


async def test_the_history_is_in_order_and_may_begin_late(shelf: Shelf) -> None:
    for name in ("V3", "V1", "V2"):
        await shelf.store.take(make_order(id=SendId(name)))
        shelf.clock.pass_by(60)
    await shelf.store.take(make_order(id=SendId("V0")))

    assert [send.id for send in shelf.history()] == ["V3", "V1", "V2", "V0"]
    since = NOON.astimezone(timezone(timedelta(hours=-5))) + timedelta(seconds=60)
    assert [send.id for send in shelf.history(since)] == ["V1", "V2", "V0"]


async def test_sends_are_counted_by_status(unknown: Shelf) -> None:
    await unknown.store.take(make_order(id=SendId("V2")))

    with unknown.engine.connect() as connection:
        counted = count_by_status(connection)

    assert counted[Status.UNKNOWN] == counted[Status.QUEUED] == 1
    assert set(counted) == set(Status)


async def test_what_was_told_is_remembered(unknown: Shelf) -> None:
    await unknown.store.told(V, Status.UNKNOWN)

    send = await unknown.store.get(V)
    assert (send.told, send.card_channel, send.card_ts) == ("unknown", "C0SOPORTE01", "1.2")


async def test_a_send_that_is_not_there_is_none_or_an_error(shelf: Shelf) -> None:
    assert await shelf.store.find(V) is None
    with pytest.raises(LookupError):
        await shelf.store.get(V)


@pytest.mark.parametrize("hours", [-5, 0, 5.5])
def test_a_moment_is_kept_whatever_its_time_zone(migrated: sa.Engine, hours: float) -> None:
    written = NOON.astimezone(timezone(timedelta(hours=hours)))
    table = sa.Table("moments", sa.MetaData(), sa.Column("at", Moment))

    with migrated.begin() as connection:
        table.create(connection)
        connection.execute(table.insert().values(at=written))
        read = connection.scalar(sa.select(table.c.at))
        table.drop(connection)

    assert read is not None
    assert (read, read.tzinfo) == (NOON, UTC)


def test_the_migrations_make_the_tables_that_the_code_knows(migrated: sa.Engine) -> None:
    with migrated.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        differences = compare_metadata(context, metadata)

    assert differences == []
    assert is_current(migrated)


def test_to_migrate_twice_is_to_migrate_once(migrated: sa.Engine) -> None:
    migrate(migrated)

    assert is_current(migrated)


def test_a_new_database_is_not_current(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/new.db")

    assert not is_current(engine)
    engine.dispose()


def test_a_sqlite_file_is_its_owner_s_alone(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "bot.db"
    engine = open_engine(f"sqlite:///{path}")
    migrate(engine)

    # While it is in use there are files beside it.
    with engine.begin() as connection:
        connection.execute(sa.update(pace).values(next_at=1.0))
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    engine.dispose()

    assert modes == dict.fromkeys(("bot.db", "bot.db-wal", "bot.db-shm"), 0o600)


def test_whether_a_sqlite_file_is_there_can_be_asked_without_making_it(tmp_path: Path) -> None:
    assert not exists(f"sqlite:///{tmp_path}/bot.db")
    assert list(tmp_path.iterdir()) == []


async def test_a_database_that_is_away_is_waited_for_so_long_and_no_longer(
    tmp_path: Path,
) -> None:
    engine = sa.create_engine(f"sqlite:///{tmp_path}/no/such/folder/bot.db")

    with pytest.raises(TryLater) as raised:
        await Database(engine).run(lambda c: c.scalar(sa.text("SELECT 1")), patience=0.1)

    assert raised.value.key == "database.unreachable"
    engine.dispose()


async def test_a_database_that_comes_back_is_used_again(tmp_path: Path) -> None:
    folder = tmp_path / "later"
    engine = sa.create_engine(f"sqlite:///{folder}/bot.db")
    running = asyncio.create_task(Database(engine).run(lambda c: c.scalar(sa.text("SELECT 1"))))

    folder.mkdir()

    assert await running == 1
    engine.dispose()


def stored(shelf: Shelf, rate: float = 10.0) -> StoredPace:
    return StoredPace(Database(shelf.engine), rate=rate, now=shelf.clock.seconds)


async def test_slots_are_spaced(shelf: Shelf) -> None:
    steps = stored(shelf)

    waits = [(await steps.slot()).wait for _ in range(4)]

    assert waits == pytest.approx([0.0, 0.1, 0.2, 0.3], abs=1e-4)


async def test_two_processes_share_one_pace(shelf: Shelf) -> None:
    one, other = stored(shelf), stored(shelf)

    waits = [(await each.slot()).wait for each in (one, other, one, other)]

    assert waits == pytest.approx([0.0, 0.1, 0.2, 0.3], abs=1e-4)


async def test_slots_that_are_asked_for_at_once_are_spaced_too(shelf: Shelf) -> None:
    steps = stored(shelf)

    slots = await asyncio.gather(*(steps.slot() for _ in range(8)))

    assert sorted(slot.wait for slot in slots) == pytest.approx(
        [number / 10 for number in range(8)], abs=1e-4
    )


async def test_after_a_pause_nothing_is_caught_up_with(shelf: Shelf) -> None:
    steps = stored(shelf)
    await steps.slot()
    shelf.clock.pass_by(60)

    waits = [(await steps.slot()).wait for _ in range(2)]

    assert waits == pytest.approx([0.0, 0.1], abs=1e-4)


async def test_while_the_queue_is_on_hold_there_is_no_slot(shelf: Shelf) -> None:
    steps = stored(shelf)
    await steps.hold(60)
    shelf.clock.pass_by(20)

    with pytest.raises(TryLater) as slot:
        await steps.slot()
    with pytest.raises(TryLater) as check:
        await steps.check()

    assert slot.value.key == check.value.key == "atom.held"
    assert slot.value.after == check.value.after == pytest.approx(40, abs=1e-3)


async def test_after_a_hold_one_call_tries_and_the_others_wait_on(shelf: Shelf) -> None:
    steps = stored(shelf)
    await steps.hold(60)
    shelf.clock.pass_by(60)

    probe = await steps.slot()

    assert probe.is_probe
    with pytest.raises(TryLater) as raised:
        await steps.slot()
    assert raised.value.after == pytest.approx(HOLD, abs=1e-3)


async def test_a_probe_that_never_came_back_is_followed_by_another(shelf: Shelf) -> None:
    steps = stored(shelf)
    await steps.hold(60)
    for _ in range(2):
        shelf.clock.pass_by(HOLD)

        assert (await steps.slot()).is_probe


async def test_a_queue_that_is_released_goes_on(shelf: Shelf) -> None:
    steps = stored(shelf)
    await steps.hold(60)

    await steps.release()

    await steps.check()
    assert not (await steps.slot()).is_probe
