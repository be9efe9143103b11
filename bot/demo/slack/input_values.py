"""What a person types or picks: how it stands in state.values, and what Slack's client refuses."""

import datetime
import re
from collections.abc import Iterator, Sequence
from typing import Literal

from bot.demo.slack.blocks import elements
from bot.demo.slack.errors import Impossible, Json

Values = dict[str, dict[str, Json]]
Untouched = Literal["empty", "null", "missing"]
"""How a `file_input` stands in the state that nobody touched: Slack's documentation is silent."""

KEYS = {
    "plain_text_input": "value",
    "number_input": "value",
    "email_text_input": "value",
    "url_text_input": "value",
    "rich_text_input": "rich_text_value",
    "static_select": "selected_option",
    "external_select": "selected_option",
    "radio_buttons": "selected_option",
    "users_select": "selected_user",
    "conversations_select": "selected_conversation",
    "channels_select": "selected_channel",
    "multi_static_select": "selected_options",
    "multi_external_select": "selected_options",
    "checkboxes": "selected_options",
    "multi_users_select": "selected_users",
    "multi_conversations_select": "selected_conversations",
    "multi_channels_select": "selected_channels",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
    "file_input": "files",
}
"""Where an element's value stands in its state; an element that is not here has none."""

LISTS = frozenset(
    {
        "selected_options",
        "selected_users",
        "selected_conversations",
        "selected_channels",
        "files",
    }
)
MOST_FILES = 10
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
URL = re.compile(r"https?://[^\s.]+\.\S+|https?://localhost\S*")


def stateful(blocks: Sequence[Json]) -> Iterator[tuple[Json, Json]]:
    """Give every block and element that hold a value."""
    for block in blocks:
        for element in elements(block):
            if element["type"] in KEYS:
                yield block, element


def _initial(element: Json, current: str | None) -> object:
    key = KEYS[element["type"]]
    name = "initial_value" if key.endswith("value") else key.replace("selected", "initial")
    if name in element:
        return element[name]
    if element.get("default_to_current_conversation") and current:
        return [current] if key in LISTS else current
    return [] if key in LISTS else None


def state(element: Json, value: object) -> Json:
    """Write one value as the payloads do."""
    told: Json = {"type": element["type"], KEYS[element["type"]]: value}
    if element["type"] == "timepicker" and "timezone" in element:
        told["timezone"] = element["timezone"]
    return told


def values_of(blocks: Sequence[Json], kept: Values, current: str | None = None) -> Values:
    """Build state.values: what was typed where block_id, action_id and type stayed, else the start.

    A choice that is no longer offered does not stay.
    """
    values: Values = {}
    for block, element in stateful(blocks):
        was = kept.get(block["block_id"], {}).get(element["action_id"])
        if was is None or was["type"] != element["type"] or _gone(element, was):
            was = state(element, _initial(element, current))
        values.setdefault(block["block_id"], {})[element["action_id"]] = was
    return values


def with_untouched(values: Values, untouched: Untouched) -> Values:
    """Write the file inputs that nobody touched in one of the ways that Slack may do it."""
    return {
        block: {action: _untouched(one, untouched) for action, one in inside.items()}
        for block, inside in values.items()
    }


def _untouched(told: Json, untouched: Untouched) -> Json:
    if told["type"] != "file_input" or told["files"]:
        return told
    if untouched == "missing":
        return {"type": "file_input"}
    return {**told, "files": None if untouched == "null" else []}


def _gone(element: Json, was: Json) -> bool:
    if "options" not in element and "option_groups" not in element:
        return False
    chosen = was[KEYS[element["type"]]]
    chosen = chosen if isinstance(chosen, list) else [chosen]
    return any(one is not None and one not in offered(element) for one in chosen)


def offered(element: Json) -> list[Json]:
    """Give all options of an element, those in groups too."""
    groups = element.get("option_groups") or []
    return [*(element.get("options") or []), *(o for g in groups for o in g["options"])]


def pick(options: Sequence[Json], wanted: object) -> Json:
    """Find the option that a person means: by its text, its value, or the whole option."""
    for one in options:
        if wanted in (one, one["value"], one["text"]["text"]):
            return one
    shown = ", ".join(one["text"]["text"] for one in options) or "nothing"
    raise Impossible(f"{wanted!r} is not offered, only: {shown}")


def typed(element: Json, value: object) -> object:
    """Turn what a test says into the value that the client holds for this element."""
    kind = element["type"]
    key = KEYS[kind]
    if "options" in element or "option_groups" in element:
        return _choice(element, value)
    if key in LISTS:
        if isinstance(value, list) or (isinstance(value, tuple) and key != "files"):
            return list(value)
        return [value] if value else []
    if value is None or value == "":
        return None
    if kind == "rich_text_input" and isinstance(value, str):
        section = {"type": "rich_text_section", "elements": [{"type": "text", "text": value}]}
        return {"type": "rich_text", "elements": [section]}
    return str(value) if key == "value" else _moment(value)


def _moment(value: object) -> object:
    """Write dates and times as Slack does; what already is as Slack has it stays."""
    if isinstance(value, datetime.datetime):
        return int(value.timestamp())
    if isinstance(value, datetime.date):
        return value.isoformat()
    return f"{value:%H:%M}" if isinstance(value, datetime.time) else value


def _choice(element: Json, value: object) -> object:
    options = offered(element)
    if KEYS[element["type"]] not in LISTS:
        return None if value is None else pick(options, value)
    if value is True:
        return options
    wanted = list(value) if isinstance(value, list | tuple | set) else [value] if value else []
    return [pick(options, one) for one in wanted]


def refused(blocks: Sequence[Json], values: Values) -> dict[str, str]:
    """Name what Slack's client refuses before the bot hears of the submission."""
    errors: dict[str, str] = {}
    for block, element in stateful(blocks):
        if block["type"] != "input":
            continue
        value = values[block["block_id"]][element["action_id"]][KEYS[element["type"]]]
        if value is None or value in ("", []):
            if not block.get("optional"):
                errors[block["block_id"]] = "Please complete this required field."
        elif trouble := _wrong(element, value):
            errors[block["block_id"]] = trouble
    return errors


def _wrong(element: Json, value: object) -> str | None:
    kind = element["type"]
    words = None
    if kind == "number_input":
        words = _wrong_number(element, str(value))
    elif kind == "email_text_input" and not EMAIL.fullmatch(str(value)):
        words = "Please enter a valid email address."
    elif kind == "url_text_input" and not URL.fullmatch(str(value)):
        words = "Please enter a valid URL."
    elif kind == "plain_text_input":
        words = _wrong_length(element, len(str(value)))
    elif isinstance(value, list):
        limit = element.get("max_selected_items", len(value))
        limit = element.get("max_files", MOST_FILES) if kind == "file_input" else limit
        words = f"Please choose no more than {limit}." if len(value) > limit else None
    return words


def _wrong_length(element: Json, length: int) -> str | None:
    low, high = element.get("min_length", 0), element.get("max_length", 3000)
    if length < low:
        return f"Please enter at least {low} characters."
    return f"Please enter no more than {high} characters." if length > high else None


def _wrong_number(element: Json, value: str) -> str | None:
    whole = not element["is_decimal_allowed"]
    if not re.fullmatch(r"-?\d+" if whole else r"-?\d+(\.\d+)?", value):
        return "Please enter a whole number." if whole else "Please enter a number."
    number = float(value)
    if "min_value" in element and number < float(element["min_value"]):
        return f"Please enter a number of at least {element['min_value']}."
    if "max_value" in element and number > float(element["max_value"]):
        return f"Please enter a number of at most {element['max_value']}."
    return None
