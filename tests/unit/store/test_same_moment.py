"""Many people press Send for the same thing at the same moment: one goes, all others are asked."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta

import pytest

from bot.policy.access import Access
from bot.policy.checks import SendChecks
from bot.policy.limits import Limits
from bot.repositories import Told
from bot.send_draft import ANY_NUMBER, SendDraft
from bot.sends import Origin, SendId
from bot.sends import Taken as How
from bot.store.database import Database, open_engine
from bot.store.number_facts import NumberFactsStore
from bot.submission import Confirm, Submission, Taken
from tests.builders.sends import TEMPLATE, make_send_request
from tests.unit.policy.fakes import FakeDirectory, FakeTemplates, person
from tests.unit.store.scene import Scene, V, catalogue_revision

DAY = timedelta(hours=24)
PEOPLE = [f"U0PERSON{n:02}" for n in range(20)]
WAYS = ("+52 222 123 4567", "+52 1 222 123 4567")
# They are asked about the old way to write a number besides, and said that it is right.
SEEN = frozenset({("phone", "522221234567")})


def draft(phone: str, *confirmed: SendId, seen: frozenset[tuple[str, str]] = SEEN) -> SendDraft:
    answers = seen | {("duplicate", each) for each in confirmed}
    return SendDraft(TEMPLATE, phone, params=(("x", "1"),), confirmed=answers)


@pytest.fixture
def databases(scene: Scene) -> Iterator[list[Database]]:
    """Two, as of two processes, where several may write; SQLite has but one."""
    if scene.engine.dialect.name == "sqlite":
        yield [scene.database] * 2
        return
    url = scene.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    other = Database(open_engine(url))
    yield [scene.database, other]
    other.close()
    other.engine.dispose()


def door(scene: Scene, database: Database) -> Submission:
    checks = SendChecks(
        Access(FakeDirectory(), FakeTemplates(revision=catalogue_revision(scene))),
        scene.clock.now,
        NumberFactsStore(database),
        Limits(DAY),
    )
    return Submission(checks, scene.store_of(None, database=database), ANY_NUMBER)


@pytest.mark.parametrize(
    ("ways", "seen"),
    # Of the second number nobody need be asked anything, so that nothing is looked up before.
    [(WAYS, SEEN), (("+507 6122-4567", "+50761224567"), frozenset())],
)
async def test_of_twenty_who_press_at_once_one_sends_and_nineteen_are_asked(
    scene: Scene,
    databases: list[Database],
    ways: tuple[str, str],
    seen: frozenset[tuple[str, str]],
) -> None:
    doors = [door(scene, each) for each in databases]

    answers = await asyncio.gather(
        *(
            doors[n % 2].submit(
                draft(ways[n // 2 % 2], seen=seen),
                person(user),
                Origin("C0SOPORTE01"),
                key=f"V{n:04}",
            )
            for n, user in enumerate(PEOPLE)
        )
    )

    assert [type(each) for each in answers].count(Taken) == 1
    asked = [each for each in answers if isinstance(each, Confirm)]
    assert len(asked) == len(PEOPLE) - 1
    (taken,) = (each for each in answers if isinstance(each, Taken))
    assert {each.reasons[0].subject for each in asked} == {("duplicate", taken.id)}
    sent = await scene.store.ending_in("4567", user="", limit=99)
    assert [each.id for each in sent] == [taken.id]


async def test_who_confirmed_one_has_not_confirmed_another(
    scene: Scene, databases: list[Database]
) -> None:
    one, other = (door(scene, each) for each in databases)
    here = Origin("C0SOPORTE01")
    first = await one.submit(draft(WAYS[0]), person(PEOPLE[0]), here, key="V1")
    assert isinstance(first, Taken)
    confirmed = draft(WAYS[1], first.id)

    answers = await asyncio.gather(
        one.submit(confirmed, person(PEOPLE[1]), here, key="V2"),
        other.submit(confirmed, person(PEOPLE[2]), here, key="V3"),
    )

    (taken,) = (each for each in answers if isinstance(each, Taken))
    (asked,) = (each for each in answers if isinstance(each, Confirm))
    (reason,) = asked.reasons
    assert {reason.subject, *reason.also} == {("duplicate", taken.id), ("duplicate", first.id)}
    assert (await scene.store.get(taken.id)).request.overrode[0] == "duplicate.ahead"


async def test_the_same_form_handed_in_twice_is_no_duplicate_of_itself(scene: Scene) -> None:
    told = Told(DAY)

    first = await scene.store.take(make_send_request(), told)
    again = await scene.store.take(make_send_request(id=SendId("V0002"), key="V0001"), told)
    other = await scene.store.take(make_send_request(id=SendId("V0003"), key="V0003"), told)

    assert [each.how for each in (first, again, other)] == [How.NEW, How.AGAIN, How.DUPLICATE]
    assert again.send == other.send == first.send


async def test_a_retry_is_no_duplicate_of_what_it_replaces_but_of_what_came_since(
    unknown: Scene,
) -> None:
    told = Told(DAY)
    retry = make_send_request(id=SendId("V0002"), key="V0002", replaces=V)
    unknown.clock.pass_by(60)
    taken = await unknown.store.take(make_send_request(id=SendId("V0003"), key="V0003"))

    assert await unknown.store.send_again(retry, told) is None
    known = Told(DAY, frozenset({taken.send.id}))
    assert await unknown.store.send_again(retry, known) == retry.id
