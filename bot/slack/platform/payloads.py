"""What Slack sends, read at the door (docs: interaction payloads, slash commands)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.typed_text import visible

Payload = Mapping[str, Any]

# Whose person waits for an answer (docs: interaction payloads); what has another type is an event
# or a notice such as `app_rate_limited`.
INTERACTIONS = frozenset(
    {
        "block_actions",
        "block_suggestion",
        "dialog_cancellation",
        "dialog_submission",
        "dialog_suggestion",
        "interactive_message",
        "message_action",
        "shortcut",
        "view_closed",
        "view_submission",
        "workflow_step_edit",
    }
)


@dataclass(frozen=True, slots=True)
class RequestContext:
    """Who knocks, from where, and how they can be answered."""

    user: str
    channel: str = ""
    trigger_id: str = ""
    response_url: str = ""


def context(body: Payload) -> RequestContext:
    """Read a command, a shortcut, a button or a form: they name the same things differently."""
    user = body.get("user")
    channel = body.get("channel")
    return RequestContext(
        user=str((user.get("id") if isinstance(user, Mapping) else body.get("user_id")) or ""),
        channel=str(
            (channel.get("id") if isinstance(channel, Mapping) else body.get("channel_id"))
            or part(body, "container").get("channel_id")
            or ""
        ),
        trigger_id=str(body.get("trigger_id") or ""),
        response_url=str(body.get("response_url") or ""),
    )


def part(body: Payload | None, name: str) -> Payload:
    """Return an object within another one; empty if there is none, or something else."""
    found = body.get(name) if isinstance(body, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def objects(body: Payload, name: str) -> list[dict[str, Any]]:
    """Return the objects of a list within an object; empty if there is none."""
    listed = body.get(name)
    return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []


def state(view: Payload) -> dict[str, Payload]:
    """Return each block's one element of a view's state, by block id."""
    values = part(part(view, "state"), "values")
    return {
        block: part(elements, next(iter(elements), ""))
        for block, elements in values.items()
        if isinstance(elements, Mapping)
    }


def plain(text: str) -> str:
    """Undo Slack's three escapes of what was typed; a link stays as it was typed.

    Source: <https://docs.slack.dev/messaging/formatting-message-text>.
    """
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def typed(element: Payload | None) -> str:
    """Return what a person typed, as they saw it."""
    return visible(plain(text_of(element)))


def text_of(element: Payload | None) -> str:
    """Return what was typed; empty for an untouched field, which Slack sends as null."""
    return str((element or {}).get("value") or "")


def chosen(element: Payload | None) -> str:
    """Return the value of the one chosen option, or empty."""
    return str(part(element, "selected_option").get("value") or "")


def action(body: Payload) -> Payload:
    """Return what was pressed or chosen; empty if nothing was."""
    return next(iter(objects(body, "actions")), {})


def searched(body: Payload) -> str:
    """Return what somebody types into a menu that asks us for its options."""
    return visible(plain(str(body.get("value") or "")))


def checked(element: Payload | None) -> bool:
    """Whether a lone checkbox is ticked."""
    return bool((element or {}).get("selected_options"))


def note_of(view: Payload) -> dict[str, str]:
    """Read a view's private_metadata; empty if it isn't ours."""
    try:
        read = json.loads(str(view.get("private_metadata") or "{}"))
    except (ValueError, RecursionError):
        return {}
    return {str(key): str(value) for key, value in read.items()} if isinstance(read, dict) else {}


def is_event(body: Payload) -> bool:
    """Whether nobody in front of Slack waits for the answer."""
    return "command" not in body and kind(body) not in INTERACTIONS


def kind(body: Payload) -> str:
    """Name what arrived: `command`, an interaction's type, or `event`."""
    if body.get("command"):
        return "command"
    return str(body.get("type") or "event")
