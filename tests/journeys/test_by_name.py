"""Templates by name: found while typing, asked for by their fields, seen before they are sent."""

import dataclasses
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.demo.slack import seed
from bot.demo.slack.person import Person
from bot.templates import Template
from bot.templates.params import Param
from tests.builders import TEMPLATE, make_one_param_template
from tests.conftest import World
from tests.journeys.conftest import Journey, open_world
from tests.journeys.reminders import CITA, PAGO

pytestmark = pytest.mark.asyncio(loop_scope="module")

OTHERS = dataclasses.replace(
    make_one_param_template(), name="Solo de Carla", id="C" * 20, allowed=(seed.CARLA,)
)
ELSEWHERE = dataclasses.replace(
    make_one_param_template(), name="Solo en ventas", id="D" * 20, channels=(seed.VENTAS,)
)
OFF = dataclasses.replace(
    make_one_param_template(), name="Promoción vieja", id="E" * 20, active=False
)
CATALOGUE = (CITA, PAGO, OTHERS, ELSEWHERE, OFF)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    folder: Path = tmp_path_factory.mktemp("by-name")
    async with open_world(folder, f"sqlite:///{folder}/bot.db") as made:
        await made.keep(*CATALOGUE)
        await made.start()
        yield made


def fields(person: Person) -> dict[str, dict[str, Any]]:
    """Return what the person sees to fill in, by block."""
    assert person.view is not None
    return {
        each["block_id"]: each["element"] for each in person.view.blocks if each["type"] == "input"
    }


def names(options: list[dict[str, Any]]) -> list[str]:
    return [each["text"]["text"] for each in options]


def preview(person: Person) -> str:
    """Return the message that the person sees."""
    assert person.view is not None
    (block,) = (each for each in person.view.blocks if each["block_id"] == "preview")
    quote = block["elements"][1]
    return "".join(each["text"] for each in quote["elements"])


async def test_a_template_by_two_letters_a_phone_and_its_values(journey: Journey) -> None:
    person = await journey.open("")
    options = await person.suggest("template", "ci")
    await person.fill("template", options[0])
    await person.fill("phone", "6123-4567")
    await person.fill("param.client_name", "Rosa")
    await person.fill("param.Fecha de cita", "2026-05-03")

    send_id = await journey.press_send(person)

    await journey.outcome(send_id, "pending")
    assert journey.world.atom.calls[-1].body == {
        "templateId": TEMPLATE,
        "phoneNumber": "50761234567",
        "clientName": "Rosa",
        "groupName": "Citas",
        "assign": False,
        "params": {
            "client_name": "Rosa",
            "Fecha de cita": "3 de mayo de 2026",
            "Sede": "Centro",
        },
    }


async def test_choosing_asks_for_just_what_the_template_needs(journey: Journey) -> None:
    person = await journey.open("")
    assert [*fields(person)] == ["template", "phone"]

    await person.fill("template", "Recordatorio de pago")

    seen = fields(person)
    assert {name: seen[name]["type"] for name in seen if name.startswith("param.")} == {
        "param.client_name": "plain_text_input",
        "param.Monto": "plain_text_input",
        "param.Enlace": "url_text_input",
    }
    assert person.view is not None
    assert "Cobros" in person.view.text
    await person.click_in_view("show_more")
    assert fields(person)["group"]["initial_value"] == "Cobros"


async def test_the_message_is_shown_as_it_will_read(journey: Journey) -> None:
    person = await journey.open("")
    await person.fill("template", "Recordatorio de cita")
    assert preview(person) == (
        "Su cita\nHola [Nombre del cliente], su cita es el [Fecha de cita] en Centro. "
        "Le esperamos.\nClínica Vida"
    )

    await person.fill("param.client_name", "Rosa")
    await journey.world.slack.until(lambda: "Rosa" in preview(person))

    assert "Hola Rosa, su cita es el [Fecha de cita]" in preview(person)


async def test_what_was_typed_stays_in_fields_that_remain(journey: Journey) -> None:
    person = await journey.open("")
    await person.fill("template", "Recordatorio de cita")
    await person.fill("phone", "6123-4567")
    await person.fill("param.client_name", "Rosa", dispatch=False)
    await person.click_in_view("show_more")
    await person.fill("client_name", "Rosa Pérez")

    await person.fill("template", "Recordatorio de pago")

    assert person.view is not None
    values = {name: next(iter(each.values())) for name, each in person.view.values.items()}
    assert values["param.client_name"]["value"] == "Rosa"
    assert values["phone"]["value"] == "6123-4567"
    assert values["client_name"]["value"] == "Rosa Pérez"
    assert values["group"]["value"] == "Cobros"


