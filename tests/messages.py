"""What is read off a message in the stand-in for Slack."""

from bot.demo.slack.messages import Message


def button_actions(message: Message) -> list[str]:
    """Name the actions of its buttons, in their order."""
    rows = [block["elements"] for block in message.blocks if block["type"] == "actions"]
    return [element["action_id"] for row in rows for element in row]
