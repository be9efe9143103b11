"""What is known of a list's numbers, and that its rows are judged as the gate judges a single send."""

import dataclasses
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from bot.bulk import judge
from bot.bulk.batches import ListRow, Report, RowKind
from bot.bulk.judge import ListFacts, Plan
from bot.bulk.list_check import Checked
from bot.phones import Phone
from bot.phones.canonical import canonical
from bot.policy import gate, quiet_hours
from bot.policy.do_not_contact import Scope
from bot.policy.gate import GateInput, Verdict
from bot.policy.limits import Limits
from bot.policy.people import Person
from bot.policy.quiet_hours import QuietFor
from bot.sends import SendId
from bot.store import batch_facts
from bot.store.batch_facts import BatchFactsStore
from bot.store.contacts import ContactStore
from bot.store.number_facts import NumberFactsStore
from bot.store.tables import do_not_contact, sends
from bot.templates import Category, Quiet, Template
from tests.builders import ALICE, TEMPLATE, make_send_request
from tests.builders.templates import make_template
from tests.fakes import NOON
from tests.unit.store.scene import REJECTED, SENT, UNKNOWN, Scene, contact

DAY = timedelta(hours=24)
MEXICO, OLD_MEXICO = "522221234567", "5212221234567"
PERSON = Person(ALICE, team="T0", deleted=False, is_bot=False, is_guest=False)
LIMITS = Limits(DAY, quiet_hours.parse("20:00-08:00"), QuietFor.MARKETING)
PLAIN = make_template(id=TEMPLATE)


@pytest.fixture(autouse=True)
def nobody_listed(scene: Scene) -> None:
    with scene.engine.begin() as connection:
        connection.execute(sa.delete(do_not_contact))


def plan(due: datetime = NOON, template: Template = PLAIN, **more: int) -> Plan:
    return Plan(template, due, 10.0, LIMITS, **more)


def rows(*phones: str) -> tuple[ListRow, ...]:
    return tuple(
        ListRow(line, (phone,), RowKind.GOOD, phone=phone, country="MX")
        for line, phone in enumerate(phones, 2)
    )


def checked(*phones: str) -> Checked:
    return Checked(Report(titles=("Celular",), places={"phone": 0}), rows(*phones))


async def facts(scene: Scene, phones: tuple[str, ...], given: Plan) -> ListFacts:
    return await BatchFactsStore(scene.database).look_up(judge.numbers_of(rows(*phones)), given)


async def take(scene: Scene, name: str, phone: str, **more: str) -> SendId:
    send_id = SendId(name)
    await scene.store.take(make_send_request(id=send_id, key=name, phone=phone, **more))
    return send_id


async def many_kinds(scene: Scene) -> tuple[str, ...]:
    """Make numbers of which something is known, in every way; return them and some others."""
    contacts = ContactStore(scene.database)
    await contacts.add(contact("50761110001"))
    await contacts.add(contact("50761110002", Scope.MARKETING))
    await contacts.add(contact(OLD_MEXICO))
    for at, hours in enumerate((0, 23, 24, 25)):
        await take(scene, f"A{at}", f"5076222000{at}")
        moment = NOON - timedelta(hours=hours)
        with scene.engine.begin() as connection:
            change = sa.update(sends).where(sends.c.id == f"A{at}").values(created=moment)
            connection.execute(change)
    await take(scene, "B0", "50763330000", template="B" * 20)
    await take(scene, "B1", "523331234567")
    await take(scene, "B2", "50763330002")
    await take(scene, "B3", "50763330003")
    with scene.engine.begin() as connection:
        older = sends.c.id.in_(["B1", "B2"])
        connection.execute(sa.update(sends).where(older).values(canonical=None))
    assert await scene.store.cancel(SendId("B3"), user=ALICE)
    await take(scene, "B4", "50763330003")
    await take(scene, "C0", "50761110001")
    return (
        *("50761110001", "50761110002", MEXICO, OLD_MEXICO, "523331234567", "5213331234567"),
        *(f"5076222000{at}" for at in range(4)),
        *(f"5076333000{at}" for at in range(5)),
    )