async def test_the_customers_name_is_asked_for_once(journey: Journey) -> None:
    person = await journey.open("recordatorio de pago 6123-4567 client_name=Rosa Monto=25")
    assert "client_name" not in fields(person)

    await journey.outcome(await journey.press_send(person), "pending")

    body = journey.world.atom.calls[-1].body
    assert (body["clientName"], body["params"]["client_name"]) == ("Rosa", "Rosa")


async def test_atom_may_be_told_another_name(journey: Journey) -> None:
    text = 'recordatorio de pago 6123-4567 client_name=Rosa client="Rosa Pérez" Monto=25'
    person = await journey.open(text)
    assert fields(person)["client_name"]["initial_value"] == "Rosa Pérez"

    await journey.outcome(await journey.press_send(person), "pending")

    body = journey.world.atom.calls[-1].body
    assert (body["clientName"], body["params"]["client_name"]) == ("Rosa Pérez", "Rosa")


async def test_what_few_sends_need_opens_with_what_was_typed_kept(journey: Journey) -> None:
    person = await journey.open("recordatorio de cita 6123-4567")
    await person.fill("param.client_name", "Rosa", dispatch=False)
    assert not {"group", "assign", "client_name"} & {*fields(person)}

    await person.click_in_view("show_more")

    assert {"group", "assign", "client_name"} <= {*fields(person)}
    await person.fill("group", "Turnos")
    await person.fill("assign", value=True)
    await person.fill("param.Fecha de cita", "2026-05-03")
    await person.fill("template", "Recordatorio de pago")
    assert {"group", "assign"} <= {*fields(person)}  # once pressed it stays open
    await person.fill("param.Monto", "25")
    await journey.outcome(await journey.press_send(person), "pending")
    body = journey.world.atom.calls[-1].body
    assert (body["groupName"], body["assign"]) == ("Turnos", True)
    assert body["params"]["client_name"] == "Rosa"


@pytest.mark.parametrize("typed", ["group=Turnos", "assign=yes"])
async def test_a_typed_group_or_assignment_is_in_its_field(journey: Journey, typed: str) -> None:
    person = await journey.open(f"recordatorio de cita 6123-4567 {typed}")

    assert {"group", "assign"} <= {*fields(person)}


async def test_only_what_this_person_may_send_here_is_offered(journey: Journey) -> None:
    alice = await journey.open("")
    offered = names(await alice.suggest("template", ""))

    assert sorted(offered) == ["Recordatorio de cita", "Recordatorio de pago"]


async def test_an_admin_is_offered_what_is_for_others_too(journey: Journey) -> None:
    carla = await journey.open("", user=seed.CARLA)

    assert "Solo de Carla" in names(await carla.suggest("template", ""))


async def test_ones_own_last_templates_come_first(journey: Journey) -> None:
    send_id = await journey.send(
        '"Recordatorio de pago" 6123-4567 client_name=Rosa monto=25', seed.BRUNO
    )
    await journey.outcome(send_id, "pending")

    bruno = await journey.open("", user=seed.BRUNO)

    assert names(await bruno.suggest("template", ""))[0] == "Recordatorio de pago"


async def test_the_command_finds_a_template_by_its_name(journey: Journey) -> None:
    text = 'recordatorio de cita 6123-4567 CLIENT_NAME="Ana María" "fecha de CITA"="3/5/2026"'

    person = await journey.open(text)

    assert person.view is not None
    assert "Hola Ana María, su cita es el 3 de mayo de 2026 en Centro." in preview(person)
    send_id = await journey.press_send(person)
    await journey.outcome(send_id, "pending")


async def test_the_card_names_the_template(journey: Journey) -> None:
    send_id = await journey.send('"Recordatorio de pago" 6123-4567 client_name=Rosa monto=25')

    card = await journey.card_says(send_id, "Pending")
    await journey.outcome(send_id, "pending")
    assert "*Recordatorio de pago*" in card.text


async def test_a_mistyped_name_is_asked_about_and_one_press_chooses(journey: Journey) -> None:
    person = await journey.open("recordatoro de sita 6123-4567 client_name=Rosa")
    assert person.view is not None
    assert "Did you mean" in person.view.text or "Quisiste decir" in person.view.text
    assert person.view.blocks[1]["elements"][0]["text"]["text"] == "Recordatorio de cita"

    await person.click_in_view("mean_template.0")

    assert "Hola Rosa" in preview(person)
    await person.fill("param.Fecha de cita", "2026-05-03")
    send_id = await journey.press_send(person)
    await journey.outcome(send_id, "pending")
    assert journey.world.atom.calls[-1].body["templateId"] == TEMPLATE


