"""What Alice reads on top of the form, in her own language."""

from bot.demo.slack import seed
from bot.demo.slack.person import Person
from tests.journeys.conftest import Journey


async def speak(journey: Journey, language: str) -> None:
    """Let Alice read Slack in a language."""
    journey.world.slack.workspace.change_person(seed.ALICE, locale=f"{language}-XX")
    await journey.world.slack.settled()


def alerts(person: Person) -> list[tuple[str, str]]:
    """Return what stands on top of the form: how grave, and the words."""
    assert person.view is not None
    found = [each for each in person.view.blocks if each["type"] == "alert"]
    return [(each["level"], each["text"]["text"]) for each in found]
