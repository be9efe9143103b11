"""Who is not to be written to: each door tried by those who may and those who may not."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from bot.demo.slack import seed
from bot.locales import load
from bot.policy.do_not_contact import Contact
from bot.store.contacts import read_all
from bot.store.database import open_engine
from bot.store.tables import do_not_contact
from tests.journeys.conftest import COMMAND, Journey

EN = load("en")
NUMBER = "+507 6123-4567"
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(autouse=True)
def _empty(journey: Journey) -> Iterator[None]:
    yield
    engine = open_engine(journey.world.database_url)
    with engine.begin() as connection:
        connection.execute(sa.delete(do_not_contact))
    engine.dispose()


def listed(journey: Journey) -> list[Contact]:
    engine = open_engine(journey.world.database_url)
    with engine.connect() as connection:
        found = [*read_all(connection)]
    engine.dispose()
    return found


async def say(journey: Journey, text: str, user: str = seed.ALICE) -> str:
    """Type an order; the answer is for this person alone, and no form is open."""
    person = journey.person(user)
    result = await person.command(seed.SOPORTE, COMMAND, text)
    assert result.message is not None
    assert result.message.only_for == user
    assert person.view is None
    return result.shown


async def test_a_sender_lists_a_number_and_an_admin_allows_it(journey: Journey) -> None:
    stopped = await say(journey, f"stop {NUMBER} lo pidió por teléfono")
    refused = await say(journey, f"allow {NUMBER}")

    (only,) = listed(journey)
    assert (only.phone, only.reason) == ("50761234567", "lo pidió por teléfono")
    assert only.added_by == seed.ALICE
    assert "•••• 4567" in stopped
    assert "6123" not in stopped
    assert load("es")("refused.only_admins_allow") in refused
    assert f"<@{seed.CARLA}>" in refused

    allowed = await say(journey, "allow 61234567", seed.CARLA)

    assert "+507 6123-4567 can be written to again" in allowed
    assert listed(journey) == []


@pytest.mark.parametrize("text", [f"stop {NUMBER}", f"allow {NUMBER}"])
@pytest.mark.parametrize(
    ("user", "reason"),
    [(seed.GUEST, "refused.guest"), (seed.SINGLE, "refused.guest")],
)
async def test_guests_may_do_neither(journey: Journey, text: str, user: str, reason: str) -> None:
    assert EN(reason) in await say(journey, text, user)

    assert listed(journey) == []


async def test_a_stranger_may_do_neither(journey: Journey) -> None:
    person = journey.person(seed.EXTERNAL)

    for order in ("stop", "allow"):
        result = await person.command(seed.SHARED, COMMAND, f"{order} {NUMBER}")
        # Slack itself offers no stranger our command.
        assert not result.reached_bot

    assert listed(journey) == []


async def test_who_was_a_sender_may_do_neither(journey: Journey) -> None:
    group = journey.world.slack.workspace.groups[seed.SUPPORT]
    journey.world.slack.workspace.set_group(seed.SUPPORT, [seed.ALICE])
    await journey.world.slack.settled()

    for order in ("stop", "allow"):
        told = await say(journey, f"{order} {NUMBER}", seed.BRUNO)
        assert f"<@{seed.CARLA}>" in told

    assert listed(journey) == []
    journey.world.slack.workspace.set_group(seed.SUPPORT, group.users)
    await journey.world.slack.settled()


async def test_no_number_and_no_reason_is_in_the_log(journey: Journey) -> None:
    await say(journey, "stop 61239876 motivo-secreto")
    await say(journey, "allow 61239876", seed.CARLA)

    logs = journey.world.logs()
    assert "61239876" not in logs
    assert "motivo-secreto" not in logs
    assert "contact stopped" in logs
    assert "contact allowed" in logs
