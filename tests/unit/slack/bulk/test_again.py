"""Send again makes one list of what did not go out of another one, and of nothing else."""

import dataclasses
from datetime import timedelta
from typing import Any

import pytest

from bot.bulk.batches import Batch, BatchStatus
from bot.demo.slack import seed
from bot.locales import load
from bot.sends import Origin
from bot.slack.bulk import buttons
from tests.builders.batches import make_batch, make_progress
from tests.fakes import NOON
from tests.unit.slack.bulk.press_scene import Stage

EN, ES = (load(each) for each in ("en", "es"))
S = BatchStatus
ENDED = make_progress(sent=10, unknown=2, undecided=2, rejected=3)


def listed(status: BatchStatus, **changes: Any) -> Batch:
    return make_batch(status, **{"started": NOON, "started_by": seed.ALICE, **changes})


async def test_send_again_makes_a_list_of_what_did_not_go_out(stage: Stage) -> None:
    origin = Origin(seed.SOPORTE, "1790000000.000100", "https://hooks.example/x")
    card = await stage.post(listed(S.DONE, origin=origin, group="Citas"), progress=ENDED)

    await stage.press(seed.ALICE, card, buttons.RETRY)

    ((_, request),) = stage.decided
    assert request.retries == stage.batch.id
    assert request.file is None
    assert (request.template, request.group) == (stage.batch.request.template, "Citas")
    assert request.origin == Origin(seed.SOPORTE, "1790000000.000100")
    assert request.user == seed.ALICE


@pytest.mark.parametrize(
    ("user", "prepared_by"),
    [(seed.ALICE, (seed.BRUNO, seed.CARLA)), (seed.CARLA, (seed.ALICE, seed.BRUNO))],
)
async def test_whose_rows_they_were_does_not_approve_them_for_who_sends_them_again(
    stage: Stage, user: str, prepared_by: tuple[str, ...]
) -> None:
    first = listed(S.DONE, started_by=seed.CARLA, prepared_by=(seed.BRUNO,))
    card = await stage.post(first, progress=ENDED)

    await stage.press(user, card, buttons.RETRY)

    assert stage.decided[0][1].prepared_by == prepared_by


async def test_two_who_send_again_at_once_make_one_list(stage: Stage) -> None:
    card = await stage.post(listed(S.DONE), progress=ENDED)
    await stage.press(seed.ALICE, card, buttons.RETRY)

    told = await stage.hears(seed.CARLA, card, buttons.RETRY)

    assert EN("bulk.sent_again", user=f"<@{seed.ALICE}>") in told
    assert len(stage.decided) == 1


async def test_what_whatsapp_makes_wait_is_not_counted_as_sent_again(stage: Stage) -> None:
    progress = dataclasses.replace(make_progress(rejected=3), resting=2)
    card = await stage.post(listed(S.DONE), progress=progress)

    assert EN("button.bulk_retry", count=1) in str(card.blocks)
    assert EN("bulk.card.resting", count=2) in str(card.blocks)


async def test_if_all_of_it_waits_that_is_said(stage: Stage) -> None:
    progress = dataclasses.replace(make_progress(rejected=2), resting=2)
    card = await stage.post(listed(S.DONE), progress=progress)

    told = await stage.hears(seed.ALICE, card, buttons.RETRY)

    assert ES("bulk.resting") in told
    assert stage.decided == []


@pytest.mark.parametrize(
    ("changes", "can_again"),
    [
        ({"status": S.STOPPED}, True),
        ({"status": S.UNREADABLE}, True),
        ({"status": S.STOPPED, "started": NOON, "approve_until": NOON}, True),
        ({"status": S.STOPPED, "started": NOON}, False),
        ({"status": S.CHECKED}, False),
        ({"status": S.DONE, "started": NOON}, False),
    ],
)
async def test_it_is_made_once_more_only_if_nothing_went_out_of_the_first(
    stage: Stage, changes: dict[str, Any], *, can_again: bool
) -> None:
    card = await stage.post(listed(S.DONE), progress=ENDED)
    await stage.press(seed.ALICE, card, buttons.RETRY)
    ((_, first),) = stage.decided
    stage.batches.change(first.id, **changes)

    await stage.person(seed.ALICE).click(card.channel, card.ts, buttons.RETRY)

    made = [each[1] for each in stage.decided if each[0] == "create"]
    assert len(made) == 1 + can_again
    assert len({each.key for each in made}) == len(made)


async def test_it_is_one_list_however_many_came_since(stage: Stage) -> None:
    card = await stage.post(listed(S.DONE), progress=ENDED)
    await stage.press(seed.ALICE, card, buttons.RETRY)
    for number in range(300):
        later = NOON + timedelta(days=1)
        stage.batches.put(listed(S.DONE, id=f"LATER-{number}", key=f"{number}", created=later))

    told = await stage.hears(seed.CARLA, card, buttons.RETRY)

    assert EN("bulk.sent_again", user=f"<@{seed.ALICE}>") in told


async def test_an_admin_s_own_list_of_somebody_s_private_one_goes_to_the_admin(
    stage: Stage,
) -> None:
    batch = listed(S.DONE, origin=Origin("D0ALICE0001"))
    card = await stage.post(batch, progress=ENDED)

    await stage.press(seed.CARLA, card, buttons.RETRY)

    assert stage.decided[0][1].origin == Origin(seed.CARLA)


@pytest.mark.parametrize(
    ("progress", "key"),
    [
        (make_progress(sent=5, unknown=1, undecided=1), "bulk.nothing_again"),
        # All of them were sent again one by one, or put right.
        (dataclasses.replace(ENDED, replaced=3), "bulk.nothing_again"),
        # Just stopped: in a moment there is more that did not go out.
        (make_progress(cancelled=5, queued=15), "bulk.again_soon"),
        (make_progress(cancelled=20, sending=1), "bulk.again_soon"),
    ],
)
async def test_nothing_is_left_to_send_again(stage: Stage, progress: Any, key: str) -> None:
    card = await stage.post(listed(S.DONE), progress=ENDED)
    stage.batches.progresses[stage.batch.id] = progress

    assert ES(key) in await stage.hears(seed.ALICE, card, buttons.RETRY)
