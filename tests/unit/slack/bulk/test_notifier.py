"""When a list's card is drawn, where it stands, and what is said beside it, each thing once."""

import time
from typing import Any

import pytest

from bot.bulk.batches import BatchStatus, PauseReason
from bot.demo.slack import seed
from bot.errors import Refused, TryLater, Unclear
from bot.locales import load
from bot.sends import EXPIRED, Origin
from bot.slack.bulk.posting import GONE, UNFIT
from bot.slack.bulk.shown import DECLINED
from bot.slack.notifications import buttons as of_sends
from bot.slack.platform.client import TokenRefused
from tests.builders.batches import make_batch, make_progress, make_report
from tests.fakes import NOON
from tests.messages import button_actions
from tests.unit.slack.bulk.notifier_scene import DM, Scene, open_scene, status_of
from tests.unit.slack.slack_refusals import TOKEN_WIDE

EN = load("en")
RUNS = make_progress(queued=30, sent=12)
ENDED = make_progress(sent=40, rejected=2)
STARTED = {"started": NOON, "started_by": seed.ALICE}
BEGIN = [BatchStatus.READING, BatchStatus.ASKING, BatchStatus.UNREADABLE, BatchStatus.CHECKED]


@pytest.mark.parametrize("status", BEGIN)
async def test_the_card_is_posted_where_it_was_asked_for(scene: Scene, status: BatchStatus) -> None:
    card = await scene.tell(status)

    (message,) = scene.cards
    assert (card.channel, card.ts) == (message.channel, message.ts)
    assert message.channel == seed.SOPORTE
    assert scene.batches.places == [(scene.batch.id, card.channel, card.ts)]


async def test_it_stands_in_the_thread_in_which_it_was_asked_for(scene: Scene) -> None:
    parent = await scene.slack.person(seed.ALICE).say(seed.SOPORTE, "the list")

    await scene.tell(BatchStatus.CHECKED, origin=Origin(seed.SOPORTE, parent))

    assert {message.thread_ts for message in scene.messages} == {parent}


async def test_where_the_bot_may_not_post_it_comes_by_direct_message_and_says_why(
    scene: Scene,
) -> None:
    card = await scene.tell(BatchStatus.READING, origin=Origin(seed.SECRET))

    (message,) = scene.cards
    assert card.channel == DM
    assert f"<#{seed.SECRET}>" in message.text


async def test_one_card_stands_for_the_whole_life_of_a_list(scene: Scene) -> None:
    await scene.tell(BatchStatus.READING)
    await scene.tell(BatchStatus.CHECKED)
    for status in (BatchStatus.RUNNING, BatchStatus.PAUSED, BatchStatus.RUNNING):
        scene.now(status, RUNS, **STARTED)
        scene.notifier.show(scene.batch.id)
        await scene.shown()
        assert [status_of(each) for each in scene.cards] == [status]
    await scene.tell(BatchStatus.DONE, ENDED, **STARTED)

    assert [status_of(each) for each in scene.cards] == ["done"]


@pytest.mark.parametrize("status", [BatchStatus.CHECKED, BatchStatus.PAUSED, BatchStatus.DONE])
async def test_twice_told_is_once(scene: Scene, status: BatchStatus) -> None:
    more = {**STARTED, "reason": PauseReason.LATE} if status is not BatchStatus.CHECKED else {}
    await scene.tell(status, ENDED, **more)
    before = [message.text for message in scene.messages]
    files = [*scene.given.files]

    await scene.tell(status, ENDED, **more)

    assert [message.text for message in scene.messages] == before
    assert scene.given.files == files
    assert len(before) == 2


async def test_what_is_told_again_after_a_failure_stands_once(scene: Scene) -> None:
    scene.now(BatchStatus.DONE, ENDED, **STARTED)
    await scene.tell(BatchStatus.READING)
    scene.slack.fail("chat.postMessage", "ratelimited")
    with pytest.raises(TryLater):
        await scene.tell(BatchStatus.DONE, ENDED, **STARTED)

    await scene.tell(BatchStatus.DONE, ENDED, **STARTED)

    assert len(scene.replies) == 1
    assert len(scene.given.files) == 1


