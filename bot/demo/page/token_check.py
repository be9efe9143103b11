"""What an admin does once Atom takes the token again: she presses the button of the alert."""

from bot.demo.slack.blocks import elements
from bot.demo.slack.errors import Impossible
from bot.demo.slack.messages import Message
from bot.demo.slack.server import SlackStandIn
from bot.demo.slack.workspace import BOT_USER

CHECK_NOW = "check_now"


async def press_check_now(slack: SlackStandIn) -> str:
    """Press the newest alert's button as whoever got it; give their name, or nothing.

    Nobody who tries the demo waits a minute for the bot to try by itself, and no admin does.
    """
    found = [one for one in slack.workspace.messages if _has_button(one)]
    if not found:
        return ""
    alert = found[-1]
    (user,) = slack.workspace.channels[alert.channel].members - {BOT_USER}
    try:
        await slack.person(user).click(alert.channel, alert.ts, CHECK_NOW)
    except Impossible:
        return ""
    return slack.workspace.people[user].real_name


def _has_button(message: Message) -> bool:
    found = [one.get("action_id") for block in message.blocks for one in elements(block)]
    return CHECK_NOW in found
