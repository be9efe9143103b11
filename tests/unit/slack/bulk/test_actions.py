"""What a press under a list does, by how the list stands and who presses."""

import dataclasses
from datetime import timedelta
from typing import Any

import pytest

from bot.bulk.batches import OLD_AFTER, Batch, BatchStatus
from bot.demo.slack import seed
from bot.locales import load
from bot.policy.people import Policy
from bot.sends import Status
from bot.slack.bulk import buttons
from bot.slack.platform.action_ids import CORRECT
from bot.templates import Approval, fingerprint
from tests.builders.batches import make_batch, make_progress, make_report, make_row
from tests.fakes import NOON
from tests.unit.slack.bulk.press_scene import Stage, open_stage

EN, ES, PT = (load(each) for each in ("en", "es", "pt"))
S = BatchStatus
PROGRESS = make_progress(queued=20, sent=10, unknown=2, undecided=2, rejected=3)
STARTED = {"started": NOON, "started_by": seed.ALICE}
# How a list stands while each button is there, and what pressing it is.
PRESSES: list[tuple[str, BatchStatus, tuple[Any, ...]]] = [
    (buttons.START, S.CHECKED, ("start",)),
    (buttons.START_RECENT, S.CHECKED, ("start",)),
    (buttons.STOP, S.READING, ("stop",)),
    (buttons.STOP, S.CHECKED, ("stop",)),
    (buttons.STOP, S.ASKING, ("stop",)),
    (buttons.STOP, S.AWAITING_APPROVAL, ("stop",)),
    (buttons.PAUSE, S.RUNNING, ("pause",)),
    (buttons.STOP, S.RUNNING, ("stop",)),
    (buttons.RESUME, S.PAUSED, ("resume",)),
    (buttons.STOP, S.PAUSED, ("stop",)),
    (buttons.ARRIVED, S.DONE, ("decide_unknown", True)),
    (buttons.NOT_ARRIVED, S.STOPPED, ("decide_unknown", False)),
]
EACH_PRESS = pytest.mark.parametrize(
    ("action", "status", "wanted"), PRESSES, ids=[f"{name}-{status}" for name, status, _ in PRESSES]
)


# What may be pressed though the list stands otherwise by now.
STANDS = (S.READING, S.ASKING, S.CHECKED, S.RUNNING, S.PAUSED, S.STOPPED, S.DONE)
LATE = [
    (action, status, now)
    for action, status, (what, *_) in PRESSES
    for now in STANDS
    if (action, now) not in {(name, at) for name, at, _ in PRESSES}
    and what != "decide_unknown"
    and not (action == buttons.STOP and not now.is_final)
]


def listed(status: BatchStatus, **changes: Any) -> Batch:
    began = {} if status in {S.READING, S.CHECKED, S.ASKING} else STARTED
    return make_batch(status, **{**began, **changes})


@EACH_PRESS
@pytest.mark.parametrize("user", [seed.ALICE, seed.CARLA])
async def test_its_sender_and_admins_decide(
    stage: Stage, action: str, status: BatchStatus, wanted: tuple[Any, ...], user: str
) -> None:
    card = await stage.post(listed(status), progress=PROGRESS)

    told = await stage.press(user, card, action)

    assert stage.decided == [(*wanted, user)]
    assert told == []
    assert stage.shows.shown == [stage.batch.id]


@EACH_PRESS
@pytest.mark.parametrize(
    ("user", "words"),
    [
        (seed.DIEGO, "Only <@U0ALICE0001> or an admin"),
        (seed.LUCIA, ""),
        (seed.GUEST, ""),
    ],
)
async def test_nobody_else_does(
    stage: Stage,
    action: str,
    status: BatchStatus,
    wanted: tuple[Any, ...],
    user: str,
    words: str,
) -> None:
    card = await stage.post(listed(status), progress=PROGRESS)

    told = await stage.hears(user, card, action)

    assert told
    assert words in told
    assert stage.decided == []
    if user == seed.DIEGO:
        assert f"<@{seed.CARLA}>" in told


@EACH_PRESS
async def test_a_list_that_is_gone_is_said_to_be(
    stage: Stage, action: str, status: BatchStatus, wanted: tuple[Any, ...]
) -> None:
    card = await stage.post(listed(status), progress=PROGRESS)
    stage.batches.lists.clear()

    assert ES("bulk.gone") in await stage.hears(seed.ALICE, card, action)


