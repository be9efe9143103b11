"""The command's questions: answered at once, in private, in the person's language."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.demo.slack import seed
from bot.demo.slack.person.base import Result
from bot.locales import load
from tests.builders import make_one_param_template, make_template
from tests.conftest import PHONE, TEMPLATE, World
from tests.journeys.conftest import COMMAND, Journey, open_world

EN = load("en")
pytestmark = pytest.mark.asyncio(loop_scope="module")

CITA = make_template(name="Recordatorio de cita", body="Su cita es mañana.", params=())
CUENTA = make_one_param_template()
HERE = (
    CITA,
    make_template(name="Estado de cuenta", id="B" * 20, body=CUENTA.body, params=CUENTA.params),
    make_template(name="Solo ventas", id="C" * 20, channels=(seed.VENTAS,)),
    make_template(name="Solo Carla", id="D" * 20, allowed=(seed.CARLA,)),
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    folder: Path = tmp_path_factory.mktemp("questions")
    async with open_world(folder, f"sqlite:///{folder}/bot.db") as made:
        await made.keep(*HERE)
        await made.start()
        yield made


async def ask(journey: Journey, text: str, user: str = seed.ALICE) -> Result:
    """Type a question; the answer is for this person alone, and no form is open."""
    person = journey.person(user)
    result = await person.command(seed.SOPORTE, COMMAND, text)
    assert result.message is not None, result
    assert result.message.only_for == user
    assert person.view is None
    return result


async def sent(journey: Journey, user: str = seed.ALICE, number: str = PHONE) -> str:
    send_id = await journey.send(f"Recordatorio de cita {number}", user)
    await journey.outcome(send_id, "pending")
    return send_id


async def test_recent_offers_to_send_again_with_the_same_contents(journey: Journey) -> None:
    await sent(journey)
    result = await ask(journey, "recientes")
    assert result.message is not None
    assert "Pendiente" in result.shown
    assert "Recordatorio de cita" in result.shown
    assert "+507 6123-4567" in result.shown

    await journey.person().click(seed.SOPORTE, result.message.ts, "send_again")

    again = await journey.press_send(journey.person())
    await journey.outcome(again, "pending")
    first, second = journey.world.atom.calls
    assert first.body == second.body


async def test_list_shows_what_this_person_may_send_from_this_channel(journey: Journey) -> None:
    alice = await ask(journey, "lista")
    carla = await ask(journey, "list", seed.CARLA)

    assert "Estado de cuenta · 1 valor\n" in alice.shown.replace("`", "")
    assert "Recordatorio de cita · sin valores" in alice.shown.replace("`", "")
    assert "Solo" not in alice.shown
    assert "Solo Carla" in carla.shown
    assert "Solo ventas" not in carla.shown


async def test_a_template_that_begins_like_a_subcommand_fills_the_form(journey: Journey) -> None:
    person = await journey.open("Estado de cuenta")
    assert person.view is not None
    assert "Estado de cuenta" in str(person.view.blocks)
    await person.close()

    person = await journey.open("estado 61234567")

    assert person.view is not None
    assert "61234567" in str(person.view.blocks)


async def test_status_is_for_the_sender_and_for_admins(journey: Journey) -> None:
    send_id = await sent(journey, number="+50761230042")

    mine = await ask(journey, "estado 0042")
    other = await ask(journey, f"status {send_id}", seed.BRUNO)
    admin = await ask(journey, f"status {send_id}", seed.CARLA)

    assert "+507 6123-0042" in mine.shown
    assert send_id in mine.shown
    assert "Nenhum dos seus envios" in other.shown
    assert "•••• 0042" in admin.shown
    assert f"<@{seed.ALICE}>" in admin.shown
    assert "6123" not in admin.shown


async def test_an_unknown_send_is_decided_where_its_buttons_are(journey: Journey) -> None:
    journey.world.atom.behave("drops", times=1)
    send_id = await journey.send(f"{TEMPLATE} {PHONE}")
    await journey.outcome(send_id, "unknown")

    result = await ask(journey, f"status {send_id.lower()}")

    assert f"<#{seed.SOPORTE}>" in result.shown


async def test_refresh_says_what_it_found_and_that_it_was_done_just_now(journey: Journey) -> None:
    first = await ask(journey, "actualizar")
    second = await ask(journey, "refresh", seed.CARLA)

    assert "Puedes enviar 3 plantillas en total. No administras este bot." in first.shown
    assert "just now" in second.shown
    assert "You can send 4 templates in all. You are an admin of the bot." in second.shown


async def test_help_names_the_subcommands(journey: Journey) -> None:
    result = await ask(journey, "?")

    assert f"{COMMAND} estado 4567" in result.shown


@pytest.mark.parametrize("text", ["help", "recent", "list", "status 4567", "refresh"])
async def test_who_may_not_send_may_not_ask(journey: Journey, text: str) -> None:
    result = await ask(journey, text, seed.GUEST)

    assert EN("refused.guest") in result.shown
    assert COMMAND not in result.shown


async def test_no_number_that_was_asked_for_is_in_the_log(journey: Journey) -> None:
    await ask(journey, "status 99887766")

    assert "99887766" not in journey.world.logs()
