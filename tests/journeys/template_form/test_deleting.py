"""An admin deletes a template, once they have read what that means."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.demo.slack import seed
from bot.slack.home.state import HomeState
from bot.slack.home.view import Screen
from bot.slack.home.view import build as draw_home
from bot.slack.template_form.delete_form import build
from tests.builders import TEMPLATE, make_template
from tests.journeys.template_form.scene import CITA, DIEGO, EN, LEADS, Scene, pick, top

pytestmark = pytest.mark.asyncio(loop_scope="module")

OTHER = make_template(name="Pago", id="P" * 20)
PLAIN = make_template(name="Saludo", body="Hola.", params=())


@pytest.fixture
def two(scene: Scene) -> Scene:
    """Two templates: one may go."""
    scene.keep(CITA, OTHER)
    return scene


async def test_what_it_means_is_said_before_anything_happens(two: Scene) -> None:
    person = await two.choose("delete")

    told = top(person).text
    assert CITA.name in told
    assert EN("template_delete.means") in told
    assert EN("template_delete.instead").replace("*", "") in told.replace("*", "")
    assert top(person).submit == EN("template_delete.submit")
    assert await two.store.all() == (CITA, OTHER)


async def test_submitted_it_is_gone_from_the_catalogue_and_from_home(two: Scene) -> None:
    person = await two.choose("delete")

    assert (await person.submit()).closed

    assert await two.store.all() == (OTHER,)

    def gone() -> bool:
        return person.home is not None and CITA.name not in person.home.text

    await two.world.slack.until(gone)
    assert OTHER.name in (person.home.text if person.home else "")


async def test_its_past_sends_stay(two: Scene) -> None:
    two.keep(PLAIN, OTHER)
    send_id = await two.journey.send()
    await two.journey.outcome(send_id, "pending")
    person = await two.choose("delete")

    await person.submit()

    assert await two.store.all() == (OTHER,)
    code, printed = await two.world.run("history", "--format", "csv")
    assert code == 0
    assert PLAIN.name in printed
    assert "pending" in printed


async def test_the_only_template_cannot_be_deleted(scene: Scene) -> None:
    person = await scene.choose("delete")

    await scene.page_says(person, EN("template_delete.last"))
    assert top(person).submit is None
    assert await scene.store.all() == (CITA,)


async def test_what_was_changed_while_one_read_stays(two: Scene) -> None:
    person = await two.choose("delete")
    await two.store.set_active(TEMPLATE, active=False, actor=DIEGO)

    result = await person.submit()

    assert not result.closed
    await two.page_says(person, EN("template_delete.changed"))
    assert len(await two.store.all()) == 2


@pytest_asyncio.fixture(loop_scope="module")
async def without_bruno(two: Scene) -> AsyncIterator[Scene]:
    """Bruno might send until a moment ago."""
    workspace = two.world.slack.workspace
    workspace.set_group(seed.SUPPORT, [seed.ALICE])
    await two.world.slack.settled()
    yield two
    workspace.set_group(seed.SUPPORT, [seed.ALICE, seed.BRUNO])
    await two.world.slack.settled()


# A sender, one who was, a guest of each kind, a stranger.
NO_ADMINS = pytest.mark.parametrize(
    "user", [seed.ALICE, seed.BRUNO, seed.GUEST, seed.SINGLE, seed.EXTERNAL]
)
REFUSED = {
    seed.GUEST: EN("refused.guest"),
    seed.SINGLE: EN("refused.guest"),
    seed.EXTERNAL: EN("refused.external"),
}


@NO_ADMINS
async def test_who_is_no_admin_cannot_ask_for_it(without_bruno: Scene, user: str) -> None:
    two = without_bruno
    person = two.journey.person(user)
    screen = Screen(HomeState(), (), (CITA, OTHER), has_catalogue=True, is_admin=True)
    two.world.slack.workspace.views.publish(user, draw_home(screen, EN))

    await pick(person, "delete")

    await two.page_says(person, REFUSED.get(user, f"<@{seed.CARLA}>"))
    assert top(person).submit is None
    assert await two.store.all() == (CITA, OTHER)


@NO_ADMINS
async def test_who_is_no_admin_cannot_submit_it_either(without_bruno: Scene, user: str) -> None:
    two, views = without_bruno, without_bruno.world.slack.workspace.views
    views.open(views.trigger(user), build(user, CITA, EN))
    person = two.journey.person(user)

    result = await person.submit()

    assert not result.closed
    await two.page_says(person, REFUSED.get(user, f"<@{seed.CARLA}>"))
    assert await two.store.all() == (CITA, OTHER)


async def test_who_is_no_admin_any_more_cannot_submit_it(two: Scene) -> None:
    person = await two.choose("delete", DIEGO)
    two.world.slack.workspace.set_group(LEADS, [])
    await two.world.slack.settled()

    result = await person.submit()

    assert not result.closed
    assert EN("refused.not_admin") in top(person).text
    assert await two.store.all() == (CITA, OTHER)


async def test_the_question_is_only_for_whom_it_was_asked(two: Scene) -> None:
    theirs, mine = await two.choose("delete"), await two.choose("delete", DIEGO)
    forged = {**top(mine).spec, "private_metadata": top(theirs).private_metadata}
    two.world.slack.workspace.views.update(top(mine), forged)

    await mine.submit()

    await two.page_says(mine, EN("refused.not_your_form"))
    assert await two.store.all() == (CITA, OTHER)