@pytest.mark.parametrize(("action", "status", "now"), LATE)
async def test_what_comes_too_late_is_told_what_stands(
    stage: Stage, action: str, status: BatchStatus, now: BatchStatus
) -> None:
    card = await stage.post(listed(status), progress=PROGRESS)
    stage.batches.put(listed(now, decided_by=seed.CARLA))

    told = await stage.hears(seed.ALICE, card, action)

    by = f"bulk.stands.{now}.by"
    key = by if ES.has(by) else f"bulk.stands.{now}"
    assert ES(key, user=f"<@{seed.CARLA}>") in told
    assert stage.decided == []
    # The card that said otherwise is drawn again.
    assert stage.shows.shown == [stage.batch.id]


async def test_of_two_who_press_at_once_one_decides(stage: Stage) -> None:
    card = await stage.post(listed(S.CHECKED))

    await stage.press(seed.CARLA, card, buttons.START)
    told = await stage.hears(seed.ALICE, card, buttons.START)

    assert stage.decided == [("start", seed.CARLA)]
    assert f"<@{seed.CARLA}>" in told


@pytest.mark.parametrize(
    ("action", "with_recent"), [(buttons.START, False), (buttons.START_RECENT, True)]
)
async def test_recent_ones_go_out_only_where_the_button_says_so(
    stage: Stage, action: str, *, with_recent: bool
) -> None:
    card = await stage.post(listed(S.CHECKED))

    await stage.press(seed.ALICE, card, action)

    assert stage.batch.with_recent is with_recent


@pytest.mark.parametrize("action", [buttons.START, buttons.RESUME])
@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"active": False}, "template.inactive"),
        ({"allowed": (seed.BRUNO,)}, "template.not_yours"),
        ({"channels": ("C0VENTAS001",)}, "template.not_here"),
    ],
)
async def test_whether_its_sender_may_send_it_is_asked_again(
    stage: Stage, action: str, changes: dict[str, Any], key: str
) -> None:
    card = await stage.post(listed(S.CHECKED if action == buttons.START else S.PAUSED))
    stage.template_becomes(**changes)

    told = await stage.hears(seed.ALICE, card, action)

    assert ES(key)[:40] in told
    assert stage.decided == []


@pytest.mark.parametrize("action", [buttons.START, buttons.RESUME])
async def test_a_sender_who_may_not_any_more_lets_no_admin_send_it_either(
    stage: Stage, action: str
) -> None:
    card = await stage.post(listed(S.CHECKED if action == buttons.START else S.PAUSED))
    stage.directory.policy = Policy(frozenset(), frozenset({seed.CARLA}))

    told = await stage.hears(seed.CARLA, card, action)

    assert EN("bulk.sender_may_not", sender=f"<@{seed.ALICE}>") in told
    assert stage.decided == []


@pytest.mark.parametrize(
    ("template", "checked", "key"),
    [
        ({"body": "Otra cosa, {{client_name}}."}, NOON, "bulk.look_again.template"),
        ({}, NOON - OLD_AFTER - timedelta(minutes=1), "bulk.look_again.old"),
    ],
)
async def test_what_was_looked_at_otherwise_or_long_ago_is_looked_at_again(
    stage: Stage, template: dict[str, Any], checked: Any, key: str
) -> None:
    card = await stage.post(listed(S.CHECKED, checked=checked))
    stage.template_becomes(**template)

    told = await stage.hears(seed.ALICE, card, buttons.START)

    assert ES(key) in told
    assert stage.decided == [("look_again",)]
    assert stage.batch.status is S.READING


AGAIN = {"checked": NOON + timedelta(minutes=5), "report": make_report(counts={"good": 900})}


@pytest.mark.parametrize("action", [buttons.START, buttons.START_RECENT])
async def test_a_dry_run_that_nobody_saw_is_not_started(stage: Stage, action: str) -> None:
    card = await stage.post(listed(S.CHECKED))
    # A colleague said which columns are which while the dialog stood open.
    stage.batches.change(stage.batch.id, **AGAIN)

    told = await stage.hears(seed.ALICE, card, action)

    assert ES("bulk.look_again.since") in told
    assert stage.decided == []
    assert stage.shows.shown == [stage.batch.id]


@pytest.mark.parametrize("now", [S.CHECKED, S.READING])
async def test_a_dry_run_made_while_a_press_is_looked_at_is_not_started(
    stage: Stage, now: BatchStatus
) -> None:
    card = await stage.post(listed(S.CHECKED))
    stage.batches.meanwhile = lambda: stage.batches.change(stage.batch.id, status=now, **AGAIN)

    told = await stage.hears(seed.ALICE, card, buttons.START)

    key = "bulk.look_again.since" if now is S.CHECKED else "bulk.stands.reading"
    assert ES(key) in told
    assert stage.decided == []


