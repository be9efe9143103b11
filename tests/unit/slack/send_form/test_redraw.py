"""Only the message of a form is drawn anew, as Slack tells it."""

import json
from typing import Any

import pytest

from bot.demo.slack.blockkit import check_view
from bot.slack import send_form
from tests.unit.slack.send_form.every_form import crowded, hostile
from tests.unit.slack.send_form.form_views import (
    EN,
    block,
)
from tests.unit.slack.send_form.template_forms import (
    CITA,
    EMPTY,
    OF_CITA,
    OF_PAGO,
    TODAY,
    escaped,
    submitted_body,
)

# The preview is drawn anew while somebody types.


def test_only_the_message_is_drawn_anew() -> None:
    view = submitted_body(OF_CITA, {"param.client_name": "Rosa"})

    drawn = send_form.with_message(view, send_form.read(view, CITA), EN)

    assert check_view(drawn, kind="modal") == []
    assert [each for each in drawn["blocks"] if each["block_id"] != send_form.PREVIEW] == [
        each for each in view["blocks"] if each["block_id"] != send_form.PREVIEW
    ]
    assert "Rosa" in json.dumps(block(drawn, send_form.PREVIEW))
    assert not {"id", "hash", "state"} & drawn.keys()
    assert drawn["private_metadata"] == view["private_metadata"]


def as_slack_tells(part: object) -> Any:
    """Escape what Slack escapes in a view that it hands in: all that is not mrkdwn."""
    if isinstance(part, dict):
        if part.get("type") == "mrkdwn":
            return part
        return {name: as_slack_tells(each) for name, each in part.items()}
    if isinstance(part, list):
        return [as_slack_tells(each) for each in part]
    return escaped(part) if isinstance(part, str) else part


@pytest.mark.parametrize("made", [OF_CITA, EMPTY.choosing(hostile(3), TODAY), crowded(OF_PAGO)])
def test_what_slack_escaped_is_not_escaped_twice(made: send_form.Form) -> None:
    view = submitted_body(made)
    told = {**view, "blocks": as_slack_tells(view["blocks"])}

    drawn = send_form.with_message(told, send_form.read(told, made.known), EN)

    assert drawn["blocks"] == view["blocks"]


def test_a_form_without_a_message_stays_as_it_is() -> None:
    view = submitted_body(EMPTY)

    assert send_form.with_message(view, send_form.read(view), EN) == view