async def test_letters_that_several_names_have_offer_all_of_them(journey: Journey) -> None:
    person = await journey.open("recordatorio 6123-4567")

    assert person.view is not None
    assert "Several" in person.view.text or "Varias" in person.view.text
    buttons = person.view.blocks[1]["elements"]
    assert names(buttons) == ["Recordatorio de cita", "Recordatorio de pago"]


async def test_an_unknown_name_is_said_and_nothing_typed_is_lost(journey: Journey) -> None:
    person = await journey.open("zzz 6123-4567 client_name=Rosa Monto=25")
    assert person.view is not None
    assert "zzz" in person.view.text

    await person.fill("template", "Recordatorio de pago")

    assert "Hola Rosa, debe 25" in preview(person)


async def test_who_is_no_admin_can_t_send_an_id_outside_of_the_catalogue(journey: Journey) -> None:
    person = await journey.open("")
    assert await person.suggest("template", "Z" * 20) == []
    forged = {"text": {"type": "plain_text", "text": "x", "emoji": True}, "value": "Z" * 20}

    await person.fill("template", forged)

    assert [*fields(person)] == ["template", "phone"]
    assert person.view is not None
    assert "admin" in person.view.text


async def test_an_admin_may_send_an_id_outside_of_the_catalogue(journey: Journey) -> None:
    person = await journey.open("6123-4567", user=seed.CARLA)
    (option,) = await person.suggest("template", "Z" * 20)
    await person.fill("template", option)
    await person.fill("params", "Fecha=hoy")

    send_id = await journey.press_send(person)

    await journey.outcome(send_id, "pending")
    body = journey.world.atom.calls[-1].body
    assert (body["templateId"], body["params"]) == ("Z" * 20, {"Fecha": "hoy"})


async def test_a_bad_value_is_named_at_its_field(journey: Journey) -> None:
    person = await journey.open('"Recordatorio de pago" 6123-4567 client_name="a     b" monto=25')

    result = await person.submit()

    assert set(result.errors) == {"param.client_name"}
    assert "client_name" in result.errors["param.client_name"]


async def test_enter_before_the_fields_are_drawn_sends_nothing(journey: Journey) -> None:
    person = await journey.open('"Recordatorio de pago" 6123-4567 client_name=Rosa monto=25')
    await person.fill("template", "Recordatorio de cita", dispatch=False)

    result = await person.submit()

    assert not result.closed
    assert person.view is not None
    assert "Nothing was sent" in person.view.text or "No se envió nada" in person.view.text
    assert "Hola Rosa" in preview(person)
    assert journey.world.atom.calls == []


async def test_a_template_that_is_switched_off_while_the_form_is_open(journey: Journey) -> None:
    person = await journey.open('"Recordatorio de pago" 6123-4567 client_name=Rosa monto=25')
    off = dataclasses.replace(PAGO, active=False)
    await journey.world.keep(CITA, off, OTHERS, ELSEWHERE, OFF)

    result = await person.submit()

    await journey.world.keep(*CATALOGUE)
    assert set(result.errors) == {"template"}
    assert journey.world.atom.calls == []


async def test_thirty_parameters_fit(journey: Journey) -> None:
    params = tuple(Param(f"valor {number}") for number in range(30))
    many = Template(
        name="Treinta",
        id="T" * 20,
        language="es",
        category=CITA.category,
        body=" ".join(["Datos:", *(f"{{{{{each.name}}}}}, y" for each in params), "fin."]),
        params=params,
    )
    await journey.world.keep(*CATALOGUE, many)
    person = await journey.open("treinta 6123-4567")
    for each in params:
        await person.fill(f"param.{each.name}", each.name.upper())

    send_id = await journey.press_send(person)

    await journey.outcome(send_id, "pending")
    assert len(journey.world.atom.calls[-1].body["params"]) == 30
    await journey.world.keep(*CATALOGUE)


async def test_where_the_outcome_belongs_decides_what_may_be_sent(journey: Journey) -> None:
    person = journey.person()
    await person.global_shortcut("send_global")
    await person.fill("channel", None)
    await person.fill("template", "Solo en ventas")
    await person.fill("phone", "6123-4567")
    await person.fill("param.Valor", "25")
    await person.fill("channel", seed.SOPORTE)

    result = await person.submit()

    assert set(result.errors) == {"channel"}
    await person.fill("channel", seed.VENTAS)
    await journey.outcome(await journey.press_send(person), "pending")
