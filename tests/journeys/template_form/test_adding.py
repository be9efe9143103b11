"""Support leads add a template: its places, its limits, its problems."""

import dataclasses

import pytest

from bot.demo.slack import seed
from bot.templates import Category, Template
from bot.templates.params import Kind, Param
from tests.builders import TEMPLATE
from tests.journeys.template_form.scene import (
    CITA,
    EN,
    NEW_ID,
    PASTED,
    Scene,
    add,
    chosen,
    top,
    value,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_pasted_text_offers_its_placeholders_and_one_becomes_a_date(scene: Scene) -> None:
    person = await add(scene, PASTED)

    await person.submit()
    assert [block["block_id"] for block in top(person).blocks[1:]] == [
        "param.client_name",
        "param.Monto",
        "param.Fecha de pago",
    ]
    await person.click_in_view("edit_param", "param.Fecha de pago")
    await person.fill("label", "Fecha límite")
    await person.fill("kind", "date")
    await person.fill("required", [])
    await person.submit()
    await scene.page_says(person, "`{{Fecha de pago}}` · Fecha límite\nDate · optional")
    await person.close()

    assert person.views == []
    assert (await scene.exported())[-1] == Template(
        name="Aviso",
        id=NEW_ID,
        language="es",
        category=Category.UTILITY,
        body=PASTED,
        params=(
            Param("client_name"),
            Param("Monto"),
            Param("Fecha de pago", label="Fecha límite", kind=Kind.DATE, required=False),
        ),
    )
    await scene.home_says(person, "Aviso")


async def test_a_template_without_placeholders_is_saved_and_the_form_closes(scene: Scene) -> None:
    person = await add(scene, "Gracias por su compra.", header="Gracias", footer="Tienda")

    result = await person.submit()

    assert result.closed
    saved = await scene.kept(NEW_ID)
    assert (saved.header, saved.footer, saved.params) == ("Gracias", "Tienda", ())


async def test_who_may_send_it_and_where_is_chosen_by_name(scene: Scene) -> None:
    person = await add(scene, "Gracias.")

    await person.fill("language", "Spanish (Mexico) · es_MX")
    await person.fill("category", "Marketing")
    await person.fill("allowed", [seed.BRUNO])
    await person.fill("allowed_groups", ["s0support01 · @s0support01"])
    await person.fill("channels", [seed.SOPORTE])
    await person.fill("assign", value=True)
    await person.fill("active", [])
    result = await person.submit()

    assert result.closed
    saved = await scene.kept(NEW_ID)
    assert (saved.language, saved.category) == ("es_MX", Category.MARKETING)
    assert (saved.allowed, saved.channels) == ((seed.BRUNO, seed.SUPPORT), (seed.SOPORTE,))
    assert (saved.assign, saved.active) == (True, False)


async def test_a_language_is_proposed_and_another_one_found_by_typing(scene: Scene) -> None:
    scene.keep(dataclasses.replace(CITA, language="pt_BR"))
    person = await add(scene, "Obrigado.")

    offered = await person.suggest("language", "fren")

    assert chosen(person, "language") == "pt_BR"
    assert [each["value"] for each in offered] == ["fr"]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("{{a}} es su cita.", EN("catalogue.body.begins", name="a")),
        ("Su cita es {{a}}", EN("catalogue.body.ends", name="a")),
        ("Su {{a}} {{b}} es.", EN("catalogue.body.side_by_side", one="a", other="b")),
        ("Su {{a}, es.", EN("catalogue.place.braces")),
        ("Su {{a}} y {{A}} es.", EN("catalogue.place.spelled", name="A", meant="a")),
        ("x" * 1025, EN("catalogue.text.too_long", length=1025, limit=1024)),
    ],
)
async def test_a_problem_is_told_at_its_field_and_nothing_is_saved(
    scene: Scene, body: str, says: str
) -> None:
    person = await add(scene, body)

    result = await person.submit()

    assert result.errors == {"body": says}
    assert value(person, "body") == body
    assert await scene.store.all() == (CITA,)


async def test_all_problems_are_told_at_once(scene: Scene) -> None:
    person = await add(
        scene, "{{a}} es.", name=CITA.name.upper(), id="too short", footer="De {{b}}"
    )

    result = await person.submit()

    assert set(result.errors) == {"name", "id", "body", "footer"}


async def test_an_id_that_is_taken_is_told(scene: Scene) -> None:
    person = await add(scene, "Gracias.", id=TEMPLATE)

    result = await person.submit()

    assert result.errors == {"id": EN("catalogue.id.taken", other=CITA.name)}


# When Slack gives less.


async def test_where_slack_has_no_user_groups_the_form_opens_all_the_same(scene: Scene) -> None:
    scene.world.slack.workspace.set_plan("free")
    try:
        person = await scene.choose("edit")

        assert [each["value"] for each in value(person, "allowed_groups")] == [seed.SUPPORT]
        result = await person.submit()
        assert result.closed
        assert await scene.store.all() == (CITA,)
    finally:
        scene.world.slack.workspace.set_plan("pro")


async def test_slack_takes_fifty_parameters_with_odd_names(scene: Scene) -> None:
    names = [f"p{number} <&> \"'é🌴" for number in range(50)]
    body = " ".join(f"a {{{{{name}}}}}" for name in names) + "."
    person = await add(scene, body)

    await person.submit()
    # WhatsApp may refuse such names, which is said once; they are Atom's own.
    assert "WhatsApp does not accept" in top(person).text
    await person.submit()
    await person.click_in_view("edit_param", top(person).blocks[-1]["block_id"])
    await person.fill("label", "La última")
    await person.submit()

    assert [param.name for param in (await scene.kept(NEW_ID)).params] == names
    assert (await scene.kept(NEW_ID)).params[-1].label == "La última"


async def test_what_whatsapp_may_refuse_is_said_once_and_saved_by_one_more_press(
    scene: Scene,
) -> None:
    person = await add(scene, PASTED, header="Hola \N{PARTY POPPER}", id="odd_id-1")

    first = await person.submit()
    told = top(person).text
    await person.submit()

    assert not first.closed
    assert "not accept emoji in a header" in told
    assert "odd_id-1 does not look like" in told
    assert (await scene.kept("odd_id-1")).header == "Hola \N{PARTY POPPER}"
