"""Permission at every door: command, shortcuts, submit, buttons, and when it is carried out."""

import pytest

from bot.demo.slack import seed
from bot.locales import load
from tests.conftest import PHONE, TEMPLATE
from tests.journeys.conftest import COMMAND, Journey

EN = load("en")
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize("user", [seed.GUEST, seed.SINGLE])
async def test_a_guest_is_told_why_in_private_and_to_ask_nobody(
    journey: Journey, user: str
) -> None:
    person = journey.person(user)

    result = await person.command(seed.SOPORTE, COMMAND, "")

    assert person.view is None
    assert result.shown.startswith(EN("refused.guest"))
    assert f"<@{seed.CARLA}>" not in result.shown
    assert result.message is not None
    assert result.message.only_for == user


async def test_a_stranger_of_a_shared_channel_may_not_press_a_button(journey: Journey) -> None:
    journey.world.atom.behave("drops", times=1)
    send_id = await journey.send(channel=seed.SHARED)
    outcome = await journey.outcome(send_id, "unknown")
    stranger = journey.person(seed.EXTERNAL)

    await stranger.click(seed.SHARED, outcome.ts, "retry")

    await journey.told(stranger, seed.SHARED, EN("refused.external"))
    assert all(f"<@{seed.CARLA}>" not in one.text for one in stranger.ephemerals(seed.SHARED))
    assert len(journey.world.atom.calls) == 1


async def test_somebody_who_is_not_listed_is_refused_at_the_shortcuts(journey: Journey) -> None:
    journey.world.slack.workspace.add_person("U0DIEGO0001", "diego")
    journey.world.slack.workspace.invite(seed.SOPORTE, "U0DIEGO0001")
    person = journey.person("U0DIEGO0001")
    ts = await journey.person().say(seed.SOPORTE, f"tel {PHONE}")

    await person.message_shortcut("send_from_message", seed.SOPORTE, ts)
    await person.global_shortcut("send_global")

    await journey.told(person, seed.SOPORTE, f"<@{seed.CARLA}>")
    await journey.world.slack.until(lambda: person.view is not None)
    assert person.view is not None
    assert person.view.callback_id == ""
    assert f"<@{seed.CARLA}>" in person.view.text


async def test_a_member_of_a_listed_group_may_send(journey: Journey) -> None:
    send_id = await journey.send(user=seed.BRUNO)

    await journey.outcome(send_id, "pending")


async def test_who_left_the_group_while_the_form_was_open_is_refused(journey: Journey) -> None:
    person = await journey.open(f"{TEMPLATE} {PHONE}", user=seed.BRUNO)
    journey.world.slack.workspace.set_group(seed.SUPPORT, [seed.ALICE])
    await journey.world.slack.settled()

    result = await person.submit()

    assert not result.closed
    assert person.view is not None
    assert f"<@{seed.CARLA}>" in person.view.text
    assert journey.world.atom.calls == []
    journey.world.slack.workspace.set_group(seed.SUPPORT, [seed.ALICE, seed.BRUNO])
    await journey.world.slack.settled()


async def test_a_form_is_only_for_whom_it_was_opened(journey: Journey) -> None:
    person = await journey.open(f"{TEMPLATE} {PHONE}")
    view = person.view
    assert view is not None
    workspace = journey.world.slack.workspace
    other = journey.person(seed.BRUNO)
    await other.command(seed.SOPORTE, COMMAND, f"{TEMPLATE} {PHONE}")
    mine = other.view
    assert mine is not None
    forged = {**mine.spec, "private_metadata": view.private_metadata}
    workspace.views.update(mine, forged)

    result = await other.submit()

    assert not result.closed
    assert journey.world.atom.calls == []


async def test_who_lost_the_right_before_the_call_sends_nothing(journey: Journey) -> None:
    journey.world.atom.behave("down")
    send_id = await journey.send(user=seed.BRUNO)
    await journey.held(send_id)

    journey.world.slack.workspace.set_group(seed.SUPPORT, [seed.ALICE])
    await journey.world.slack.settled()
    journey.world.atom.behave("answers")
    journey.let_try(send_id)

    outcome = await journey.outcome(send_id, "failed")
    assert "have permission to send" in outcome.text
    assert journey.world.atom.calls == []
    journey.world.slack.workspace.set_group(seed.SUPPORT, [seed.ALICE, seed.BRUNO])
    await journey.world.slack.settled()


async def test_a_colleague_may_not_decide_but_an_admin_may(journey: Journey) -> None:
    journey.world.atom.behave("drops", times=1)
    send_id = await journey.send()
    outcome = await journey.outcome(send_id, "unknown")
    colleague, admin = journey.person(seed.BRUNO), journey.person(seed.CARLA)

    await colleague.click(seed.SOPORTE, outcome.ts, "resolve_sent")
    await journey.told(colleague, seed.SOPORTE, f"<@{seed.ALICE}>")
    await admin.click(seed.SOPORTE, outcome.ts, "resolve_sent")

    decided = await journey.outcome(send_id, "sent")
    assert "carla answered" in decided.text
