"""Lists on Home: whose, how they stand, and what can be done about them at once."""

from dataclasses import replace
from typing import Any

import pytest

from bot.bulk.batches import BatchId, BatchStatus
from bot.demo.slack.blockkit import check_view
from bot.locales import LANGUAGES
from bot.slack.bulk import buttons
from bot.slack.bulk.shown import Shown
from bot.slack.home.list_rows import HomeList
from bot.slack.home.lists import HomeLists
from bot.slack.notifications import buttons as of_sends
from tests.builders import ALICE, CARLA
from tests.builders.batches import make_batch, make_progress
from tests.fakes import NOON
from tests.fakes.batches import FakeBatches
from tests.unit.slack.home.home_scene import EN, draw, elements, numbered_templates, says

BRUNO = "U0BRUNO0001"
S = BatchStatus
RUNS = make_progress(queued=30, sent=12)
STARTED = {"started": NOON, "started_by": ALICE}


def row(status: BatchStatus, progress: Any = RUNS, **more: Any) -> HomeList:
    own = {name: more.pop(name) for name in ("is_own", "may_decide", "may_approve") if name in more}
    began = {} if status in {S.READING, S.ASKING, S.UNREADABLE, S.CHECKED} else STARTED
    return HomeList(Shown(make_batch(status, **{**began, **more}), NOON, progress), **own)


def keep(*rows: tuple[str, BatchStatus, str]) -> FakeBatches:
    batches = FakeBatches()
    for batch_id, status, user in rows:
        began = {"started": NOON, "started_by": user} if status is not S.CHECKED else {}
        batches.put(make_batch(status, id=BatchId(batch_id), user=user, **began), RUNS)
    return batches


async def ids(batches: FakeBatches, user: str, **rights: bool) -> list[str]:
    wanted = {"is_admin": False, "may_approve": False} | rights
    return [
        each.shown.batch.id for each in await HomeLists(batches, lambda: NOON).read(user, **wanted)
    ]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("status", BatchStatus)
def test_every_list_is_one_that_slack_takes(language: str, status: BatchStatus) -> None:
    drawn = draw(
        language, shown_lists=(row(status, may_approve=True), row(status, is_own=False, id="X"))
    )

    assert check_view(drawn, kind="home") == []


def test_a_full_home_still_has_room() -> None:
    many = tuple(row(S.RUNNING, id=f"L{number}") for number in range(60))

    drawn = draw(shown_lists=many, templates=numbered_templates(200), is_admin=True)

    assert check_view(drawn, kind="home") == []
    assert EN("home.lists.more", count=50) in says(drawn)


def test_without_lists_there_is_no_heading() -> None:
    assert EN("home.lists") not in str(draw(shown_lists=()))


def test_it_says_how_far_a_list_came() -> None:
    said = says(draw(shown_lists=(row(S.RUNNING, card_channel="C0SOPORTE01"),)))

    assert "*Recordatorio de cita* → clients.xlsx" in said
    assert "28 % · 12 of 42 rows" in said
    assert "<#C0SOPORTE01>" in said
    assert f"<@{ALICE}>" not in said


def test_of_others_lists_it_names_whose_they_are() -> None:
    assert f"<@{ALICE}>" in says(draw(shown_lists=(row(S.RUNNING, is_own=False),)))


@pytest.mark.parametrize(
    ("status", "changes", "wanted"),
    [
        (S.CHECKED, {}, []),
        (S.RUNNING, {}, [buttons.PAUSE, buttons.STOP]),
        (S.PAUSED, {}, [buttons.RESUME, buttons.STOP]),
        (S.RUNNING, {"may_decide": False}, []),
        (S.AWAITING_APPROVAL, {}, [buttons.STOP]),
        (
            S.AWAITING_APPROVAL,
            {"may_decide": False, "may_approve": True},
            [of_sends.APPROVE, of_sends.REFUSE, buttons.MESSAGES],
        ),
        (S.DONE, {}, []),
        (
            S.DONE,
            {"progress": make_progress(unknown=2, undecided=2)},
            [buttons.ARRIVED, buttons.NOT_ARRIVED, buttons.UNKNOWN],
        ),
    ],
)
def test_what_can_be_pressed(
    status: BatchStatus, changes: dict[str, Any], wanted: list[str]
) -> None:
    without, with_it = draw(shown_lists=()), draw(shown_lists=(row(status, **changes),))

    before = [each["action_id"] for each in elements(without)]
    now = [each["action_id"] for each in elements(with_it)]
    for each in before:
        now.remove(each)
    assert now == wanted


async def test_people_see_their_own_last_lists() -> None:
    batches = keep(("A1", S.DONE, ALICE), ("B1", S.RUNNING, BRUNO), ("A2", S.CHECKED, ALICE))

    assert sorted(await ids(batches, ALICE)) == ["A1", "A2"]


async def test_admins_see_all_that_go_on() -> None:
    batches = keep(
        ("A1", S.RUNNING, ALICE),
        ("A2", S.PAUSED, ALICE),
        ("A3", S.DONE, ALICE),
        ("A4", S.CHECKED, ALICE),
        ("C1", S.DONE, CARLA),
    )

    assert sorted(await ids(batches, CARLA, is_admin=True)) == ["A1", "A2", "C1"]


async def test_approvers_see_what_waits_for_them_first() -> None:
    batches = keep(
        ("B1", S.RUNNING, BRUNO),
        ("A1", S.AWAITING_APPROVAL, ALICE),
        ("A2", S.RUNNING, ALICE),
        ("B2", S.AWAITING_APPROVAL, BRUNO),
    )

    found = await HomeLists(batches, lambda: NOON).read(BRUNO, is_admin=False, may_approve=True)

    assert found[0].shown.batch.id == "A1"
    assert {each.shown.batch.id: each.may_approve for each in found} == {
        "A1": True,
        "B1": False,
        "B2": False,
    }


async def test_the_newest_come_first() -> None:
    batches = keep(("A1", S.DONE, ALICE), ("A2", S.DONE, ALICE))
    batches.lists[BatchId("A2")] = replace(
        batches.lists[BatchId("A2")], created=NOON.replace(hour=13)
    )

    assert await ids(batches, ALICE) == ["A2", "A1"]