async def test_what_is_on_the_card_by_then_can_be_started(stage: Stage) -> None:
    await stage.post(listed(S.CHECKED))
    card = await stage.post(listed(S.CHECKED, **AGAIN))

    await stage.press(seed.ALICE, card, buttons.START)

    assert stage.decided == [("start", seed.ALICE)]


async def test_a_dry_run_of_a_day_is_not_old(stage: Stage) -> None:
    card = await stage.post(listed(S.CHECKED, checked=NOON - OLD_AFTER))

    await stage.press(seed.ALICE, card, buttons.START)

    assert stage.decided == [("start", seed.ALICE)]


async def test_what_is_paused_does_not_go_on_with_another_text(stage: Stage) -> None:
    card = await stage.post(listed(S.PAUSED))
    stage.template_becomes(body="Otra cosa, {{client_name}}.")

    told = await stage.hears(seed.ALICE, card, buttons.RESUME)

    assert ES("bulk.resume.template") in told
    assert stage.decided == []


@pytest.mark.parametrize(
    ("over", "template", "recent", "status"),
    [
        (0, {}, False, S.RUNNING),
        (40, {}, False, S.RUNNING),
        (39, {}, False, S.AWAITING_APPROVAL),
        (40, {}, True, S.AWAITING_APPROVAL),
        (0, {"approval": Approval.ALWAYS}, False, S.AWAITING_APPROVAL),
        (0, {"approval": Approval.ALWAYS, "approval_free": (seed.ALICE,)}, False, S.RUNNING),
        (
            0,
            {"approval": Approval.ALWAYS, "approval_free": (seed.BRUNO,)},
            False,
            S.AWAITING_APPROVAL,
        ),
        # That is about single sends: many rows have a second person all the same.
        (39, {"approval_free": (seed.ALICE,)}, False, S.AWAITING_APPROVAL),
        (
            39,
            {"approval": Approval.ALWAYS, "approval_free": (seed.ALICE,)},
            False,
            S.AWAITING_APPROVAL,
        ),
        (39, {"approval_free": (seed.BRUNO,)}, False, S.AWAITING_APPROVAL),
    ],
)
async def test_many_rows_or_such_a_template_wait_for_a_second_person(
    over: int, template: dict[str, Any], status: BatchStatus, *, recent: bool
) -> None:
    async with open_stage(approval_over=over) as stage:
        stage.template_becomes(**template)
        mark = make_report(fingerprint=fingerprint(stage.catalogue.known[0]))
        card = await stage.post(listed(S.CHECKED, report=mark))

        await stage.press(seed.ALICE, card, buttons.START_RECENT if recent else buttons.START)

        assert stage.batch.status is status


@pytest.mark.parametrize("approvers", [frozenset[str](), frozenset({seed.ALICE})])
@pytest.mark.parametrize(
    ("template", "key"),
    [({}, "bulk.approval.nobody"), ({"approval": Approval.ALWAYS}, "approval.nobody")],
)
async def test_where_nobody_could_approve_it_is_refused_and_says_who_helps(
    approvers: frozenset[str], template: dict[str, Any], key: str
) -> None:
    async with open_stage(approval_over=10) as stage:
        stage.template_becomes(**template)
        stage.directory.policy = dataclasses.replace(stage.directory.policy, approvers=approvers)
        report = make_report(fingerprint=fingerprint(stage.catalogue.known[0]))
        card = await stage.post(listed(S.CHECKED, report=report))

        told = await stage.hears(seed.ALICE, card, buttons.START)

        assert ES(key, limit=10) in told
        assert f"<@{seed.CARLA}>" in told
        assert stage.decided == []


@pytest.mark.parametrize("prepared_by", [(), (seed.BRUNO,)])
async def test_who_prepared_it_is_nobody_who_could_approve_it(
    prepared_by: tuple[str, ...],
) -> None:
    async with open_stage(approval_over=10) as stage:
        approvers = frozenset({seed.BRUNO})
        stage.directory.policy = dataclasses.replace(stage.directory.policy, approvers=approvers)
        card = await stage.post(listed(S.CHECKED, prepared_by=prepared_by))

        await stage.person(seed.ALICE).click(card.channel, card.ts, buttons.START)
        await stage.slack.settled()

        assert (stage.batch.status is S.AWAITING_APPROVAL) is not bool(prepared_by)


