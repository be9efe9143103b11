"""What speaks against a send, on top of its form; and Slack's own blocks for it, where it takes them."""

from dataclasses import replace
from typing import Any

from bot.demo.slack.blockkit import check_view
from bot.errors import Problem
from bot.locales import load
from bot.policy.gate import Reason, Verdict
from bot.slack import send_form
from bot.slack.send_form import confirmation
from bot.slack.send_form.confirmation import ALERT_LIMIT, MOST_VIEWS, Alerts
from bot.submission import Refused
from tests.unit.slack.send_form.template_forms import EMPTY

EN = load("en")
STOPPED = Reason(
    Verdict.REFUSE,
    "refused.do_not_contact",
    values={"since": "2026-05-03"},
    helpers=("U0CARLA0001",),
)
ASKED = replace(EMPTY, reasons=(STOPPED,))


def top(form: send_form.Form) -> dict[str, Any]:
    view = send_form.build(form, EN)
    assert check_view(view, kind="modal") == []
    first: dict[str, Any] = view["blocks"][0]
    return first


def test_it_is_an_alert_on_top_with_who_can_help() -> None:
    block = top(ASKED)

    assert (block["type"], block["level"]) == ("alert", "error")
    assert "<@U0CARLA0001>" in block["text"]["text"]


def test_what_is_too_long_for_an_alert_is_a_section() -> None:
    many = replace(STOPPED, helpers=tuple(f"U0CARLA{n:04}" for n in range(9)))

    block = top(replace(EMPTY, reasons=(many,)))

    assert block["type"] == "section"
    assert len(block["text"]["text"]) > ALERT_LIMIT


def test_where_slack_takes_no_alert_it_is_a_section_from_then_on() -> None:
    alerts, view = Alerts(), {"id": "V1", "hash": "1"}
    alerts.look(view)
    first = alerts.answer(view, ASKED)
    alerts.look(view)  # it stands as it was: Slack did not take the answer
    second = alerts.answer(view, ASKED)

    assert top(first)["type"] == "alert"
    assert top(second)["type"] == "section"
    assert alerts.are_refused


def test_a_form_that_was_drawn_anew_says_that_slack_takes_them() -> None:
    alerts = Alerts()
    for number in range(MOST_VIEWS + 2):
        view = {"id": f"V{number}", "hash": "1"}
        alerts.look(view)
        alerts.answer(view, ASKED)
        alerts.look({**view, "hash": "2"})
        alerts.answer({**view, "hash": "2"}, ASKED)

    assert not alerts.are_refused
    assert top(alerts.answer({"id": "V", "hash": "3"}, ASKED))["type"] == "alert"


def test_what_the_person_can_mend_is_told_at_its_field() -> None:
    assert confirmation.refused(EMPTY, Refused((Problem("phone", "phone.empty"),))) is None


def test_what_refuses_can_not_be_overridden() -> None:
    view = send_form.build(ASKED, EN)

    assert view["submit"]["text"] == EN("form.submit")
