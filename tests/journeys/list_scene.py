"""A list's file, and its card as it stands in Slack."""

from bot.demo.slack.messages import Message
from tests.journeys.conftest import Journey, payload

HEADER = "phone;client_name;Fecha de cita"


def cards(journey: Journey, status: str) -> list[Message]:
    """Find the cards of lists that stand so, the newest last."""
    return [
        each
        for each in journey.world.slack.workspace.records.values()
        if payload(each).get("status") == status and "batch_id" in payload(each)
    ]


async def card(journey: Journey, status: str, after: int) -> Message:
    """Wait for one more card of a list that stands so."""
    await journey.world.slack.until(lambda: len(cards(journey, status)) > after)
    return cards(journey, status)[-1]
