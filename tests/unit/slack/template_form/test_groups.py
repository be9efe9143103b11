"""Names of user groups, as far as Slack tells them in time."""

from typing import cast

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import TryLater
from bot.slack.template_form import groups
from bot.slack.template_form.groups import UserGroups
from tests.builders.people import slack_says
from tests.unit.slack.template_form.form_scene import SUPPORT


class AskedSlack:
    """Slack's answers to who the user groups are, and how often it was asked."""

    def __init__(self, *answers: object) -> None:
        self.answers = list(answers)
        self.asked = 0

    async def usergroups_list(self, *, team_id: str) -> object:
        self.asked += 1
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def groups_of(slack: AskedSlack) -> UserGroups:
    return UserGroups(cast(AsyncWebClient, slack), "T0ACME00001")


LISTED = {"ok": True, "usergroups": [{"id": SUPPORT, "name": "Soporte", "handle": "soporte"}]}


async def test_groups_are_asked_for_once_a_minute() -> None:
    slack = AskedSlack(LISTED)
    asking = groups_of(slack)

    assert [await asking.names(), await asking.known()] == [{SUPPORT: "Soporte · @soporte"}] * 2
    assert slack.asked == 1


async def test_where_there_are_no_groups_none_has_a_name() -> None:
    asking = groups_of(AskedSlack(slack_says("plan_upgrade_required")))

    assert await asking.names() == {}


async def test_a_form_opens_without_the_names_of_groups_that_cannot_be_had() -> None:
    asking = groups_of(AskedSlack(TimeoutError(), LISTED))

    assert await asking.known() == {}
    assert await asking.known() == {SUPPORT: "Soporte · @soporte"}


async def test_a_menu_of_groups_that_cannot_be_had_is_an_error() -> None:
    with pytest.raises(TryLater):
        await groups_of(AskedSlack(TimeoutError())).names()


async def test_a_form_does_not_wait_for_names_longer_than_it_may(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(groups, "PATIENCE", 0.0)

    assert await groups_of(AskedSlack(LISTED)).known() == {}