@pytest.mark.parametrize("due", [NOON, NOON + timedelta(hours=5), NOON - timedelta(minutes=1)])
@pytest.mark.parametrize("category", Category)
async def test_rows_are_judged_as_the_gate_judges_a_single_send(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, category: Category, due: datetime
) -> None:
    phones = await many_kinds(scene)
    template = make_template(id=TEMPLATE, category=category)
    given = plan(due, template)
    monkeypatch.setattr(batch_facts, "NUMBERS", 4)
    expected = []
    for phone in phones:
        known = await NumberFactsStore(scene.database).look_up(
            phone, TEMPLATE, due=due, window=LIMITS.duplicate_window
        )
        single = GateInput(
            PERSON,
            TEMPLATE,
            template,
            NOON,
            phone=Phone(phone, ""),
            send_at=due,
            facts=known,
            limits=LIMITS,
        )
        checks = (gate.stopped, gate.duplicate)
        worst = next(iter(gate.ask(single, checks)), None)
        key = worst.key if worst and worst.verdict is Verdict.REFUSE else ""
        kind = RowKind.REFUSED if key else RowKind.RECENT if worst else RowKind.GOOD
        expected.append((kind, key or (judge.RECENT if worst else "")))

    found = judge.judge(checked(*phones), await facts(scene, phones, given), given)

    told = [(each.kind, "".join(one.problem.key for one in each.problems)) for each in found.rows]
    assert told == expected
    assert {kind for kind, _ in told} == {RowKind.GOOD, RowKind.RECENT, RowKind.REFUSED}
    assert found.report.counts == {
        kind: [one for one, _ in expected].count(kind) for kind in {one for one, _ in expected}
    }
    assert {each.column for each in found.report.problems} == {"Celular"}


@pytest.mark.parametrize("own", [None, *Quiet])
@pytest.mark.parametrize("category", [Category.UTILITY, Category.MARKETING])
async def test_quiet_hours_are_those_of_the_moment_when_a_rows_turn_comes(
    category: Category, own: Quiet | None
) -> None:
    # Panama's clock comes to 20:00 half a minute after the first row, Mexico's an hour later.
    due = datetime.fromisoformat("2026-05-01T00:59:30Z")
    template = make_template(id=TEMPLATE, category=category, quiet=own)
    phones = tuple(f"{'50761' if at % 2 else '52222123'}{at:06}"[:12] for at in range(1000, 1600))
    made = tuple(
        dataclasses.replace(each, country="PA" if each.phone.startswith("507") else "MX")
        for each in rows(*phones)
    )
    given = plan(due, template)
    expected = {"PA": 0, "MX": 0}
    for place, row in enumerate(made):
        single = GateInput(
            PERSON,
            TEMPLATE,
            template,
            due,
            taken=make_send_request(phone=row.phone),
            send_at=due + timedelta(seconds=place / 10.0),
            limits=LIMITS,
        )
        holds = [each for each in gate.quiet(single) if each.verdict is Verdict.HOLD]
        expected[row.country] += len(holds)

    found = judge.judge(Checked(Report(), made), ListFacts(), given)

    assert found.report.quiet == {code: count for code, count in expected.items() if count}


async def test_a_number_that_repeats_is_refused_but_not_called_recent(scene: Scene) -> None:
    phones = await many_kinds(scene)
    same = dataclasses.replace(rows("50761110001")[0], kind=RowKind.DUPLICATE, same_as=1)
    recent = dataclasses.replace(rows("50762220000")[0], kind=RowKind.DUPLICATE, same_as=1)
    given = plan()

    found = judge.judge(Checked(Report(), (same, recent)), await facts(scene, phones, given), given)

    assert [each.kind for each in found.rows] == [RowKind.REFUSED, RowKind.DUPLICATE]