async def test_an_old_dry_run_made_again_tells_its_problems_again(scene: Scene) -> None:
    await scene.tell(BatchStatus.CHECKED)

    await scene.tell(BatchStatus.CHECKED, checked=NOON.replace(hour=13))

    assert len(scene.replies) == 2


async def test_the_problems_stand_in_the_thread_and_all_of_them_in_a_file(scene: Scene) -> None:
    await scene.tell(BatchStatus.CHECKED)

    (reply,) = scene.replies
    assert reply.thread_ts == scene.batch.card_ts
    assert EN("bulk.phone.power") in reply.text
    assert EN("bulk.file_given.problems") in reply.text
    assert [each[:2] for each in scene.given.files] == [(seed.ALICE, "problems.es.csv")]


@pytest.mark.parametrize("code", sorted(UNFIT))
async def test_where_slack_takes_no_table_lines_stand_in_its_place(scene: Scene, code: str) -> None:
    await scene.tell(BatchStatus.READING)
    scene.slack.fail("chat.postMessage", code)

    await scene.tell(BatchStatus.CHECKED)

    (reply,) = scene.replies
    assert reply.channel == seed.SOPORTE
    assert [block["type"] for block in reply.blocks][:2] == ["section", "section"]


async def test_a_list_without_problems_has_no_reply(scene: Scene) -> None:
    await scene.tell(BatchStatus.CHECKED, report=make_report(problems=()))

    assert scene.replies == []
    assert scene.given.files == []


@pytest.mark.parametrize("reason", PauseReason)
async def test_a_list_that_paused_by_itself_calls_its_sender(
    scene: Scene, reason: PauseReason
) -> None:
    await scene.tell(BatchStatus.PAUSED, RUNS, reason=reason, **STARTED)

    (reply,) = scene.replies
    assert reply.text.startswith(f"<@{seed.ALICE}>")
    assert EN(f"bulk.paused.{reason}", sender="alice")[:30] in reply.text


async def test_each_pause_of_its_own_is_told(scene: Scene) -> None:
    for hour in (12, 13):
        since = NOON.replace(hour=hour)
        await scene.tell(
            BatchStatus.PAUSED, RUNS, reason=PauseReason.TOKEN, going_since=since, **STARTED
        )

    assert len(scene.replies) == 2


async def test_a_pause_that_somebody_pressed_calls_nobody(scene: Scene) -> None:
    await scene.tell(BatchStatus.PAUSED, RUNS, decided_by=seed.CARLA, **STARTED)

    assert scene.replies == []


@pytest.mark.parametrize("status", [BatchStatus.STOPPED, BatchStatus.DONE])
async def test_the_end_calls_its_sender_and_hands_over_every_row(
    scene: Scene, status: BatchStatus
) -> None:
    await scene.tell(status, ENDED, **STARTED)

    (reply,) = scene.replies
    assert reply.text.startswith(f"<@{seed.ALICE}>")
    assert reply.thread_ts == scene.batch.card_ts
    assert "40 accepted by Atom." in reply.text
    assert EN("bulk.file_given.outcomes") in reply.text
    ((user, name, comment),) = scene.given.files
    assert (user, name) == (seed.ALICE, "outcomes.es.csv")
    assert "aceptada por Atom" in comment.casefold() or "Aceptada por Atom" in comment


@pytest.mark.parametrize(
    "error", [Refused("slack.refused", code="file_uploads_disabled"), Unclear("slack.unreachable")]
)
async def test_a_file_that_slack_refuses_is_told_in_the_summary(
    scene: Scene, error: Exception
) -> None:
    scene.given.raises.append(error)

    await scene.tell(BatchStatus.DONE, ENDED, **STARTED)

    (reply,) = scene.replies
    assert EN("bulk.file_not_given", why="") in reply.text
    assert scene.given.files == []


