"""Where people were asked to approve a send, on both databases."""

from bot.repositories import ApprovalQuestion
from bot.sends import SendId
from bot.store.approval_questions import ApprovalQuestionStore
from tests.builders import ALICE, CARLA, make_send_request
from tests.unit.store.scene import Scene, V

BEN = "U0BEN000001"
NEW = SendId("V0002")
THREAD = ApprovalQuestion(V, "", "C1", "1.1")
BENS = ApprovalQuestion(V, BEN, "D1", "2.1")


async def asked(scene: Scene) -> ApprovalQuestionStore:
    await scene.store.take(make_send_request(needs_approval=True))
    store = ApprovalQuestionStore(scene.database)
    for question in (THREAD, BENS):
        await store.posted(question)
    return store


async def test_the_first_place_of_each_counts(scene: Scene) -> None:
    store = await asked(scene)

    await store.posted(ApprovalQuestion(V, BEN, "D1", "9.9"))

    assert await store.of(V) == (THREAD, BENS)


async def test_what_is_answered_is_forgotten_once_and_again(scene: Scene) -> None:
    store = await asked(scene)

    await store.closed(BENS)
    await store.closed(BENS)

    assert await store.of(V) == (THREAD,)


async def test_one_that_changes_another_finds_what_was_asked_of_that(scene: Scene) -> None:
    store = await asked(scene)
    await scene.store.take_instead(make_send_request(id=NEW, changed_from=V, needs_approval=True))
    new = ApprovalQuestion(NEW, "", "C1", "3.1")
    await store.posted(new)

    assert await store.of(NEW) == (new, THREAD, BENS)
    assert await store.of(SendId("V0000")) == ()


async def test_what_waits_is_listed_for_all_but_who_asked(scene: Scene) -> None:
    await scene.store.take(make_send_request(needs_approval=True, user=ALICE))
    await scene.store.take(make_send_request(id=SendId("V0003"), needs_approval=True, user=BEN))
    await scene.store.take(make_send_request(id=SendId("V0004"), user=BEN))
    changed = make_send_request(id=NEW, changed_from=V, needs_approval=True, user=CARLA)
    await scene.store.take_instead(changed)

    async def listed(user: str, limit: int = 10) -> list[str]:
        return [each.id for each in await scene.store.awaiting_approval(user, limit)]

    assert await listed("U0DIEGO0001") == [NEW, "V0003"]
    assert await listed("U0DIEGO0001", 1) == [NEW]
    assert await listed(BEN) == [NEW]
    assert await listed(CARLA) == ["V0003"]
    assert await listed(ALICE) == ["V0003"]  # what Carla changed was Alice's first
