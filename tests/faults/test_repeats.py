"""One form is one send, however often it is pressed or delivered."""

import asyncio

import pytest

from bot.demo.slack import seed
from tests.faults.conftest import Fleet, outcomes, status
from tests.stopwatch import STILL, patiently, stopwatch

pytestmark = pytest.mark.slow


async def test_a_form_submitted_four_times_at_once_is_one_call(fleet: Fleet) -> None:
    person = fleet.world.person()
    await fleet.open_form(person, "four-times")
    assert person.view is not None
    view_id = person.view.id

    async with stopwatch() as watch:
        results = await person.submit(times=4)

    assert watch.late >= STILL or all(result.status == 200 for result in results)
    assert not any(result.errors for result in results)
    assert status(await fleet.outcome(await fleet.world.send_id(view_id))) == "pending"
    assert fleet.calls("four-times") == 1
    assert len(await fleet.world.history()) == 1
    assert len(outcomes(fleet.world)) == 1


async def test_a_changed_second_submit_is_told_that_the_first_one_counts(fleet: Fleet) -> None:
    person = fleet.world.person()
    await fleet.open_form(person, "changed")
    assert person.view is not None
    view = person.view
    # The bot takes it, but its answer never gets to Slack, so the form stays.
    await fleet.deliver_silently(person)
    await person.fill("client_name", "Somebody else")

    result = await patiently(person.submit, lambda found: bool(found.errors))

    assert "template" in result.errors
    assert status(await fleet.outcome(await fleet.world.send_id(view.id))) == "pending"
    assert fleet.calls("changed") == 1
    assert "clientName" not in fleet.world.atom.calls[0].body


async def test_the_same_submit_after_a_restart_is_one_call(fleet: Fleet) -> None:
    person = fleet.world.person()
    await fleet.open_form(person, "restart")
    assert person.view is not None
    view = person.view
    await fleet.deliver_silently(person)
    await fleet.outcome(await fleet.world.send_id(view.id))
    await fleet.kill()
    await fleet.start()

    result = await patiently(person.submit, lambda found: found.closed)

    assert result.closed
    assert fleet.calls("restart") == 1
    assert len(await fleet.world.history()) == 1


async def test_two_people_who_send_the_same_at_once_are_two_sends(fleet: Fleet) -> None:
    send_ids = await asyncio.gather(fleet.submit("same"), fleet.submit("same", user=seed.CARLA))

    for send_id in send_ids:
        assert status(await fleet.outcome(send_id)) == "pending"
    assert fleet.calls("same") == 2
