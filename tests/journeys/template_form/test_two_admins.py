"""Two admins at one template: nothing is overwritten."""

import pytest

from tests.journeys.template_form.scene import DIEGO, EN, Scene, value

pytestmark = pytest.mark.asyncio(loop_scope="module")


# Two at once.


async def test_what_another_admin_changed_meanwhile_is_not_overwritten(scene: Scene) -> None:
    first, second = await scene.choose("edit"), await scene.choose("edit", DIEGO)
    await first.fill("group", "Agenda")
    await first.submit()
    await second.fill("group", "Turnos")

    result = await second.submit()

    assert EN("catalogue.changed") in result.errors["name"]
    assert value(second, "group") == "Turnos"
    assert (await scene.kept()).group == "Agenda"


async def test_two_admins_may_set_up_two_parameters_and_the_text_at_once(scene: Scene) -> None:
    first, second = await scene.choose("edit"), await scene.choose("edit", DIEGO)
    await second.click_in_view("open_params")
    await second.click_in_view("edit_param", "param.Sede")
    await first.click_in_view("open_params")
    await first.click_in_view("edit_param", "param.client_name")
    await first.fill("label", "Cliente")
    await first.submit()
    await first.close()
    await first.fill("group", "Agenda")
    await first.submit()
    await second.fill("label", "Dónde")

    await second.submit()

    saved = await scene.kept()
    assert saved.group == "Agenda"
    assert [param.label for param in saved.params] == ["Dónde", "Cliente", ""]


async def test_of_two_admins_at_one_parameter_the_second_is_told(scene: Scene) -> None:
    people = [await scene.choose("edit"), await scene.choose("edit", DIEGO)]
    for person, label in zip(people, ("Dónde", "Lugar"), strict=True):
        await person.click_in_view("open_params")
        await person.click_in_view("edit_param", "param.Sede")
        await person.fill("label", label)
    await people[0].submit()

    result = await people[1].submit()

    assert EN("catalogue.changed") in result.errors["label"]
    assert value(people[1], "label") == "Lugar"
    assert (await scene.kept()).params[0].label == "Dónde"
