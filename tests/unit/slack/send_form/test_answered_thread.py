"""The sentence that says in which thread the outcome will stand."""

import json
from dataclasses import replace
from typing import Any

import pytest

from bot import templates
from bot.slack import send_form
from bot.slack.send_form import answered_thread
from bot.slack.send_form.ids import THREAD
from tests.paths import PAYLOADS
from tests.unit.slack.send_form.form_views import EN, block, view_of
from tests.unit.slack.send_form.template_forms import EMPTY, HOSTILE, PAGO, TODAY, read

AT = "https://acme-support.slack.com/archives/C0SOPORTE01/p1790150000000100"


def body(text: str = "Rosa quiere su cita", **changes: Any) -> dict[str, Any]:
    return {
        "type": "message_action",
        "team": {"id": "T1", "domain": "acme-support"},
        "channel": {"id": "C0SOPORTE01"},
        "message": {"ts": "1790150000.000100", "text": text},
        **changes,
    }


def said(message: str) -> str:
    return EN("form.thread", message=message)


def test_a_message_is_named_by_how_it_begins_and_is_a_link() -> None:
    assert answered_thread.name(body(), EN) == said(f"<{AT}|Rosa quiere su cita>")


def test_slack_s_own_payload_makes_a_link() -> None:
    payload = json.loads((PAYLOADS / "message_shortcut.json").read_text())

    assert "<https://acme-support.slack.com/archives/" in answered_thread.name(payload, EN)


def test_a_reply_leads_to_itself_in_its_thread() -> None:
    reply = {"ts": "1790150000.000100", "thread_ts": "1790140000.000200", "text": "Sí"}

    told = answered_thread.name(body(message=reply), EN)

    assert told == said(f"<{AT}?thread_ts=1790140000.000200&cid=C0SOPORTE01|Sí>")


def test_a_long_message_is_cut_at_a_word() -> None:
    told = answered_thread.name(body("Buenas tardes " * 20), EN)

    assert told.endswith("|Buenas tardes Buenas tardes Buenas tardes Buenas tardes…>")


@pytest.mark.parametrize("text", ["x" * 300, HOSTILE * 10, "a|b <https://e.com|c|d>", "|"])
def test_nothing_of_a_message_comes_alive(text: str) -> None:
    told = answered_thread.name(body(text), EN)

    assert (told.count("<"), told.count(">"), told.count("|")) == (1, 1, 1)
    assert len(told) < 700


@pytest.mark.parametrize("text", ["", " \n "])
def test_a_message_without_words_is_called_this_one(text: str) -> None:
    assert answered_thread.name(body(text), EN) == said(f"<{AT}|{EN('form.thread.message')}>")


@pytest.mark.parametrize(
    "changes", [{"team": None}, {"team": {"domain": "a/b"}}, {"channel": {}}, {"message": {}}]
)
def test_without_an_address_it_is_named_alone(changes: dict[str, Any]) -> None:
    assert "<" not in answered_thread.name(body(**changes), EN)


@pytest.mark.parametrize("template", [None, PAGO], ids=["none", "chosen"])
def test_it_is_still_said_after_a_template_is_chosen(template: templates.Template | None) -> None:
    made = replace(EMPTY, thread=answered_thread.name(body(), EN))
    if template:
        made = made.choosing(template, TODAY)

    again = view_of(read(made))

    assert block(again, THREAD)["elements"][0]["text"] == made.thread
    assert send_form.read(view_of(EMPTY)).thread == ""
