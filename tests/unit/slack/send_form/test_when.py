"""When a send goes out, as the form asks, shows and reads it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot import time_zones
from bot.errors import Problem
from bot.locales import load
from bot.policy.gate import Reason, Verdict
from bot.send_draft import NumberRules
from bot.slack.platform import payloads
from bot.slack.send_form import field_errors, when
from bot.slack.send_form.when import KEEP, NOW, When
from bot.times import Ask, Asker, Cut, Mistake, Moment, resolve

PANAMA = "America/Panama"
EN = load("en")
AT = datetime(2026, 3, 14, 14, 15, tzinfo=UTC)  # a Saturday, 9:15 in Panama, 11:15 in Montevideo
LATER = AT + timedelta(days=7)
RULES = NumberRules("PA")


def moment(at: datetime, zone: str = PANAMA) -> Moment:
    found = time_zones.find(zone)
    assert found
    return resolve(at.astimezone(found).replace(tzinfo=None), found)


def quiet(until: datetime | None) -> Reason:
    values = {"until": until.isoformat()} if until else {}
    return Reason(
        Verdict.CONFIRM, "quiet.hours", "send", ("quiet", "1"), values=values, until=until or AT
    )


def state_of(block: dict[str, Any], value: str = "") -> dict[str, Any]:
    chosen = {"value": value} if value else block["element"].get("initial_option")
    return {block["block_id"]: {"type": "radio_buttons", "selected_option": chosen}}


def test_a_time_in_a_command_is_the_one_to_send_at() -> None:
    found, note = when.of_command(Cut("x", "at 9:15", moment(AT)))

    assert (found, note) == (When(AT), None)


@pytest.mark.parametrize(
    "reading",
    [
        Ask(Problem("send_at", "time.ask.half", {"words": "9"}), (moment(AT), moment(LATER))),
        Mistake(Problem("send_at", "time.past", {"time": "9"}), (moment(AT), moment(LATER))),
    ],
    ids=["question", "mistake"],
)
def test_what_is_not_clear_is_asked_and_nothing_is_chosen(reading: Ask | Mistake) -> None:
    found, _ = when.of_command(Cut("x", "at 9", reading))

    (block,) = when.ask(found, EN)

    assert found.at is None
    assert "initial_option" not in block["element"]
    values = [each["value"] for each in block["element"]["options"]]
    assert values == [str(int(AT.timestamp())), str(int(LATER.timestamp())), KEEP]
    assert not block.get("optional")


def test_a_mistake_that_has_nothing_instead_must_be_answered_too() -> None:
    found, _ = when.of_command(
        Cut("x", "hoy 8:00", Mistake(Problem("send_at", "time.past", {"time": "8:00"})))
    )

    (block,) = when.ask(found, EN)

    assert [each["value"] for each in block["element"]["options"]] == [KEEP]
    assert "initial_option" not in block["element"]


def test_a_command_without_a_time_goes_at_once() -> None:
    assert when.of_command(None) == (NOW, None)
    assert [*when.ask(NOW, EN)] == []
    assert NOW.send_at() is None


def test_both_clocks_are_shown() -> None:
    shown = when.placed(When(AT), PANAMA, "+59894231234", RULES)

    (block,) = when.line(shown, EN)

    assert block["elements"][0]["text"] == (
        ":alarm_clock: Goes out *Saturday, March 14, 9:15 AM* (Panama)"
        " · where the customer is: Saturday, March 14, 11:15 AM (Montevideo)"
    )


@pytest.mark.parametrize(
    "phone", ["+50761234567", "+573211234567", "", "no number", "+1 201 555 0123 / 2"]
)
def test_a_clock_that_nobody_knows_or_that_is_the_same_is_not_shown(phone: str) -> None:
    shown = when.placed(When(AT), PANAMA, phone, RULES)

    (block,) = when.line(shown, EN)

    assert "customer" not in block["elements"][0]["text"]


def test_the_moment_is_kept_with_its_wall_time_and_zone() -> None:
    kept = when.placed(When(AT), PANAMA, "", RULES).send_at()

    assert kept is not None
    assert (kept.instant, kept.zone, kept.rules) == (AT, PANAMA, time_zones.version())
    assert kept.wall == datetime(2026, 3, 14, 9, 15)  # noqa: DTZ001 - what a clock shows


def test_the_end_of_quiet_hours_is_chosen_beside_right_away() -> None:
    asked = when.instead_of_quiet(NOW, [quiet(AT)])

    (block,) = when.ask(asked, EN)

    element = block["element"]
    assert element["initial_option"]["value"] == str(int(AT.timestamp()))
    assert [each["text"]["text"] for each in element["options"]][1:] == ["Right away"]
    assert when.read({}, state_of(block)).at == AT
    assert when.read({}, state_of(block, KEEP)) == NOW


def test_quiet_hours_that_do_not_end_offer_nothing() -> None:
    assert when.instead_of_quiet(NOW, [quiet(None)]) == NOW


def test_who_had_chosen_a_time_may_keep_it() -> None:
    asked = when.instead_of_quiet(When(LATER), [quiet(AT)])
    (block,) = when.ask(asked, EN)
    picked = {"send_at": {"selected_date_time": int(LATER.timestamp())}}

    assert when.read(calendar(LATER), {**state_of(block, KEEP), **picked}).at == LATER
    assert when.read(calendar(LATER), {**state_of(block), **picked}).at == AT


def test_a_question_that_is_open_is_asked_again_after_a_redraw() -> None:
    found = When(choices=(AT, LATER), question=Problem("send_at", "time.ask.half", {"words": "9"}))
    (block,) = when.ask(found, EN)
    untouched = {"send_at_choice": {"type": "radio_buttons", "selected_option": None}}

    again = when.read({"blocks": [block]}, untouched)

    assert again.is_asked
    assert again.choices == (AT, LATER)


@pytest.mark.parametrize("picked", [None, "soon", 1.5, True])
def test_what_no_calendar_sends_is_no_time(picked: object) -> None:
    state = {"send_at": {"selected_date_time": picked}}

    assert when.read({}, payloads.state({"state": {"values": {"send_at": {"x": state}}}})) == NOW


@pytest.mark.parametrize(
    ("now", "key"),
    [
        (AT - timedelta(minutes=1), ""),
        (AT, "time.past"),
        (AT + timedelta(days=1), "time.past"),
        (AT - timedelta(days=90), ""),
        (AT - timedelta(days=90, seconds=1), "time.too_far"),
    ],
)
def test_a_form_ages(now: datetime, key: str) -> None:
    asker = Asker(now, ZoneInfo(PANAMA), "es")

    problem = when.check(When(AT, zone=PANAMA), asker)

    assert (problem.key if problem else "") == key
    assert problem is None or problem.field == "send_at"


def calendar(at: datetime | None) -> dict[str, Any]:
    drawn = [*when.draw(When(at), EN)]
    return {"blocks": drawn}


def test_what_is_picked_after_a_question_answers_it() -> None:
    asked = when.instead_of_quiet(When(AT), [quiet(LATER)])
    (block,) = when.ask(asked, EN)
    picked = AT + timedelta(hours=8)
    state = {**state_of(block), "send_at": {"selected_date_time": int(picked.timestamp())}}

    assert when.read({"blocks": [block, *calendar(AT)["blocks"]]}, state).at == picked


def test_what_was_proposed_in_the_calendar_does_not_answer_a_question() -> None:
    asked = when.instead_of_quiet(When(AT), [quiet(LATER)])
    (block,) = when.ask(asked, EN)
    state = {**state_of(block), "send_at": {"selected_date_time": int(AT.timestamp())}}

    assert when.read({"blocks": [block, *calendar(AT)["blocks"]]}, state).at == LATER


def test_another_moment_has_another_calendar() -> None:
    actions = {
        block["element"]["action_id"]
        for at in (None, AT, LATER)
        for block in calendar(at)["blocks"]
        if block["type"] == "input"
    }

    assert len(actions) == 3
    assert all(each.startswith("choose_time") for each in actions)


@pytest.mark.parametrize(
    ("there", "field"),
    [
        (("send_at", "send_at_choice", "template"), "send_at"),
        (("send_at_choice", "template", "phone"), "send_at_choice"),
        (("template", "phone"), "template"),
        (("phone",), "phone"),
    ],
)
def test_what_is_wrong_is_said_at_a_field_that_is_there(there: tuple[str, ...], field: str) -> None:
    view = {"blocks": [{"type": "input", "block_id": each} for each in there]}

    (found,) = field_errors.at_fields(view, [Problem("send_at", "time.past")])

    assert (found.field, found.key) == (field, "time.past")
