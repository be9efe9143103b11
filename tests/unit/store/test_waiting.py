"""What waits for a moment: due then, and given up so much later."""

from datetime import timedelta

from bot.events import Kind
from bot.sends import Status
from tests.fakes import NOON
from tests.unit.store.scene import Scene, V


async def test_it_is_due_at_that_moment_and_given_up_so_much_later(scene: Scene) -> None:
    await scene.take()
    morning = NOON + timedelta(hours=10)

    send = await scene.store.wait_until(await scene.store.get(V), morning, reason="quiet.hours")

    assert (send.status, send.reason, send.next_try) == (Status.QUEUED, "quiet.hours", morning)
    assert send.give_up_at == morning + timedelta(hours=6)
    assert (send.tries, send.runner) == (0, "")
    last = (await scene.store.timeline(V))[-1]
    assert (last.kind, last.why) == (Kind.POSTPONED, "quiet.hours")


async def test_what_was_cancelled_meanwhile_stays_so(scene: Scene) -> None:
    await scene.take()
    before = await scene.store.get(V)
    assert await scene.store.cancel(V, user="U0ALICE0001")

    send = await scene.store.wait_until(before, NOON + timedelta(hours=1), reason="quiet.hours")

    assert (send.status, send.next_try) == (Status.CANCELLED, None)
