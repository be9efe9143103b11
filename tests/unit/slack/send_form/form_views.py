"""Forms as Slack shows them and hands them in."""

from typing import Any

from bot.demo.slack.input_values import values_of
from bot.demo.slack.messages import escape
from bot.locales import LANGUAGES, load
from bot.phones import Phone, Warn
from bot.sends import Origin
from bot.slack import send_form
from bot.slack.send_form.ids import MORE

WORDS = {language: load(language) for language in LANGUAGES}
EN = WORDS["en"]
PLACE = Origin("C0SOPORTE01", "1790150000.000100", "https://hooks.slack.com/commands/T0/1/abc")
PANAMA = Phone("50761234567", "PA")
COLOMBIA = Phone("573211234567", "CO")


def view_of(made: send_form.Form, language: str = "en") -> dict[str, Any]:
    view: dict[str, Any] = send_form.build(made, WORDS[language])
    return view


def submitted(made: send_form.Form, **changes: dict[str, Any]) -> dict[str, Any]:
    """Return the view as Slack hands it in when it is not touched, but for the changes."""
    view = view_of(made)
    values = values_of(view["blocks"], {}, "C0SOPORTE01")
    for block, value in changes.items():
        values[block]["input"] |= value
    for elements in values.values():
        for each in elements.values():
            if isinstance(each.get("value"), str):
                each["value"] = escape(each["value"])
    return {**view, "id": "V0001", "state": {"values": values}}


def block(view: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in view["blocks"] if each.get("block_id") == name)
    return found


def said(view: dict[str, Any]) -> list[str]:
    """Read what is said beside the fields, but for the line of what few sends need."""
    return [
        each["text"]["text"]
        for each in view["blocks"]
        if each["type"] == "section" and each.get("block_id") != MORE
    ]


ODD = Phone("50755667788", "PA", (Warn.POSSIBLE, Warn.FIXED_LINE))
