"""Blocks and views that Slack takes, and what it says of those that it refuses."""

from typing import Any

Json = dict[str, Any]


def plain(text: str = "x") -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str = "x") -> Json:
    return {"type": "mrkdwn", "text": text}


def option(text: str = "x", value: str = "x", **more: Any) -> Json:
    return {"text": plain(text), "value": value, **more}


def section(**more: Any) -> Json:
    return {"type": "section", "text": mrkdwn(), **more}


def actions(*found: Json) -> Json:
    return {"type": "actions", "elements": list(found)}


def button(**more: Any) -> Json:
    return {"type": "button", "text": plain(), **more}


def field(kind: str, **more: Any) -> Json:
    return {"type": "input", "label": plain(), "element": {"type": kind, **more}}


def modal(*blocks: Json, **more: Any) -> Json:
    return {"type": "modal", "title": plain(), "submit": plain(), "blocks": list(blocks), **more}


DIALOG = {name: plain() for name in ("title", "text", "confirm", "deny")}
SELECTS = ("static_select", "multi_static_select", "radio_buttons", "checkboxes")
GOOD = [
    modal(),
    modal(close=plain(), callback_id="a", notify_on_close=True, private_metadata="x" * 3000),
    modal(*(field(kind, options=[option()]) for kind in SELECTS)),
    modal(field("static_select", options=[option("a")], initial_option=option("a"))),
    modal(field("number_input", is_decimal_allowed=False, min_value="1", max_value="2.5")),
    modal(field("plain_text_input", multiline=True, min_length=1, max_length=3000)),
    modal(field("rich_text_input", action_id="a"), field("file_input", filetypes=["csv"])),
    modal(section(accessory=button(confirm=DIALOG, style="danger"), fields=[plain()])),
    modal({"type": "header", "text": plain()}, {"type": "divider"}, actions(button(url="x"))),
    modal({"type": "context", "elements": [mrkdwn(), plain()]}),
    modal(
        {"type": "alert", "text": mrkdwn(), "level": "warning"}, {"type": "alert", "text": plain()}
    ),
    modal({"type": "image", "image_url": "https://a.example/b.png", "alt_text": "b"}),
    modal(section(accessory={"type": "overflow", "options": [option(url="https://a.example")]})),
    {"type": "home", "blocks": [field("plain_text_input")]},
]
WORDS: list[tuple[Json, str]] = [
    (modal(submit=None) | {"blocks": [field("plain_text_input")]}, "must define `submit`"),
    (modal({"type": "alert", "text": mrkdwn("x" * 201)}), "must be less than 201 characters"),
    (modal({"type": "alert", "text": mrkdwn(), "level": "loud"}), "must be a valid enum value"),
    (modal(title=plain("")), "must be more than 0 characters [json-pointer:/view/title/text]"),
    (modal(title=mrkdwn()), "unsupported type: mrkdwn [json-pointer:/view/title/type]"),
    ({"type": "modal", "blocks": []}, "missing required field: title [json-pointer:/view]"),
    (modal(submit_text="x"), "invalid additional property: submit_text [json-pointer:/view]"),
    (modal(private_metadata="x" * 3001), "must be less than 3001 characters"),
    (modal(callback_id="x" * 256), "must be less than 256 characters"),
    (modal(callback_id=5), "must provide a string"),
    (modal(notify_on_close="yes"), "must provide a boolean"),
    (modal(*[{"type": "divider"}] * 101), "no more than 100 items allowed"),
    (modal({"type": "markdown", "text": "x"}), "unsupported type: markdown"),
    (modal({"type": "dance"}), "unsupported type: dance [json-pointer:/view/blocks/0/type]"),
    (modal({"block_id": "x"}), "missing required field: type [json-pointer:/view/blocks/0]"),
    (modal() | {"blocks": ["text"]}, "must provide an object [json-pointer:/view/blocks/0]"),
    (modal(actions(button(confirm="sure"))), "must provide an object"),
    (modal() | {"blocks": "none"}, "must provide an array"),
    (modal(section(text=plain("x" * 3001))), "must be less than 3001 characters"),
    (modal(section(fields=[plain()] * 11)), "no more than 10 items allowed"),
    (modal({"type": "section"}), "must define either `text` or `fields`"),
    (modal({"type": "header", "text": plain("x" * 151)}), "must be less than 151 characters"),
    (modal(actions()), "no fewer than 1 items allowed"),
    (modal(actions(*[button()] * 26)), "no more than 25 items allowed"),
    (modal(actions(button(action_id="a"), button(action_id="a"))), "action_id already exists"),
    (modal(actions(button(style="bright"))), "must be a valid enum value"),
    (modal(actions(button(value="x" * 2001))), "must be less than 2001 characters"),
    (modal(actions(button(text=plain("x" * 76)))), "must be less than 76 characters"),
    (modal(actions(button(confirm=DIALOG | {"title": plain("x" * 101)}))), "less than 101"),
    (modal(actions(button(confirm=DIALOG | {"text": mrkdwn()}))), "mrkdwn"),
    (modal(actions({"type": "plain_text_input"})), "unsupported type: plain_text_input"),
    (modal(field("button", text=plain())), "unsupported type: button"),
    (modal(field("number_input")), "missing required field: is_decimal_allowed"),
    (modal(field("number_input", is_decimal_allowed=True, min_value=5)), "must provide a string"),
    (modal(field("number_input", is_decimal_allowed=True, min_value="a")), "valid number"),
    (
        modal(field("number_input", is_decimal_allowed=True, min_value="3", max_value="2")),
        "`min_value` must not be greater than `max_value`",
    ),
    (modal(field("plain_text_input", max_length=3001)), "must be less than 3001"),
    (modal(field("plain_text_input", max_length=0)), "must be more than 0"),
    (modal(field("plain_text_input", max_length="9")), "must provide an integer"),
    (modal(field("plain_text_input", min_length=3, max_length=2)), "`min_length` must not"),
    (modal(field("plain_text_input", placeholder=plain("x" * 151))), "less than 151"),
    (modal(field("static_select", options=[])), "no fewer than 1 items"),
    (modal(field("static_select", options=[option()] * 101)), "no more than 100 items"),
    (modal(field("static_select", options=[option(value="x" * 151)])), "less than 151"),
    (modal(field("static_select")), "must define either `options` or `option_groups`"),
    (
        modal(field("static_select", options=[option("a")], initial_option=option("b"))),
        "must exactly match",
    ),
    (modal(field("checkboxes", options=[option()] * 11)), "no more than 10 items"),
    (modal(field("datetimepicker", initial_date_time=5)), "must be more than"),
    (modal(field("file_input", max_files=11)), "must be less than 11"),
    (modal(field("file_input") | {"dispatch_action": True}), "`dispatch_action` is not allowed"),
    (modal(field("rich_text_input")), "missing required field: action_id"),
    (
        modal(*[field("plain_text_input", focus_on_load=True)] * 2),
        "only one element may have `focus_on_load`",
    ),
]
