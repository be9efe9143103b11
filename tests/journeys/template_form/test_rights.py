"""Who is no admin, or no admin any more, changes nothing."""

from typing import Any

import pytest

from bot.demo.slack import seed
from bot.slack.home.state import HomeState
from bot.slack.home.view import Screen
from bot.slack.home.view import build as draw_home
from bot.templates import Template
from tests.builders import TEMPLATE
from tests.journeys.template_form.scene import CITA, DIEGO, EN, LEADS, NEW_ID, Scene, pick, top

pytestmark = pytest.mark.asyncio(loop_scope="module")


# Who may not.


def admins_home(*templates: Template) -> dict[str, Any]:
    screen = Screen(HomeState(), (), templates, has_catalogue=True, is_admin=True)
    drawn: dict[str, Any] = draw_home(screen, EN)
    return drawn


def lose_the_right(scene: Scene) -> None:
    scene.world.slack.workspace.set_group(LEADS, [])


@pytest.mark.parametrize("user", [seed.ALICE, seed.BRUNO])
@pytest.mark.parametrize("verb", ["add", "edit", "duplicate", "deactivate", "activate", "test"])
async def test_a_sender_is_refused_at_every_button(scene: Scene, verb: str, user: str) -> None:
    person = scene.journey.person(user)
    if verb == "activate":
        await scene.store.set_active(TEMPLATE, active=False, actor=seed.CARLA)
    before = await scene.store.all()
    scene.world.slack.workspace.views.publish(user, admins_home(*before))

    if verb == "add":
        await person.click_in_view("add_template")
    else:
        await pick(person, verb)

    await scene.page_says(person, f"<@{seed.CARLA}>")
    assert top(person).submit is None
    assert await scene.store.all() == before


@pytest.mark.parametrize("verb", ["edit", "duplicate"])
async def test_who_is_no_admin_any_more_cannot_submit_the_form(scene: Scene, verb: str) -> None:
    person = await scene.choose(verb, DIEGO)
    await person.fill("group", "Turnos")
    await person.fill("id", NEW_ID)
    lose_the_right(scene)
    await scene.world.slack.settled()

    result = await person.submit()

    assert not result.closed
    assert EN("refused.not_admin") in top(person).text
    assert await scene.store.all() == (CITA,)


async def test_who_is_no_admin_any_more_cannot_open_or_save_a_parameter(scene: Scene) -> None:
    person = await scene.choose("edit", DIEGO)
    await person.click_in_view("open_params")
    await person.click_in_view("edit_param", "param.Sede")
    await person.fill("label", "Dónde")
    lose_the_right(scene)
    await scene.world.slack.settled()

    result = await person.submit()

    assert not result.closed
    assert top(person).submit is None
    assert await scene.store.all() == (CITA,)


@pytest.mark.parametrize("block", ["language", "allowed_groups"])
async def test_who_is_no_admin_any_more_is_offered_nothing(scene: Scene, block: str) -> None:
    person = await scene.choose("edit", DIEGO)
    assert await person.suggest(block) != []
    lose_the_right(scene)
    await scene.world.slack.settled()

    assert await person.suggest(block) == []


@pytest.mark.parametrize(
    ("path", "button", "block"),
    [((), "open_params", None), (("open_params",), "edit_param", "param.Sede")],
)
async def test_who_is_no_admin_any_more_is_refused_at_the_buttons_inside(
    scene: Scene, path: tuple[str, ...], button: str, block: str | None
) -> None:
    person = await scene.choose("edit", DIEGO)
    for step in path:
        await person.click_in_view(step)
    lose_the_right(scene)
    await scene.world.slack.settled()

    await person.click_in_view(button, block)

    await scene.page_says(person, f"<@{seed.CARLA}>")
    assert top(person).callback_id == ""


@pytest.mark.parametrize(
    "path",
    [
        (),
        (("open_params", None),),
        (("open_params", None), ("edit_param", "param.Sede")),
    ],
)
async def test_a_form_is_only_for_whom_it_was_opened(
    scene: Scene, path: tuple[tuple[str, str | None], ...]
) -> None:
    theirs, mine = await scene.choose("edit"), await scene.choose("edit", DIEGO)
    for person in (theirs, mine):
        for button, block in path:
            await person.click_in_view(button, block)
    forged = {**top(mine).spec, "private_metadata": top(theirs).private_metadata}
    scene.world.slack.workspace.views.update(top(mine), forged)
    if top(mine).callback_id == "template_params":
        await mine.click_in_view("edit_param", "param.Sede")
    else:
        await mine.fill("label" if path else "group", "x")
        await mine.submit()

    await scene.page_says(mine, EN("refused.not_your_form"))
    assert await scene.store.all() == (CITA,)