async def test_a_file_waits_for_slack_some_times_and_is_then_told_to_be_missing(
    scene: Scene,
) -> None:
    scene.given.raises += [TryLater("slack.limited"), TryLater("slack.limited")]
    with pytest.raises(TryLater):
        await scene.tell(BatchStatus.DONE, ENDED, **STARTED)
    assert scene.replies == []

    await scene.tell(BatchStatus.DONE, ENDED, tell_tries=3, **STARTED)

    assert EN("bulk.file_not_given", why="") in scene.replies[0].text


@pytest.mark.parametrize(
    ("changes", "count"),
    [
        ({"decided_by": seed.ALICE}, 0),
        ({"decided_by": seed.CARLA}, 1),
        ({"decided_by": seed.CARLA, "reason": DECLINED, **STARTED}, 1),
        ({"reason": EXPIRED, **STARTED}, 1),
    ],
)
async def test_of_a_list_that_never_began_its_sender_is_told_what_others_decided(
    scene: Scene, changes: dict[str, Any], count: int
) -> None:
    await scene.tell(BatchStatus.STOPPED, **changes)

    assert len(scene.replies) == count
    assert scene.given.files == []


@pytest.mark.parametrize("code", TOKEN_WIDE)
async def test_what_slack_says_of_the_token_ends_the_try_at_once(scene: Scene, code: str) -> None:
    scene.slack.fail("chat.postMessage", code)

    with pytest.raises(TokenRefused):
        await scene.tell(BatchStatus.READING)

    assert scene.calls("postMessage") == 1


async def test_a_deleted_card_is_replaced_once(scene: Scene) -> None:
    await scene.tell(BatchStatus.READING)
    await scene.delete(scene.cards[0])
    await scene.tell(BatchStatus.CHECKED)
    assert [status_of(each) for each in scene.cards] == ["checked"]
    assert scene.batches.places[-1][2] == scene.cards[0].ts

    await scene.delete(scene.cards[0])
    scene.now(BatchStatus.RUNNING, RUNS, **STARTED)
    scene.notifier.show(scene.batch.id)
    await scene.shown()

    assert scene.cards == []


@pytest.mark.parametrize("code", sorted(GONE))
async def test_whatever_says_that_a_card_is_gone_replaces_it(scene: Scene, code: str) -> None:
    await scene.tell(BatchStatus.READING)
    scene.slack.fail("chat.update", code)

    await scene.tell(BatchStatus.CHECKED)

    assert [status_of(each) for each in scene.cards] == [None, "checked"]


@pytest.mark.parametrize("code", ["invalid_blocks", "msg_too_long", "never_heard_of"])
async def test_a_card_that_only_could_not_be_drawn_stays(scene: Scene, code: str) -> None:
    await scene.tell(BatchStatus.READING)
    scene.slack.fail("chat.update", code)

    await scene.tell(BatchStatus.CHECKED)

    assert len(scene.cards) == 1


async def test_the_first_one_who_asks_is_shown_at_once_and_the_rest_together() -> None:
    async with open_scene(least_pause=0.3) as scene:
        begun = time.monotonic()
        await scene.tell(BatchStatus.READING)
        for sent in range(1, 30):
            progress = make_progress(queued=30 - sent, sent=sent)
            scene.now(BatchStatus.RUNNING, progress, **STARTED)
            scene.notifier.show(scene.batch.id)

        await scene.shown()

        assert scene.calls("update") == 1
        assert time.monotonic() - begun >= 0.25
        assert "29 of 30 rows" in scene.cards[0].text


@pytest.mark.parametrize(("running", "least"), [(1, 0.1), (4, 0.4)])
async def test_the_more_lists_run_the_longer_each_card_waits(running: int, least: float) -> None:
    async with open_scene(least_pause=0.1, pause_each=0.1) as scene:
        begun = time.monotonic()
        await scene.tell(BatchStatus.READING)
        scene.batches.running_now = running
        scene.now(BatchStatus.RUNNING, RUNS, **STARTED)

        scene.notifier.show(scene.batch.id)
        await scene.shown()

        assert time.monotonic() - begun >= least * 0.9


