"""People and groups as Slack describes them."""

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.policy.people import Workspace
from tests.builders.sends import ALICE

TEAM = "T0ACME00001"
SUPPORT, SALES = "S0SUPPORT01", "S0VENTAS001"
HERE = Workspace(TEAM)
FULL = {
    "id": ALICE,
    "team_id": TEAM,
    "deleted": False,
    "is_bot": False,
    "is_restricted": False,
    "is_ultra_restricted": False,
    "locale": "es-LA",
}


def slack_says(code: str, status: int = 200, **headers: str) -> SlackApiError:
    response = AsyncSlackResponse(
        client=None,
        http_verb="GET",
        api_url="https://slack.com/api/users.info",
        req_args={},
        data={"ok": False, "error": code},
        headers=headers,
        status_code=status,
    )
    return SlackApiError(code, response)
