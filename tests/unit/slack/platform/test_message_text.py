"""A message is read as a person sees it: each text once, wherever Slack keeps it."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.phones import in_text
from bot.slack.platform import message_text

NUMBER = "+507 6123-4567"


def mrkdwn(text: str) -> dict[str, str]:
    return {"type": "mrkdwn", "text": text}


def rich(*pieces: dict[str, Any]) -> dict[str, Any]:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [*pieces]}]}


def text(words: str) -> dict[str, Any]:
    return {"type": "text", "text": words}


LINK = {"type": "link", "url": "tel:+50761234567", "text": "llámame"}
SHARED = {"message": {"text": "", "blocks": [rich(text(f"Rosa: {NUMBER}"))]}}
SHOWN: list[dict[str, Any]] = [
    {"text": f"cel {NUMBER}"},
    {"text": "", "blocks": [{"type": "section", "text": mrkdwn(f"*Tel:*\n{NUMBER}")}]},
    {"blocks": [{"type": "section", "fields": [mrkdwn("*Tel:*"), mrkdwn(NUMBER)]}]},
    {"blocks": [{"type": "header", "text": {"type": "plain_text", "text": NUMBER}}]},
    {"blocks": [{"type": "context", "elements": [mrkdwn("tel"), mrkdwn(NUMBER)]}]},
    {"blocks": [{"type": "markdown", "text": f"**tel** {NUMBER}"}]},
    {"blocks": [rich(text("Rosa "), LINK)]},
    {"blocks": [rich(text("+507 "), {**text("6123"), "style": {"bold": True}}, text("-4567"))]},
    {"blocks": [rich(text("+507"), {"type": "emoji", "name": "iphone"}, text("6123-4567"))]},
    {"blocks": [rich({"type": "link", "url": "https://wa.me/50761234567"})]},
    {
        "blocks": [
            {
                "type": "rich_text",
                "elements": [
                    {
                        "type": "rich_text_list",
                        "elements": [
                            {"type": "rich_text_section", "elements": [text("Rosa")]},
                            {"type": "rich_text_section", "elements": [text(NUMBER)]},
                        ],
                    },
                    {"type": "rich_text_quote", "elements": [text("pedido 61234568")]},
                ],
            }
        ]
    },
    {
        "blocks": [
            {
                "type": "actions",
                "elements": [
                    {
                        "type": "button",
                        "text": {"type": "plain_text", "text": "WhatsApp"},
                        "url": "https://wa.me/50761234567",
                    }
                ],
            }
        ]
    },
    {"blocks": [{"type": "table", "rows": [[{"type": "raw_text", "text": "Tel"}, rich(text(NUMBER))]]}]},
    {"text": "Lead", "attachments": [{"pretext": f"tel {NUMBER}"}]},
    {"text": "Lead", "attachments": [{"text": f"tel {NUMBER}", "fallback": "Otro +50761234568"}]},
    {"attachments": [{"fields": [{"title": "Teléfono", "value": "6123-4567"}]}]},
    {"attachments": [{"fallback": f"Lead {NUMBER}"}]},
    {"attachments": [{"title": "Rosa", "title_link": "https://wa.me/50761234567"}]},
    {"attachments": [{"blocks": [{"type": "section", "text": mrkdwn(NUMBER)}]}]},
    {"text": "mira", "attachments": [{"is_share": True, "message_blocks": [SHARED]}]},
    {"attachments": [{"text": f"Rosa: {NUMBER}", "message_blocks": [SHARED], "is_msg_unfurl": True}]},
]  # fmt: skip


@pytest.mark.parametrize("message", SHOWN)
def test_a_number_is_found_wherever_a_person_sees_it(message: dict[str, Any]) -> None:
    found = in_text.find(message_text.read(message), "PA")

    assert [[phone.digits for phone in each.readings] for each in found] == [["50761234567"]]


def test_what_is_only_for_notifications_is_not_read_where_there_are_blocks() -> None:
    message = {"text": "+50761234568", "blocks": [rich(text(NUMBER))]}

    assert message_text.read(message) == NUMBER


def test_each_text_is_read_once() -> None:
    message = {"text": NUMBER, "blocks": [rich(text(NUMBER))], "attachments": [{"fallback": "a"}]}

    assert message_text.read(message).split("\n") == [NUMBER, "a"]


def test_texts_come_as_slack_escapes_them() -> None:
    message = {"blocks": [rich(text("a < b & c"), {"type": "user", "user_id": "U50761234567"})]}

    assert message_text.read(message) == "a &lt; b &amp; c<@someone>"


scalars = st.one_of(st.none(), st.integers(), st.text(max_size=5), st.sampled_from(["section"]))
keys = st.sampled_from(
    ["text", "blocks", "attachments", "elements", "type", "fields", "message_blocks", "rows"]
)
shapes = st.recursive(
    st.one_of(scalars, st.sampled_from(["rich_text", "actions", "table", "rich_text_list"])),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(keys, inner, max_size=4)),
)


@given(shapes)
def test_any_shape_ends_well(message: object) -> None:
    assert isinstance(message_text.read(json.loads(json.dumps(message))), str)


def test_a_message_in_a_message_without_end_ends() -> None:
    message: dict[str, Any] = {"text": NUMBER}
    for _ in range(100):
        message = {"attachments": [{"message_blocks": [{"message": message}]}]}

    assert message_text.read(message) == ""
