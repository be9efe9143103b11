"""The shape of what Slack sends, looked at before Bolt and the listeners do, whatever brought it."""

from collections.abc import Mapping
from itertools import chain
from typing import Any

from bot.slack.platform.payloads import Payload

# What these are wherever Bolt and the listeners look into them without asking.
OBJECTS = ("container", "event", "message", "view")
NAMED = ("channel", "enterprise", "team", "user")  # an object with an id, or the id
LISTS = ("actions", "authorizations", "response_urls")  # of objects
# What a payload of a type can't do without.
NEEDED = {
    "block_actions": ("user", "actions"),
    "block_suggestion": ("user",),
    "event_callback": ("event",),
    "message_action": ("user",),
    "shortcut": ("user",),
    "view_closed": ("user", "view"),
    "view_submission": ("user", "view"),
}

# And the texts by which a listener is found, or a send is called.
TEXTS = {
    "block_actions": (("actions", "action_id"),),
    "event_callback": (("event", "type"),),
    "view_closed": (("view", "callback_id"),),
    "view_submission": (("view", "callback_id"), ("view", "id")),
}


class WrongShape(ValueError):
    """A payload that no listener is to see."""


def checked(payload: Payload) -> dict[str, Any]:
    """Return a payload that has the shape of its type; a list that is null is left out.

    Raises WrongShape.
    """
    shaped = {k: v for k, v in payload.items() if v is not None or k not in LISTS}
    objects = [shaped[name] for name in OBJECTS if shaped.get(name)]
    lists = [shaped[name] for name in LISTS if name in shaped]
    is_whole = all(shaped.get(name) for name in NEEDED.get(str(shaped.get("type")), ()))
    if not is_whole or not all(map(_is_list_of_objects, [objects, *lists])):
        raise WrongShape
    if not all(map(_names_well, [shaped, *objects, *chain.from_iterable(lists)])):
        raise WrongShape
    if shaped.get("view") and not _is_view(shaped["view"]):
        raise WrongShape
    if not all(_is_named(shaped, *each) for each in TEXTS.get(str(shaped.get("type")), ())):
        raise WrongShape
    return shaped


def _is_named(payload: Mapping[str, Any], where: str, name: str) -> bool:
    """Whether the objects of a payload by which a listener is found have their names."""
    found = payload.get(where) or {}
    return all(
        isinstance(each.get(name), str) for each in (found if isinstance(found, list) else [found])
    )


def _is_list_of_objects(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, dict) for each in value)


def _names_well(part: Mapping[str, Any]) -> bool:
    return all(isinstance(part.get(name), dict | str | None) for name in NAMED)


def _is_view(view: Mapping[str, Any]) -> bool:
    """Whether a view has what is looked up in it; its state may be wanting."""
    blocks = view.get("blocks") or []
    is_drawn = _is_list_of_objects(blocks) and all("block_id" in block for block in blocks)
    return is_drawn and isinstance(view.get("type"), str)
