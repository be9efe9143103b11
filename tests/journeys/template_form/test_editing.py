"""Support leads change, duplicate, switch off and try out a template."""

import dataclasses
from typing import Any

import pytest

from bot.demo.slack import seed
from bot.slack.template_form.view import UNLIMITED
from bot.templates.params import Param
from tests.builders import TEMPLATE
from tests.journeys.template_form.scene import (
    CITA,
    EN,
    NEW_ID,
    PASTED,
    Scene,
    add,
    pick,
    top,
    value,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_the_form_of_a_template_is_filled_with_it(scene: Scene) -> None:
    person = await scene.choose("edit")

    assert top(person).title == EN("template_form.title_edit")
    assert [value(person, name) for name in ("name", "id", "body", "header", "group")] == [
        CITA.name,
        TEMPLATE,
        CITA.body,
        CITA.header,
        "Citas",
    ]
    assert (value(person, "allowed"), value(person, "channels")) == ([seed.ALICE], [seed.SOPORTE])
    (group,) = value(person, "allowed_groups")
    assert group["text"]["text"] == "s0support01 · @s0support01"


async def test_an_untouched_form_changes_nothing(scene: Scene) -> None:
    person = await scene.choose("edit")

    result = await person.submit()

    assert result.closed
    assert await scene.store.all() == (CITA,)


async def test_a_changed_text_keeps_the_details_of_its_placeholders(scene: Scene) -> None:
    person = await scene.choose("edit")
    await person.fill("header", "")
    await person.fill(
        "body", "La cita es el {{FECHA DE CITA}} a las {{Hora}}, {{client_name}}. Gracias."
    )

    result = await person.submit()

    assert not result.closed
    assert EN("param_page.dropped", names="Sede") in top(person).text
    assert (await scene.kept()).params == (
        dataclasses.replace(CITA.params[2], name="FECHA DE CITA"),
        Param("Hora"),
        CITA.params[1],
    )


async def test_a_text_with_the_same_placeholders_is_saved_without_further_questions(
    scene: Scene,
) -> None:
    person = await scene.choose("edit")
    await person.fill("body", CITA.body.replace("Hola", "Buenos días"))
    await person.fill("name", "Cita")

    result = await person.submit()

    assert result.closed
    saved = await scene.kept()
    assert (saved.name, saved.params) == ("Cita", CITA.params)
    await scene.home_says(person, "*Cita*")


@pytest.mark.parametrize(
    ("emptied", "left"),
    [
        ({"channels": []}, {"channels": ()}),
        ({"allowed": [], "allowed_groups": []}, {"allowed": ()}),
        (
            {"channels": [], "allowed": [], "allowed_groups": []},
            {"channels": (), "allowed": ()},
        ),
    ],
)
async def test_limits_that_are_gone_are_asked_about_before_they_are_lifted(
    scene: Scene, emptied: dict[str, object], left: dict[str, Any]
) -> None:
    person = await scene.choose("edit")
    await person.fill("body", "Gracias, {{client_name}}, por su visita.")
    for block, chosen_ in emptied.items():
        await person.fill(block, chosen_)

    first = await person.submit()
    assert (first.closed, first.trouble, dict(first.errors)) == (False, "", {})
    for field in left:
        assert EN(UNLIMITED[field]) in top(person).text
    assert value(person, "body") == "Gracias, {{client_name}}, por su visita."
    assert await scene.store.all() == (CITA,)
    await person.submit()

    saved = await scene.kept()
    assert saved.body == "Gracias, {{client_name}}, por su visita."
    assert {name: getattr(saved, name) for name in ("channels", "allowed")} == {
        "channels": CITA.channels,
        "allowed": CITA.allowed,
        **left,
    }


async def test_whoever_chooses_a_limit_again_is_not_asked_twice(scene: Scene) -> None:
    person = await scene.choose("edit")
    await person.fill("channels", [])
    await person.submit()
    await person.fill("channels", [seed.VENTAS])

    result = await person.submit()

    assert result.closed
    assert (await scene.kept()).channels == (seed.VENTAS,)


async def test_limits_of_people_that_go_after_those_of_channels_are_asked_about_too(
    scene: Scene,
) -> None:
    person = await scene.choose("edit")
    await person.fill("channels", [])
    await person.submit()
    await person.fill("allowed", [])
    await person.fill("allowed_groups", [])

    result = await person.submit()

    assert not result.closed
    assert EN(UNLIMITED["allowed"]) in top(person).text
    assert await scene.store.all() == (CITA,)


async def test_a_form_without_its_limits_that_is_pressed_twice_at_once_saves_nothing(
    scene: Scene,
) -> None:
    person = await scene.choose("edit")
    await person.fill("channels", [])

    await person.submit(times=2)

    assert await scene.store.all() == (CITA,)


async def test_a_duplicate_keeps_its_limits_unless_the_admin_says_so_twice(scene: Scene) -> None:
    person = await scene.choose("duplicate")
    await person.fill("id", NEW_ID)
    await person.fill("channels", [])
    first = await person.submit()
    assert not first.closed

    result = await person.submit()

    assert result.closed
    assert (await scene.kept(NEW_ID)).channels == ()


async def test_a_template_may_get_another_id(scene: Scene) -> None:
    person = await scene.choose("edit")
    await person.fill("id", NEW_ID)

    result = await person.submit()

    assert result.closed
    assert await scene.store.all() == (dataclasses.replace(CITA, id=NEW_ID),)


async def test_parameters_are_edited_beside_a_text_that_is_not_saved_yet(scene: Scene) -> None:
    person = await scene.choose("edit")
    await person.fill("group", "Agenda")

    await person.click_in_view("open_params")
    await person.click_in_view("edit_param", "param.Sede")
    await person.fill("choices", "Centro\nCosta\nNorte")
    await person.submit()
    await person.close()
    result = await person.submit()

    assert result.closed
    saved = await scene.kept()
    assert saved.group == "Agenda"
    assert saved.params[0].choices == ("Centro", "Costa", "Norte")


async def test_a_problem_of_a_parameter_is_told_at_its_field(scene: Scene) -> None:
    person = await scene.choose("edit")
    await person.click_in_view("open_params")
    await person.click_in_view("edit_param", "param.Fecha de cita")
    await person.fill("default", "mañana")

    result = await person.submit()

    assert result.errors == {"default": EN("param.not_a_date", name="Fecha de cita")}
    assert await scene.store.all() == (CITA,)


async def test_a_duplicate_has_its_own_name_and_id_and_the_same_parameters(scene: Scene) -> None:
    person = await scene.choose("duplicate")
    assert (value(person, "name"), value(person, "id")) == (f"{CITA.name} (copy)", None)

    await person.fill("id", NEW_ID)
    result = await person.submit()

    assert result.closed
    copy = dataclasses.replace(CITA, name=f"{CITA.name} (copy)", id=NEW_ID, active=False)
    assert await scene.store.all() == (CITA, copy)


async def test_a_template_is_switched_off_and_on_at_once(scene: Scene) -> None:
    person = await scene.choose("deactivate")

    await scene.page_says(person, EN("template_form.deactivated", name=CITA.name))
    assert not (await scene.kept()).active
    await scene.home_says(person, EN("home.inactive"))
    await person.close()
    await pick(person, "activate")

    await scene.page_says(person, EN("template_form.activated", name=CITA.name))
    assert await scene.store.all() == (CITA,)


async def test_a_template_is_tried_on_ones_own_number(scene: Scene) -> None:
    person = await scene.choose("test")

    assert top(person).callback_id == "send"


async def test_what_is_gone_meanwhile_is_told(scene: Scene) -> None:
    person = await scene.lead()
    scene.keep()

    await pick(person, "edit")

    await scene.page_says(person, EN("template.gone"))


async def test_a_button_that_fails_takes_nothing_away_that_was_typed(scene: Scene) -> None:
    person = await scene.choose("edit")
    await person.fill("group", "Turnos")
    scene.keep()

    await person.click_in_view("open_params")

    await scene.page_says(person, EN("template.gone"))
    await person.close()
    assert value(person, "group") == "Turnos"


@pytest.mark.parametrize("times", [2, 3])
async def test_a_form_that_is_pressed_twice_is_saved_once(scene: Scene, times: int) -> None:
    person = await add(scene, PASTED)

    results = await person.submit(times=times)

    assert [result.trouble for result in results] == [""] * times
    assert [each.name for each in await scene.store.all()] == [CITA.name, "Aviso"]
    assert top(person).callback_id == "template_params"


async def test_a_form_of_a_parameter_that_is_pressed_twice_is_saved_once(scene: Scene) -> None:
    person = await scene.choose("edit")
    await person.click_in_view("open_params")
    await person.click_in_view("edit_param", "param.Sede")
    await person.fill("label", "Dónde")

    results = await person.submit(times=2)

    assert {result.trouble for result in results} == {""}
    assert (await scene.kept()).params[0].label == "Dónde"