async def test_a_list_of_which_nothing_can_go_out_is_not_started(stage: Stage) -> None:
    card = await stage.post(listed(S.CHECKED))
    stage.batches.change(stage.batch.id, report=make_report(counts={}))

    told = await stage.hears(seed.ALICE, card, buttons.START)

    assert ES("bulk.card.nothing_to_send") in told


async def test_what_was_decided_is_not_decided_again(stage: Stage) -> None:
    card = await stage.post(listed(S.DONE), progress=PROGRESS)
    await stage.press(seed.ALICE, card, buttons.ARRIVED)

    told = await stage.hears(seed.ALICE, card, buttons.ARRIVED)

    assert ES("bulk.unknown.none") in told


@pytest.mark.parametrize(
    ("user", "is_shown"),
    [(seed.ALICE, True), (seed.CARLA, True), (seed.BRUNO, True), (seed.DIEGO, False)],
)
async def test_whole_messages_are_shown_to_those_alone_who_may_see_them(
    stage: Stage, user: str, *, is_shown: bool
) -> None:
    card = await stage.post(listed(S.CHECKED))

    await stage.person(user).click(card.channel, card.ts, buttons.MESSAGES)

    view = stage.person(user).view
    if is_shown:
        assert view is not None
        assert view.text.count("Hola Rosa Quispe") == 3
        return
    await stage.slack.until(lambda: stage.told(user))
    assert view is None
    assert EN("refused.not_your_messages", sender=f"<@{seed.ALICE}>") in stage.told(user)[-1]


async def test_unknown_rows_are_decided_one_by_one_in_one_modal(stage: Stage) -> None:
    stage.batches.rows = [make_row(line, Status.UNKNOWN) for line in (4, 9)]
    card = await stage.post(listed(S.DONE), progress=PROGRESS)
    alice = stage.person(seed.ALICE)
    await stage.press(seed.ALICE, card, buttons.UNKNOWN)
    assert alice.view is not None
    assert alice.view.text.count("+507 6123-4567") == 2

    await alice.click_in_view("resolve_sent")

    await stage.slack.until(lambda: alice.view and alice.view.text.count("+507 6123-4567") == 1)
    assert stage.sends.decided == ["V0004"]


@pytest.mark.parametrize(
    ("details", "action"),
    [(False, "resolve_sent"), (False, "resolve_not_sent"), (True, "resolve_sent"), (True, "retry")],
)
async def test_a_list_s_card_follows_what_is_decided_about_one_row(
    stage: Stage, action: str, *, details: bool
) -> None:
    stage.batches.rows = [make_row(4, Status.UNKNOWN)]
    card = await stage.post(listed(S.DONE), progress=PROGRESS)
    alice = stage.person(seed.ALICE)
    await stage.press(seed.ALICE, card, buttons.UNKNOWN)
    if details:
        await alice.click_in_view("details")

    await alice.click_in_view(action)

    await stage.slack.until(lambda: stage.shows.shown == [stage.batch.id])


async def test_a_list_s_card_follows_a_row_that_was_put_right_by_itself(stage: Stage) -> None:
    stage.batches.rows = [make_row(4, Status.REJECTED)]
    await stage.post(listed(S.DONE), progress=PROGRESS)
    stage.catalogue.known = ()  # so that what was sent may be sent again as it is
    button = {
        "type": "button",
        "action_id": CORRECT,
        "value": "V0004",
        "text": {"type": "plain_text", "text": "Correct"},
    }
    under = await stage.post_message(
        {"text": "x", "blocks": [{"type": "actions", "elements": [button]}]}
    )
    alice = stage.person(seed.ALICE)

    await alice.click(under.channel, under.ts, CORRECT)
    assert alice.view is not None
    assert stage.shows.shown == []
    await alice.submit()

    assert alice.view is None
    await stage.slack.until(lambda: stage.shows.shown == [stage.batch.id])
    assert [each.corrects for each in stage.sends.taken] == ["V0004"]


async def test_a_row_s_details_open_on_top_and_the_rows_are_there_again(stage: Stage) -> None:
    stage.batches.rows = [make_row(4, Status.UNKNOWN)]
    card = await stage.post(listed(S.DONE), progress=PROGRESS)
    alice = stage.person(seed.ALICE)
    await stage.press(seed.ALICE, card, buttons.UNKNOWN)

    await alice.click_in_view("details")
    assert alice.view is not None
    assert alice.view.callback_id == "details"
    await alice.close()

    assert alice.view is not None
    assert alice.view.callback_id == "bulk_unknown"