async def test_without_a_window_nothing_is_recent(scene: Scene) -> None:
    phones = await many_kinds(scene)
    given = dataclasses.replace(plan(), limits=Limits())

    found = judge.judge(checked(*phones), await facts(scene, phones, given), given)

    assert found.report.count(RowKind.RECENT) == 0
    assert found.report.count(RowKind.REFUSED) == 3


async def test_numbers_reached_within_a_day_count_once_however_they_are_written(
    scene: Scene,
) -> None:
    for at, (phone, outcome) in enumerate(
        (
            (MEXICO, SENT),
            (OLD_MEXICO, UNKNOWN),
            ("50761110001", REJECTED),
            ("50761110002", SENT),
            ("50761110003", SENT),
        )
    ):
        send_id = await take(scene, f"V{at}", phone, template=f"{at}" * 20)
        await scene.claim(send_id)
        await scene.settle(outcome, send_id)
    await take(scene, "V9", "50761110009")
    with scene.engine.begin() as connection:
        long_ago = {"created": NOON - timedelta(days=2), "ended": NOON - DAY}
        connection.execute(sa.update(sends).where(sends.c.id == "V4").values(long_ago))
    phones = (OLD_MEXICO, "50761110001", "50761110003", "50761110009", "50761110008")
    given = plan(template=make_template(id="Z" * 20), daily_limit=250)

    found = judge.judge(checked(*phones), await facts(scene, phones, given), given)

    report = found.report
    # Mexico's and ...0002 were written to; four of the list's are new.
    assert (report.daily_limit, report.reached_today, report.reached_after) == (250, 2, 6)


async def test_what_was_asked_for_long_ago_and_went_out_today_counts(scene: Scene) -> None:
    await take(scene, "V1", MEXICO)
    await scene.claim(SendId("V1"))
    await scene.settle(SENT, SendId("V1"))
    with scene.engine.begin() as connection:
        connection.execute(sa.update(sends).values(created=NOON - timedelta(days=60)))
    given = plan(daily_limit=250)

    found = await facts(scene, (OLD_MEXICO, "50761110009"), given)

    assert (found.reached, found.reached_here) == (1, frozenset({MEXICO}))


async def test_no_daily_limit_counts_nobody(scene: Scene) -> None:
    await scene.take()
    given = plan()

    found = judge.judge(checked("50761110009"), await facts(scene, ("50761110009",), given), given)

    assert (found.report.reached_today, found.report.reached_after) == (0, 0)


async def test_a_command_reads_the_same(scene: Scene) -> None:
    phones = await many_kinds(scene)
    numbers = judge.numbers_of(rows(*phones))
    given = plan(daily_limit=250)

    with scene.engine.connect() as connection:
        found = batch_facts.look_up(connection, numbers, given)

    assert found == await facts(scene, phones, given)
    assert {*found.numbers} <= {canonical(each) for each in phones}


# PostgreSQL chooses by what a table holds.
@pytest.mark.parametrize("migrated", ["sqlite"], indirect=True)
async def test_every_number_is_found_by_an_index(scene: Scene) -> None:
    statements: list[str] = []
    sa.event.listen(
        scene.engine, "before_cursor_execute", lambda *given: statements.append(given[2])
    )
    numbers = judge.numbers_of(rows(MEXICO, "50761110009"))
    with scene.engine.connect() as connection:
        batch_facts.look_up(connection, numbers, plan(daily_limit=250))
        asked = [each for each in statements if "FROM sends" in each or "FROM do_not" in each]
        plans = [
            " ".join(
                str(row.detail)
                for row in connection.exec_driver_sql(
                    f"EXPLAIN QUERY PLAN {each}", (None,) * each.count("?")
                )
            )
            for each in asked
        ]

    assert len(plans) == 5
    assert all("USING" in each and "INDEX" in each for each in plans)
    assert not any("ix_sends_status" in each for each in plans)
