"""Who may not send is refused in private, on the page as in Slack."""

import pytest
from playwright.async_api import expect

from bot.demo.slack import seed
from tests.conftest import PHONE, TEMPLATE
from tests.e2e.conftest import Stage
from tests.e2e.pages import COMMAND

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]


@pytest.mark.parametrize("user", [seed.DIEGO, seed.GUEST])
async def test_somebody_without_the_right_is_told_so_in_private(stage: Stage, user: str) -> None:
    person = await stage.open(user)

    await person.say(COMMAND)

    told = person.alone().last
    if user == seed.DIEGO:
        await expect(told).to_contain_text("@carla")
    else:
        # No admin can help a guest.
        await expect(told).to_contain_text("Guest accounts can't send")
        await expect(told).not_to_contain_text("@carla")
    await expect(person.page.get_by_test_id("modal")).to_have_count(0)


async def test_who_loses_the_right_while_the_form_is_open_sends_nothing(stage: Stage) -> None:
    bruno = await stage.open(seed.BRUNO)
    modal = await bruno.command(f"{TEMPLATE} {PHONE}")
    stage.world.slack.workspace.set_group(seed.SUPPORT, [seed.ALICE])
    await stage.world.slack.settled()

    await modal.submit()

    await expect(modal.root).to_contain_text("@carla")
    assert stage.world.atom.calls == []


async def test_a_colleague_may_not_decide_about_an_unknown_send_but_an_admin_may(
    stage: Stage,
) -> None:
    stage.world.atom.behave("drops")
    alice, bruno = await stage.open(), await stage.open(seed.BRUNO)
    await alice.send(f"{TEMPLATE} {PHONE}")
    thread = await bruno.open_thread(bruno.card("Unconfirmed"))

    await thread.get_by_role("button", name="It arrived").last.click()

    await expect(bruno.alone().last).to_contain_text("@carla")
    carla = await stage.open(seed.CARLA)
    thread = await carla.open_thread(carla.card("Unconfirmed"))
    await thread.get_by_role("button", name="It arrived").last.click()
    await expect(alice.card("Sent")).to_contain_text("says that it arrived")
