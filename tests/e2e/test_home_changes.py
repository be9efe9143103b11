"""Home changes under one's eyes: after a send by itself, and when an admin deletes a template."""

import dataclasses

import pytest
import pytest_asyncio
from playwright.async_api import expect

from bot.demo.slack import seed
from bot.locales import Translator
from bot.templates.params import Param
from tests.builders import make_template
from tests.conftest import PHONE
from tests.e2e.catalogue import CITA, ENTREGA, PAGO
from tests.e2e.conftest import LOCALES, SIZE, RaiseStage, Stage
from tests.e2e.home_page import Home
from tests.e2e.pages import read
from tests.e2e.pictures import picture

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

CARLAS = make_template(
    name="Solo para Carla",
    id="D" * 20,
    allowed=(seed.CARLA, seed.SUPPORT),
    channels=(seed.SOPORTE,),
    params=(Param("Sede"), Param("Fecha de entrega")),
    body="*Oferta de temporada* para clientes que compraron antes, con entrega en {{Sede}} y {{Fecha de entrega}} a elegir",
)
VALUES = "Nombre=Rosa Pedido=A-1042 Mensajero=Luis"


@pytest_asyncio.fixture(loop_scope="session")
async def stage(raise_stage: RaiseStage) -> Stage:
    """A stage with a short catalogue."""
    return await raise_stage(templates=(CITA, PAGO, ENTREGA, CARLAS))


async def test_an_open_home_shows_what_became_of_a_send_by_itself(
    stage: Stage, translator: Translator
) -> None:
    await stage.let_read(seed.ALICE, LOCALES[translator.language])
    watching, sending = await stage.open(), await stage.open()
    home = Home(watching, translator)
    await home.open()
    await expect(home.sends()).to_have_count(0)
    await sending.send(f"entrega {PHONE} {VALUES}")

    await expect(home.sends()).to_have_count(1)
    line = home.sends().first
    await expect(line).to_contain_text(read(translator("status.pending")))
    await expect(line).to_contain_text(ENTREGA.name)
    await picture(home.page, f"home-redrawn-{translator.language}")


async def test_an_admin_reads_what_deleting_means_and_then_it_is_gone(
    stage: Stage, translator: Translator
) -> None:
    workspace = stage.world.slack.workspace
    support = workspace.groups[seed.SUPPORT]
    workspace.groups[seed.SUPPORT] = dataclasses.replace(support, handle="soporte-clientes")
    await stage.let_read(seed.CARLA, LOCALES[translator.language])
    home = Home(await stage.open(seed.CARLA, SIZE), translator)
    await home.open()
    limits = home.template(CARLAS)
    await expect(limits).to_contain_text(
        translator("home.only_for", people="@carla, @soporte-clientes")
    )
    await home.open_menu(CARLAS)
    await picture(home.page, f"home-delete-menu-{translator.language}")
    await home.page.keyboard.press("Escape")

    modal = await home.choose(CARLAS, "delete")
    await expect(modal.root).to_contain_text(read(translator("template_delete.means")))
    await expect(modal.root).to_contain_text(CARLAS.name)
    await picture(home.page, f"home-delete-{translator.language}")
    await modal.submit()
    await modal.gone()

    await expect(home.template(CARLAS)).to_have_count(0)
    await expect(home.template(CITA)).to_have_count(1)


async def test_an_admin_who_reads_what_deleting_means_can_still_leave_it(
    stage: Stage, english: Translator
) -> None:
    home = Home(await stage.open_in(english, seed.CARLA), english)
    await home.open()

    modal = await home.choose(CARLAS, "delete")
    await modal.root.get_by_role("button", name=english("form.close"), exact=True).click()
    await modal.gone()

    await expect(home.template(CARLAS)).to_have_count(1)
