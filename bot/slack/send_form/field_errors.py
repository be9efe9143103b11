"""What is wrong with a field, kept under it while the form is drawn anew.

Slack shows the errors of a submission, and drops them with the next update of the view.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.errors import Problem
from bot.locales import Translator
from bot.slack.notifications.cards import escape
from bot.slack.platform import payloads
from bot.slack.platform.blocks import context
from bot.slack.platform.error_messages import errors, short
from bot.slack.platform.payloads import Payload
from bot.slack.send_form.ids import ERROR, SEND_AT, SEND_AT_CHOICE, TEMPLATE

# Where it is said what is wrong with a field that is not there.
INSTEAD = {SEND_AT: (SEND_AT_CHOICE,)}
DIGEST = 12  # hexadecimal digits
TEXT_LIMIT = 500  # escaped it may have five times that, and a text takes 3,000


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with what stood in a block."""

    block: str
    digest: str  # of what stood in it
    text: str  # escaped


def at_fields(view: Payload, problems: Iterable[Problem]) -> Iterator[Problem]:
    """Say at a field of this very view what is wrong: Slack shows nothing of any other."""
    there = [
        str(each.get("block_id"))
        for each in payloads.objects(view, "blocks")
        if each.get("type") == "input"
    ]
    for each in problems:
        places = (each.field, *INSTEAD.get(each.field, ()), TEMPLATE, *there)
        yield replace(each, field=next((one for one in places if one in there), each.field))


def made(
    problems: Iterable[Problem], state: Mapping[str, Payload], translator: Translator
) -> list[FieldError]:
    """Turn the problems of what was handed in into what is said under its fields."""
    return [
        FieldError(block, _digest(state.get(block)), f":warning: {escape(short(text, TEXT_LIMIT))}")
        for block, text in errors(tuple(problems), translator).items()
    ]


def drawn(view: Payload) -> list[FieldError]:
    """Read back what a view says under its fields."""
    return [*_drawn(view)]


def kept(errors_: Iterable[FieldError], state: Mapping[str, Payload]) -> list[FieldError]:
    """Leave out what is about something that was changed."""
    return [each for each in errors_ if each.digest == _digest(state.get(each.block))]


def put(blocks: Iterable[Any], errors_: Iterable[FieldError]) -> list[Any]:
    """Say under the fields what is wrong with them, and nothing else that was said there."""
    by_block = {each.block: each for each in errors_}
    found: list[Any] = []
    for each in blocks:
        block_id = str(each.get("block_id") or "")
        if block_id.startswith(ERROR):
            continue
        found.append(each)
        if error := by_block.get(block_id):
            found.append(context(error.text, block_id=f"{ERROR}{error.digest}.{error.block}"))
    return found


def _drawn(view: Payload) -> Iterator[FieldError]:
    for each in payloads.objects(view, "blocks"):
        block_id = str(each.get("block_id") or "")
        parts = payloads.objects(each, "elements")
        if block_id.startswith(ERROR) and parts:
            digest, _, block = block_id.removeprefix(ERROR).partition(".")
            yield FieldError(block, digest, str(parts[0].get("text") or ""))


def _digest(element: Payload | None) -> str:
    written = json.dumps(element or {}, sort_keys=True, default=dict)
    return hashlib.sha256(written.encode()).hexdigest()[:DIGEST]
