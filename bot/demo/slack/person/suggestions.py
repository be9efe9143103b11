"""The app's answer to a type-ahead menu: options, or why Slack shows none."""

from bot.demo.slack.blockkit import GROUPS, OPTION
from bot.demo.slack.delivery import AppResponse
from bot.demo.slack.errors import Impossible, Json
from bot.demo.slack.schema import Found, items


def options_of(answer: AppResponse) -> list[Json]:
    """Read the options, those in groups too. Raises Impossible where Slack shows none."""
    body = answer.body
    if answer.failure or not isinstance(body, dict):
        raise Impossible(f"Slack shows no options: {answer.slack_error or 'no JSON in the answer'}")
    found: Found = []
    if "option_groups" in body:
        GROUPS(body["option_groups"], "/option_groups", found)
    else:
        items(OPTION, 0, 100)(body.get("options"), "/options", found)
    if found:
        raise Impossible(f"Slack shows no options: {'; '.join(one.words() for one in found)}")
    if "option_groups" in body:
        return [one for group in body["option_groups"] for one in group["options"]]
    return list(body["options"])
