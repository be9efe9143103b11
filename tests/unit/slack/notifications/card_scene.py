"""Sends in every status, and what a message shows."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import strategies as st

from bot.locales import LANGUAGES, load
from bot.sends import Send, Status
from bot.slack.notifications import cards
from tests.builders import ALICE, CARLA, make_send
from tests.fakes import NOON

WORDS = {language: load(language) for language in LANGUAGES}
EN = WORDS["en"]
PHONE = "50761234567"

# All that may come alive in our messages: people, moments in the reader's own time zone, and the
# way to Atom's panel.
OURS = re.compile(
    r"<@[UW][A-Z0-9]+>|<!date\^\d+\^\{[a-z_]+\}(?: \{time(?:_secs)?\})?\|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC>"
    r"|<https://app\.atomchat\.io/\|[^<>|]*>"
)

# what a send may come to
ENDS: list[tuple[Status, str, dict[str, Any]]] = [
    (Status.SENT, "sent", {"conversation": "d771f70755a1"}),
    (Status.SENT, "sent", {}),
    (Status.SENT, "arrived", {"decided_by": CARLA}),
    (Status.PENDING, "pending", {}),
    (Status.REJECTED, "rejected", {"vendor_message": "No hay datos para enviar"}),
    (
        Status.FAILED,
        "token",
        {"http_status": 401, "vendor_message": "No authorization token found"},
    ),
    (Status.FAILED, "gave_up", {}),
    (Status.FAILED, "not_arrived", {"decided_by": CARLA}),
    (Status.FAILED, "refused.guest", {}),
    (Status.FAILED, "refused.not_listed", {}),
    (Status.CANCELLED, "cancelled", {"decided_by": ALICE}),
    (Status.CANCELLED, "approval.refused", {"decided_by": CARLA, "note": "Not *today*"}),
    (Status.CANCELLED, "approval.expired", {}),
    (Status.FAILED, "approval.text_changed", {"approved_by": CARLA}),
    (Status.FAILED, "approval.approver_gone", {"approved_by": CARLA}),
    (Status.FAILED, "approval.missing", {}),
    (Status.SENT, "sent", {"approved_by": CARLA}),
    (Status.UNKNOWN, "interrupted", {}),
    (Status.UNKNOWN, "no_answer", {}),
    (Status.UNKNOWN, "odd_answer", {"vendor_message": '{"status": "queued"}', "http_status": 200}),
    (Status.UNKNOWN, "odd_status", {"http_status": 302}),
    (Status.UNKNOWN, "no_answer", {"decided_by": CARLA}),
    (Status.UNKNOWN, "server_error", {"http_status": 502, "execution_id": "abc"}),
]
WAITS = ["atom.unreachable", "atom.too_many", "atom.held", "slack.limited", "slack.unreachable"]
EACH_END = pytest.mark.parametrize(
    "send",
    [make_send(status, reason=reason, **more) for status, reason, more in ENDS],
    ids=[f"{status}-{reason}-{'-'.join(more)}" for status, reason, more in ENDS],
)
EACH_LANGUAGE = pytest.mark.parametrize("language", LANGUAGES)
typed = st.text() | st.sampled_from(
    [
        "<!channel>",
        "<@U0ALICE0001>",
        "<#C0SOPORTE01>",
        "<https://e.com|x>",
        "a\nb",
        "a\u2028b",
        "&lt;!here&gt;",
    ]
)


def waiting(reason: str, **more: Any) -> Send:
    return make_send(reason=reason, tries=3, next_try=NOON + timedelta(seconds=4), **more)


def messages(send: Send, language: str = "en") -> list[cards.Message]:
    translator = WORDS[language]
    return [cards.neutral(send, translator), *telling(send, language)]


def telling(send: Send, language: str = "en") -> list[cards.Message]:
    translator = WORDS[language]
    head = cards.card(send, translator)
    return [head, cards.outcome(send, translator, note="note")] if send.status.is_final else [head]


def texts(node: object) -> Iterator[str]:
    """Give every text of our messages in which Slack's markup works."""
    if isinstance(node, list):
        for each in node:
            yield from texts(each)
    elif isinstance(node, dict):
        if node.get("type") == "mrkdwn":
            yield node["text"]
        for value in node.values():
            yield from texts(value)


def buttons(message: cards.Message) -> dict[str, dict[str, Any]]:
    return {
        element["action_id"]: element
        for block in message.arguments()["blocks"]  # type: ignore[attr-defined]
        if block["type"] == "actions"
        for element in block["elements"]
    }