@pytest.mark.slow
async def test_slack_s_pause_is_kept_by_all_cards_and_the_last_state_is_drawn(scene: Scene) -> None:
    await scene.tell(BatchStatus.READING)
    scene.slack.fail("chat.update", "ratelimited", retry_after=1)
    scene.now(BatchStatus.RUNNING, RUNS, **STARTED)
    begun = time.monotonic()

    scene.notifier.show(scene.batch.id)
    await scene.slack.until(lambda: scene.calls("update"))
    scene.now(BatchStatus.RUNNING, make_progress(queued=1, sent=41), **STARTED)
    await scene.shown()

    assert time.monotonic() - begun >= 0.95
    assert "41 of 42 rows" in scene.cards[0].text


async def test_what_a_card_shows_already_is_not_drawn_again(scene: Scene) -> None:
    await scene.tell(BatchStatus.READING)
    scene.now(BatchStatus.RUNNING, RUNS, **STARTED)
    for _ in range(3):
        scene.notifier.show(scene.batch.id)
        await scene.shown()

    assert scene.calls("update") == 1


async def test_a_list_without_a_card_is_left_to_whoever_tells_it(scene: Scene) -> None:
    scene.now(BatchStatus.RUNNING, RUNS)

    scene.notifier.show(scene.batch.id)
    await scene.shown()

    assert scene.messages == []


async def test_nothing_is_shown_once_it_is_closed(scene: Scene) -> None:
    await scene.tell(BatchStatus.READING)
    await scene.notifier.close(patience=0.1)
    scene.now(BatchStatus.RUNNING, RUNS)

    scene.notifier.show(scene.batch.id)

    assert scene.calls("update") == 0


async def test_approvers_in_the_channel_are_called_and_others_asked_by_direct_message(
    scene: Scene,
) -> None:
    scene.may_approve(seed.BRUNO, seed.ALICE, seed.GUEST)

    await scene.tell(BatchStatus.AWAITING_APPROVAL)

    (question,) = scene.replies
    assert f"<@{seed.BRUNO}>" in question.text
    assert seed.ALICE not in question.text
    assert question.thread_ts == scene.batch.card_ts
    assert button_actions(question)[:2] == [of_sends.APPROVE, of_sends.REFUSE]


async def test_who_is_not_in_the_channel_reads_the_messages_whole_in_private(scene: Scene) -> None:
    scene.may_approve(seed.BRUNO)
    channel = scene.slack.workspace.channels[seed.SOPORTE]
    members = tuple(each for each in channel.members if each != seed.BRUNO)
    scene.slack.workspace.add_channel(seed.SOPORTE, channel.name, members)

    await scene.tell(BatchStatus.AWAITING_APPROVAL)

    in_private, in_thread = scene.replies
    assert in_private.channel == scene.slack.person(seed.BRUNO).dm_channel
    assert "Rosa Quispe" in str(in_private.blocks)
    assert "Rosa Quispe" not in str(in_thread.blocks)
    assert button_actions(in_thread) == []


async def test_nobody_is_asked_twice(scene: Scene) -> None:
    scene.may_approve(seed.BRUNO)
    await scene.tell(BatchStatus.AWAITING_APPROVAL)

    await scene.tell(BatchStatus.AWAITING_APPROVAL)

    assert len(scene.replies) == 1


@pytest.mark.parametrize(
    ("status", "changes", "words"),
    [
        (BatchStatus.PAUSED, {"approved_by": seed.BRUNO}, "Approved by"),
        (BatchStatus.STOPPED, {"reason": DECLINED, "decided_by": seed.BRUNO}, "Not approved by"),
        (BatchStatus.STOPPED, {"reason": EXPIRED}, "Nobody decided in time"),
    ],
)
async def test_what_was_decided_stands_where_people_were_asked(
    scene: Scene, status: BatchStatus, changes: dict[str, Any], words: str
) -> None:
    scene.may_approve(seed.BRUNO)
    await scene.tell(BatchStatus.AWAITING_APPROVAL)
    until = make_batch(BatchStatus.AWAITING_APPROVAL).approve_until

    await scene.tell(status, approve_until=until, **changes)

    question = scene.replies[0]
    assert words in question.text
    assert button_actions(question) == []
    assert scene.questions.kept == {}
