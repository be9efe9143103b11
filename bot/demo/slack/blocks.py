"""Walking through Block Kit: the elements, what a person reads, the parts that Slack fills in."""

import copy
import secrets
from collections.abc import Iterable, Iterator, Sequence

from bot.demo.slack.errors import Json

TEXT_INPUTS = frozenset(
    {
        "plain_text_input",
        "email_text_input",
        "url_text_input",
        "number_input",
        "rich_text_input",
    }
)
FOLDED = frozenset({"confirm", "placeholder"})
"""What is not on the screen until it is opened, or gives way to a value."""
MENUS = dict.fromkeys(
    ("static_select", "multi_static_select", "overflow"), frozenset({"options", "option_groups"})
)
CHOICES = frozenset({"initial_option", "initial_options"})
"""Outside menus all options are on the screen; the chosen ones are among them."""
DISPLAY_ONLY = frozenset({"image", "plain_text", "mrkdwn"})


def elements(block: Json) -> Iterator[Json]:
    """Give the interactive elements of one block."""
    candidates: list[object] = [block.get("element"), block.get("accessory")]
    if block.get("type") in {"actions", "context_actions"}:
        candidates += block.get("elements") or []
    for one in candidates:
        if isinstance(one, dict) and one.get("type") not in DISPLAY_ONLY:
            yield one


def visible_text(blocks: Iterable[Json]) -> str:
    """Join every text of the blocks, in reading order, one a line."""
    return "\n".join(_texts(list(blocks)))


def _texts(node: object) -> Iterator[str]:
    if isinstance(node, list):
        for one in node:
            yield from _texts(one)
    elif isinstance(node, dict):
        for own in (node.get("text"), node.get("caption")):
            if isinstance(own, str):
                yield own
        folded = FOLDED | MENUS.get(str(node.get("type")), CHOICES)
        for key, value in node.items():
            if key not in folded and not isinstance(value, str):
                yield from _texts(value)


def complete(blocks: Sequence[Json]) -> list[Json]:
    """Copy blocks with what Slack fills in: missing ids, and the defaults that payloads show."""
    done = copy.deepcopy(list(blocks))
    for block in done:
        block["block_id"] = block.get("block_id") or secrets.token_urlsafe(4)
        if block["type"] == "input":
            block.setdefault("optional", False)
            block.setdefault("dispatch_action", False)
        for element in elements(block):
            element["action_id"] = element.get("action_id") or secrets.token_urlsafe(4)
            if element["type"] in TEXT_INPUTS:
                trigger = {"trigger_actions_on": ["on_enter_pressed"]}
                element.setdefault("dispatch_action_config", trigger)
        _complete_texts(block)
    return done


def complete_view(view: Json) -> Json:
    """Copy a view with what Slack fills in."""
    done = copy.deepcopy(view) | {"blocks": complete(view["blocks"])}
    _complete_texts(done)
    return done


def _complete_texts(node: object) -> None:
    if isinstance(node, list):
        for one in node:
            _complete_texts(one)
    elif isinstance(node, dict):
        if node.get("type") == "plain_text":
            node.setdefault("emoji", True)
        elif node.get("type") == "mrkdwn":
            node.setdefault("verbatim", False)
        for value in node.values():
            _complete_texts(value)
