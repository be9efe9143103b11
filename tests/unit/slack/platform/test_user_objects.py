"""What Slack says of people, read."""

from typing import Any

import pytest

from bot.policy.people import refusal
from bot.slack.platform.user_objects import read_person
from tests.builders import ALICE
from tests.builders.people import FULL, HERE, TEAM

WHO = [
    ({}, ""),
    ({"is_restricted": True}, "refused.guest"),
    ({"is_restricted": True, "is_ultra_restricted": True}, "refused.guest"),
    ({"is_ultra_restricted": True}, "refused.guest"),
    ({"is_bot": True}, "refused.bot"),
    ({"deleted": True}, "refused.deactivated"),
    ({"is_stranger": True}, "refused.external"),
    ({"team_id": "T0OTHER0001"}, "refused.external"),
    ({"enterprise_user": {"enterprise_id": "E1", "teams": [TEAM]}, "team_id": "E1"}, ""),
    (
        {"enterprise_user": {"enterprise_id": "E1", "teams": []}, "team_id": "E1"},
        "refused.external",
    ),
    (
        {"deleted": True, "is_bot": None, "is_restricted": None, "team_id": None},
        "refused.deactivated",
    ),
    ({"deleted": None, "is_restricted": True}, "refused.guest"),
    ({"is_restricted": None, "team_id": "T0OTHER0001"}, "refused.external"),
    (
        {"enterprise_user": {"enterprise_id": "E1", "teams": ["T9"]}, "team_id": "T9"},
        "refused.external",
    ),
    ({"enterprise_user": None}, ""),
    ({"enterprise_user": {}}, ""),
]


@pytest.mark.parametrize(("facts", "reason"), WHO)
def test_slack_s_facts_decide_who_never_may(facts: dict[str, Any], reason: str) -> None:
    assert refusal(read_person(ALICE, {**FULL, **facts}), HERE) == reason


def test_slackbot_is_a_bot_although_slack_denies_it() -> None:
    data = {**FULL, "id": "USLACKBOT"}

    assert refusal(read_person("USLACKBOT", data), HERE) == "refused.bot"


@pytest.mark.parametrize("field", ["is_ultra_restricted", "locale", "enterprise_user"])
def test_some_fields_may_be_absent(field: str) -> None:
    data = {name: value for name, value in FULL.items() if name != field}

    assert refusal(read_person(ALICE, data), HERE) == ""
