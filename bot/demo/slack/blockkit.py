"""Block Kit's rules as tables: which fields there are, how long they may be, what goes where.

The sources of the numbers stand in FIDELITY.md.
"""

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator

from bot.demo.slack import data_table
from bot.demo.slack.blocks import elements
from bot.demo.slack.errors import Json
from bot.demo.slack.schema import (
    Check,
    Found,
    Problem,
    anything,
    boolean,
    by_type,
    enum,
    integer,
    items,
    numeral,
    record,
    string,
)

MESSAGE_BLOCKS, VIEW_BLOCKS, VIEW_BYTES = 50, 100, 250_000

TYPE = {"type": string(255)}
ID = string(255)


def text(limit: int, *kinds: str) -> Check:
    """Build the rule of a text object of some kinds, plain_text if none is named."""
    allowed = frozenset(kinds or ("plain_text",))
    body = {**TYPE, "text": string(limit, 1)}
    table = {
        "plain_text": record(body, {"emoji": boolean}),
        "mrkdwn": record(body, {"verbatim": boolean}),
    }
    return by_type(table, allowed)


ANY_TEXT = ("plain_text", "mrkdwn")
PLACEHOLDER = text(150)
CONFIRM = record(
    {"title": text(100), "text": text(300), "confirm": text(30), "deny": text(30)},
    {"style": enum("primary", "danger")},
)
RICH_OPTION = record(
    {"text": text(75, *ANY_TEXT), "value": string(150)}, {"description": text(75, *ANY_TEXT)}
)
OPTION = record({"text": text(75), "value": string(150)}, {"description": text(75)})
URL_OPTION = record(
    {"text": text(75), "value": string(150)}, {"description": text(75), "url": string(3000)}
)
OPTIONS = items(OPTION, 1, 100)
GROUPS = items(record({"label": text(75), "options": OPTIONS}, {}), 1, 100)
FILTER = record(
    {},
    {
        "include": items(enum("im", "mpim", "private", "public"), 1, 4),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
)
DISPATCH = record(
    {},
    {"trigger_actions_on": items(enum("on_enter_pressed", "on_character_entered"), 1, 2)},
)
COMMON: dict[str, Check] = {"action_id": ID, "confirm": CONFIRM, "focus_on_load": boolean}
FIELD: dict[str, Check] = {"action_id": ID, "placeholder": PLACEHOLDER, "focus_on_load": boolean}
TYPED = {**FIELD, "dispatch_action_config": DISPATCH}
CHOSEN = {**COMMON, "placeholder": PLACEHOLDER}
MANY = {**CHOSEN, "max_selected_items": integer(1, 100)}
IDS = items(string(255), 0, 100)
STATIC: dict[str, Check] = {"options": OPTIONS, "option_groups": GROUPS}
QUERY = {"min_query_length": integer(0, 100)}
CONVERSATION: dict[str, Check] = {
    "default_to_current_conversation": boolean,
    "filter": FILTER,
}
ANSWERABLE: dict[str, Check] = {"response_url_enabled": boolean}
OPTION_LIST = items(OPTION, 1, 100)
BOX_OPTIONS = items(RICH_OPTION, 1, 10)

ELEMENTS: dict[str, Check] = {
    "button": record(
        {**TYPE, "text": text(75)},
        {
            "action_id": ID,
            "url": string(3000),
            "value": string(2000),
            "style": enum("primary", "danger"),
            "confirm": CONFIRM,
            "accessibility_label": string(75),
        },
    ),
    "plain_text_input": record(
        TYPE,
        {
            **TYPED,
            "initial_value": string(3000),
            "multiline": boolean,
            "min_length": integer(0, 3000),
            "max_length": integer(1, 3000),
        },
    ),
    "number_input": record(
        {**TYPE, "is_decimal_allowed": boolean},
        {**TYPED, "initial_value": numeral, "min_value": numeral, "max_value": numeral},
    ),
    "email_text_input": record(TYPE, {**TYPED, "initial_value": string(3000)}),
    "url_text_input": record(TYPE, {**TYPED, "initial_value": string(3000)}),
    "rich_text_input": record({**TYPE, "action_id": ID}, {**TYPED, "initial_value": anything}),
    "static_select": record(TYPE, {**CHOSEN, **STATIC, "initial_option": OPTION}),
    "external_select": record(TYPE, {**CHOSEN, **QUERY, "initial_option": OPTION}),
    "users_select": record(TYPE, {**CHOSEN, "initial_user": string(255)}),
    "conversations_select": record(
        TYPE, {**CHOSEN, **CONVERSATION, **ANSWERABLE, "initial_conversation": string(255)}
    ),
    "channels_select": record(TYPE, {**CHOSEN, **ANSWERABLE, "initial_channel": string(255)}),
    "multi_static_select": record(TYPE, {**MANY, **STATIC, "initial_options": OPTION_LIST}),
    "multi_external_select": record(TYPE, {**MANY, **QUERY, "initial_options": OPTION_LIST}),
    "multi_users_select": record(TYPE, {**MANY, "initial_users": IDS}),
    "multi_conversations_select": record(
        TYPE, {**MANY, **CONVERSATION, "initial_conversations": IDS}
    ),
    "multi_channels_select": record(TYPE, {**MANY, "initial_channels": IDS}),
    "checkboxes": record(
        {**TYPE, "options": BOX_OPTIONS}, {**COMMON, "initial_options": BOX_OPTIONS}
    ),
    "radio_buttons": record(
        {**TYPE, "options": BOX_OPTIONS}, {**COMMON, "initial_option": RICH_OPTION}
    ),
    "overflow": record(
        {**TYPE, "options": items(URL_OPTION, 1, 5)}, {"action_id": ID, "confirm": CONFIRM}
    ),
    "datepicker": record(TYPE, {**CHOSEN, "initial_date": string(10, 10)}),
    "timepicker": record(TYPE, {**CHOSEN, "initial_time": string(5, 5), "timezone": string(255)}),
    "datetimepicker": record(TYPE, {**COMMON, "initial_date_time": integer(10**9, 10**10 - 1)}),
    "file_input": record(
        TYPE,
        {
            "action_id": ID,
            "filetypes": items(string(255), 1, 100),
            "max_files": integer(1, 10),
        },
    ),
    "image": record(
        {**TYPE, "alt_text": string(2000)}, {"image_url": string(3000), "slack_file": anything}
    ),
}
INPUTS_ONLY = frozenset(
    {
        "plain_text_input",
        "number_input",
        "email_text_input",
        "url_text_input",
        "rich_text_input",
        "file_input",
    }
)
IN_INPUT = frozenset(ELEMENTS) - {"button", "overflow", "image"}
IN_SECTION = frozenset(ELEMENTS) - INPUTS_ONLY
IN_ACTIONS = IN_SECTION - {"image"}

CONTEXT = {"image": ELEMENTS["image"]} | dict.fromkeys(ANY_TEXT, text(3000, *ANY_TEXT))
BLOCK = {"block_id": ID}

BLOCKS: dict[str, Check] = {
    "alert": record(
        {**TYPE, "text": text(200, *ANY_TEXT)},
        {**BLOCK, "level": enum("default", "info", "warning", "error", "success")},
    ),
    "actions": record({**TYPE, "elements": items(by_type(ELEMENTS, IN_ACTIONS), 1, 25)}, BLOCK),
    "context": record({**TYPE, "elements": items(by_type(CONTEXT), 1, 10)}, BLOCK),
    "divider": record(TYPE, BLOCK),
    "header": record({**TYPE, "text": text(150)}, BLOCK),
    "image": record(
        {**TYPE, "alt_text": string(2000)},
        {**BLOCK, "image_url": string(3000), "slack_file": anything, "title": text(2000)},
    ),
    "input": record(
        {**TYPE, "label": text(2000), "element": by_type(ELEMENTS, IN_INPUT)},
        {**BLOCK, "hint": text(2000), "optional": boolean, "dispatch_action": boolean},
    ),
    "markdown": record({**TYPE, "text": string(12_000, 1)}, BLOCK),
    "rich_text": record({**TYPE, "elements": items(anything, 1, 1000)}, BLOCK),
    "section": record(
        TYPE,
        {
            **BLOCK,
            "text": text(3000, *ANY_TEXT),
            "fields": items(text(2000, *ANY_TEXT), 1, 10),
            "accessory": by_type(ELEMENTS, IN_SECTION),
            "expand": boolean,
        },
    ),
    "table": record(
        {**TYPE, "rows": items(items(anything, 1, 20), 1, 100)},
        {**BLOCK, "column_settings": anything},
    ),
    "data_table": data_table.rule(BLOCK),
}
IN_MESSAGE = frozenset(BLOCKS) - {"alert"}
IN_MODAL = frozenset(BLOCKS) - {"markdown", "table", "data_table"}
IN_HOME = IN_MODAL - {"alert"}

SHARED: dict[str, Check] = {
    "callback_id": ID,
    "external_id": ID,
    "private_metadata": string(3000),
}
VIEWS: dict[str, Check] = {
    "modal": record(
        {
            **TYPE,
            "title": text(24),
            "blocks": items(by_type(BLOCKS, IN_MODAL), 0, VIEW_BLOCKS),
        },
        {
            **SHARED,
            "submit": text(24),
            "close": text(24),
            "clear_on_close": boolean,
            "notify_on_close": boolean,
        },
    ),
    "home": record({**TYPE, "blocks": items(by_type(BLOCKS, IN_HOME), 0, VIEW_BLOCKS)}, SHARED),
}


def check_view(view: object, *, kind: str) -> list[Problem]:
    """Name everything that Slack would refuse in a view of this kind (modal or home)."""
    found: Found = []
    by_type(VIEWS, frozenset({kind}))(view, "/view", found)
    if isinstance(view, dict) and isinstance(view.get("blocks"), list):
        found += _together(view["blocks"], "/view/blocks")
        if kind == "modal" and not view.get("submit"):
            found += [
                Problem("must define `submit` to use an `input` block in modals", "/view")
                for _, block in _blocks(view["blocks"], "input")
            ][:1]
    return found


def check_blocks(
    blocks: object, at: str = "/blocks", *, unknown: Collection[str] = ()
) -> list[Problem]:
    """Name everything that Slack would refuse in a message's blocks; `unknown` are kinds it lacks."""
    found: Found = []
    items(by_type(BLOCKS, IN_MESSAGE.difference(unknown)), 0, MESSAGE_BLOCKS)(blocks, at, found)
    if isinstance(blocks, list):
        found += _together(blocks, at)
        if len(list(_blocks(blocks, "table"))) > 1:
            found.append(Problem("only_one_table_allowed", at))
        tables = [block for _, block in _blocks(blocks, "data_table")]
        found += data_table.problem_of_size(tables, at)
    return found


def size_of(view: Json) -> int:
    """Count the bytes of a view as it is sent."""
    return len(json.dumps(view, ensure_ascii=False).encode())


def _blocks(blocks: Iterable[object], kind: str | None = None) -> Iterator[tuple[int, Json]]:
    for i, block in enumerate(blocks):
        if isinstance(block, dict) and kind in {None, block.get("type")}:
            yield i, block


def _together(blocks: list[object], at: str) -> Iterator[Problem]:
    """Check what no single field shows: ids that repeat, values that contradict each other."""
    seen: set[object] = {None, ""}
    focused = 0
    for i, block in _blocks(blocks):
        name = block.get("block_id")
        if name in seen and name:
            yield Problem(f"block_id already exists: {name}", f"{at}/{i}/block_id")
        seen.add(name if isinstance(name, str) else None)
        yield from (Problem(words, f"{at}/{i}") for words in _inside(block))
        focused += sum(bool(one.get("focus_on_load")) for one in elements(block))
    if focused > 1:
        yield Problem("only one element may have `focus_on_load`", at)


def _inside(block: Json) -> Iterator[str]:
    found = [one for one in elements(block) if isinstance(one.get("type"), str)]
    actions = Counter(one["action_id"] for one in found if one.get("action_id"))
    yield from (f"action_id already exists: {one}" for one, times in actions.items() if times > 1)
    for element in found:
        yield from filter(None, (rule(block, element) for rule in TOGETHER))
    if block.get("type") == "data_table":
        yield from data_table.together(block)
    if block.get("type") == "section" and not (block.get("text") or block.get("fields")):
        yield "must define either `text` or `fields`"


def _options(element: Json) -> list[object]:
    groups = element.get("option_groups") or []
    inner = [one for group in groups if isinstance(group, dict) for one in group.get("options", [])]
    return [*(element.get("options") or []), *inner]


def _initial_is_offered(_: Json, element: Json) -> str | None:
    if element["type"] not in {
        "static_select",
        "multi_static_select",
        "checkboxes",
        "radio_buttons",
    }:
        return None
    chosen = [element.get("initial_option"), *(element.get("initial_options") or [])]
    offered = [_essence(one) for one in _options(element)]
    if any(one is not None and _essence(one) not in offered for one in chosen):
        return "initial option must exactly match one of the options"
    return None


def _essence(option: object) -> object:
    """Compare options without the defaults that Slack fills in."""
    if isinstance(option, dict):
        kept = {k: v for k, v in option.items() if k not in {"emoji", "verbatim"}}
        return {k: _essence(v) for k, v in kept.items()}
    return option


def _has_options(_: Json, element: Json) -> str | None:
    if element["type"] not in {"static_select", "multi_static_select"}:
        return None
    if ("options" in element) == ("option_groups" in element):
        return "must define either `options` or `option_groups`"
    return None


def _range(_: Json, element: Json) -> str | None:
    for low, high in (("min_length", "max_length"), ("min_value", "max_value")):
        try:
            if float(element[low]) > float(element[high]):
                return f"`{low}` must not be greater than `{high}`"
        except (KeyError, TypeError, ValueError):
            continue
    return None


def _dispatch(block: Json, element: Json) -> str | None:
    if element["type"] == "file_input" and block.get("dispatch_action"):
        return "`dispatch_action` is not allowed with `file_input`"
    return None


TOGETHER: tuple[Callable[[Json, Json], str | None], ...] = (
    _initial_is_offered,
    _has_options,
    _range,
    _dispatch,
)
