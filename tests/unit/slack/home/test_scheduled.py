"""What waits for its moment, or for a second person, as Home lists it."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.demo.slack.blockkit import VIEW_BLOCKS, VIEW_BYTES, check_view, size_of
from bot.policy.do_not_contact import Page, Scope, new_contact
from bot.sends import LATE, Send, SendAt, SendId, Status
from bot.slack.home.state import HomeState
from tests.builders import ALICE, make_send
from tests.fakes import NOON
from tests.unit.slack.home.home_scene import (
    EACH,
    EN,
    LONG,
    LONGEST,
    WORDS,
    draw,
    numbered_templates,
    says,
)

BEN = "U0BEN000001"
AT = NOON + timedelta(days=1)


def planned(number: int = 1, status: Status = Status.SCHEDULED, **changes: Any) -> Send:
    at = SendAt(AT, (AT - timedelta(hours=5)).replace(tzinfo=None), "America/Panama", "2026a")
    given: dict[str, Any] = {"send_at": at, "due_at": AT, "template_name": "Recordatorio"}
    return make_send(status, id=SendId(f"V{number:04}"), **(given | changes))


def rows(drawn: dict[str, Any]) -> list[str]:
    """Give the line of each one that is listed."""
    return [
        block["text"]["text"]
        for block in drawn["blocks"]
        if block.get("block_id", "").startswith("planned.")
    ]


def offered(drawn: dict[str, Any]) -> list[list[tuple[str, str]]]:
    """Give what can be pressed at each one."""
    return [
        [(each["action_id"], each["value"]) for each in block["elements"]]
        for block in drawn["blocks"]
        if block.get("block_id", "").startswith("decide.")
    ]


def test_where_nothing_waits_nothing_is_said_of_it() -> None:
    assert EN("home.scheduled") not in str(draw())


def test_each_line_says_what_to_whom_and_when() -> None:
    drawn = draw(planned=(planned(),), planned_count=1)

    moment = int(AT.timestamp())
    (line,) = rows(drawn)
    assert "*Recordatorio* → •••• 4567\n" in line
    assert f"<!date^{moment}^{{date_long_pretty}} {{time}}|" in line
    assert "<@" not in line


def test_what_waits_for_a_person_says_so_and_until_when() -> None:
    send = planned(status=Status.AWAITING_APPROVAL, due_at=NOON + timedelta(hours=8))

    (line,) = rows(draw(planned=(send,), planned_count=1))

    assert "Somebody else must approve it" in line
    assert f"<!date^{int((NOON + timedelta(hours=8)).timestamp())}^" in line
    assert f"<!date^{int(AT.timestamp())}^" in line


def test_what_was_found_late_says_that_it_waits_for_a_decision() -> None:
    (line,) = rows(draw(planned=(planned(reason=LATE, due_at=None),), planned_count=1))

    assert "waits for somebody to say" in line


def test_an_admin_sees_whose_each_one_is() -> None:
    sends = (planned(1, user=BEN), planned(2, user=ALICE))

    drawn = draw(planned=sends, planned_count=2, is_admin=True)

    assert all(f"<@{user}>" in line for user, line in zip((BEN, ALICE), rows(drawn), strict=True))


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (Status.SCHEDULED, ["send_now", "reschedule", "cancel", "details"]),
        (Status.AWAITING_APPROVAL, ["reschedule", "cancel", "details"]),
    ],
)
def test_what_can_be_pressed_is_what_the_card_offers(status: Status, expected: list[str]) -> None:
    drawn = draw(planned=(planned(7, status),), planned_count=1)

    assert offered(drawn) == [[(name, "V0007") for name in expected]]


@pytest.mark.parametrize(("count", "more"), [(10, []), (11, ["and 1 more"]), (90, ["and 80 more"])])
def test_of_many_the_first_ten_are_shown(count: int, more: list[str]) -> None:
    sends = tuple(planned(number) for number in range(1, 11))

    drawn = draw(planned=sends, planned_count=count)

    assert len(rows(drawn)) == 10
    assert re.findall(r"and \d+ more", says(drawn)) == more


@EACH
def test_an_admin_s_fullest_home_keeps_to_slack_s_limits(language: str) -> None:
    many = tuple(replace(each, **LONGEST) for each in numbered_templates(500))
    contacts = tuple(
        new_contact(f"5076123{number:04}", scope=Scope.EVERYTHING, since=NOON, added_by=ALICE)
        for number in range(5)
    )
    sends = tuple(planned(each, template_name=LONG, user=BEN) for each in range(1, 11))

    drawn = draw(
        language,
        state=HomeState(2, "a", contacts_page=2, contacts_search="6"),
        sends=tuple(make_send(Status.UNKNOWN, id=SendId(f"V{each}")) for each in range(5)),
        templates=tuple(replace(each, name=f"a{each.id}") for each in many),
        is_admin=True,
        contacts=Page(contacts, 400),
        planned=sends,
        planned_count=1000,
    )

    assert check_view(drawn, kind="home") == []
    assert len(drawn["blocks"]) <= VIEW_BLOCKS
    assert size_of(drawn) < VIEW_BYTES / 2
    left_out = 1000 - len(rows(drawn))
    assert len(rows(drawn)) >= 5
    assert WORDS[language]("home.scheduled.more", count=left_out) in says(drawn)
