"""The app's Home in the browser, in each language: what one sent, what one may send, who helps."""

import contextlib

import pytest
import pytest_asyncio
from playwright.async_api import TimeoutError as NothingThere
from playwright.async_api import expect

from bot.demo.page import first_messages
from bot.demo.slack import seed
from bot.locales import Translator
from tests.builders import make_template
from tests.conftest import PHONE
from tests.e2e.catalogue import CITA, ENTREGA, PAGO
from tests.e2e.conftest import LOCALES, RaiseStage, Stage
from tests.e2e.home_page import Home
from tests.e2e.pages import read
from tests.e2e.pictures import picture

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

KNOWN = first_messages.KNOWN[0]
THEIRS = make_template(name="Solo para Diego", id="D" * 20, allowed=(seed.DIEGO,))
RETIRED = make_template(name="Retirada", id="R" * 20, active=False)
VENTAS = make_template(name="Oferta", id="O" * 20, channels=(seed.SOPORTE, seed.VENTAS))
NUMBERED = tuple(
    make_template(name=f"Aviso {number:02}", id=f"{number:020}") for number in range(1, 81)
)
ALL = (CITA, PAGO, ENTREGA, VENTAS, THEIRS, RETIRED, *NUMBERED)
MAY_SEND = len(ALL) - 2
VALUES = "Nombre=Rosa Pedido=A-1042 Mensajero=Luis"
VISIT = f'recordatorio de cita {PHONE} client_name=Rosa "fecha de cita"=2026-05-03'


@pytest_asyncio.fixture(loop_scope="session")
async def stage(raise_stage: RaiseStage) -> Stage:
    """A stage with more templates than a page of Home holds."""
    return await raise_stage(templates=ALL)


async def test_a_sender_sees_how_their_last_sends_stand(
    stage: Stage, translator: Translator
) -> None:
    alice = await stage.open_in(translator)
    await alice.send(f"entrega {KNOWN} {VALUES}")
    await expect(alice.card("Sent")).to_be_visible()
    await alice.send(f"entrega {PHONE} {VALUES}")
    await expect(alice.card("Pending")).to_be_visible()
    await alice.let_atom("takes the message, then drops the connection")
    await alice.send(VISIT)
    await expect(alice.card("Unconfirmed")).to_be_visible()
    home = Home(alice, translator)

    await home.open()

    for row, (status, name, number) in enumerate(
        [
            ("unknown", CITA.name, "+507 6123-4567"),
            ("pending", ENTREGA.name, "+507 6123-4567"),
            ("sent", ENTREGA.name, "+57 321 1234567"),
        ]
    ):
        line = home.sends().nth(row)
        await expect(line).to_contain_text(read(translator(f"status.{status}")))
        await expect(line).to_contain_text(name)
        await expect(line).to_contain_text(number)
        await expect(line).to_contain_text("#soporte")
    await expect(home.button("home.add_template")).to_have_count(0)
    await picture(alice.page, f"home-sender-{translator.language}")


async def test_who_may_help_is_named_below(stage: Stage, translator: Translator) -> None:
    home = Home(await stage.open_in(translator), translator)
    await home.open()

    below = home.root.locator("[data-block-id]").last
    await below.scroll_into_view_if_needed()

    await expect(below).to_have_text(translator("home.ask", people="@carla"))
    await picture(home.page, f"home-below-{translator.language}")


async def test_once_more_is_the_same_form_and_the_same_message(
    stage: Stage, translator: Translator
) -> None:
    alice = await stage.open_in(translator)
    await alice.send(f"pago {KNOWN} client_name=Rosa monto=25.50 enlace=https://pagos.example/1")
    await expect(alice.card("Sent")).to_be_visible()
    first = stage.world.atom.calls[-1].body
    home = Home(alice, translator)
    await home.open()

    again = translator("button.send_again")
    await home.sends().first.get_by_role("button", name=again).click()
    await expect(home.modal.input("param.client_name")).to_have_value("Rosa")
    await expect(home.modal.input("param.Monto")).to_have_value("25.50")
    await expect(home.modal.block("more")).to_contain_text("Cobros")
    await expect(home.modal.input("channel")).to_have_value("# soporte")
    await picture(alice.page, f"home-again-{translator.language}")
    await home.modal.submit()
    await home.modal.gone()

    await stage.called(2)
    await alice.go_to("soporte")
    await expect(alice.card("Sent")).to_contain_text(PAGO.name)
    assert [each.body for each in stage.world.atom.calls] == [first, first]


async def test_while_it_may_have_arrived_once_more_asks_back(
    stage: Stage, translator: Translator
) -> None:
    alice = await stage.open_in(translator)
    await alice.let_atom("takes the message, then drops the connection")
    await alice.send(VISIT)
    await expect(alice.card("Unconfirmed")).to_be_visible()
    home = Home(alice, translator)
    await home.open()

    await home.sends().first.get_by_role("button", name=translator("button.send_again")).click()
    asked = alice.page.get_by_test_id("confirm")
    await expect(asked).to_contain_text(translator("confirm.again.unknown", phone="+507 6123-4567"))
    await picture(alice.page, f"home-confirm-{translator.language}")
    await asked.get_by_role("button", name=translator("confirm.again.yes")).click()

    await expect(home.modal.input("phone")).to_have_value(PHONE)


async def test_a_template_is_sent_from_home_and_told_in_the_channel_one_chooses(
    stage: Stage, translator: Translator
) -> None:
    alice = await stage.open_in(translator)
    home = Home(alice, translator)
    await home.open()
    await home.search().fill("entrega")
    await home.search().press("Enter")
    await expect(home.templates()).to_have_count(1)

    modal = await home.send(ENTREGA)
    await expect(modal.input("phone")).to_be_focused()
    for block, text in {"phone": KNOWN, "param.Nombre": "Rosa", "param.Pedido": "A-1"}.items():
        await modal.input(block).fill(text)
    await modal.input("param.Mensajero").fill("Luis")
    await expect(modal.preview()).to_contain_text("con Luis. Gracias.")
    await modal.input("channel").click()
    await modal.block("channel").get_by_role("option", name="# privado").click()
    await picture(alice.page, f"home-form-{translator.language}")
    await modal.submit()
    await modal.gone()

    await alice.go_to("privado")
    await expect(alice.card("Sent")).to_contain_text(ENTREGA.name)
    assert stage.world.atom.calls[-1].body["params"]["Mensajero"] == "Luis"


async def test_from_home_without_a_channel_the_outcome_comes_in_private(
    stage: Stage, english: Translator
) -> None:
    alice = await stage.open_in(english)
    home = Home(alice, english)
    await home.open()
    await home.button("home.new_send").click()
    await expect(home.modal.root).to_be_visible()
    await home.modal.choose("en", ENTREGA.name)
    for block, text in {"phone": KNOWN, "param.Nombre": "Rosa", "param.Pedido": "A-1"}.items():
        await home.modal.input(block).fill(text)
    await home.modal.input("param.Mensajero").fill("Luis")

    await home.modal.submit()
    await home.modal.gone()

    await alice.page.get_by_role("tab", name="Messages").click()
    await expect(alice.card("Sent")).to_contain_text(ENTREGA.name)


async def test_paging_by_mouse_leads_to_the_end_and_back(
    stage: Stage, translator: Translator
) -> None:
    home = Home(await stage.open_in(translator, seed.BRUNO), translator)
    await home.open()
    await expect(home.templates()).to_have_count(25)
    await expect(home.button("home.previous")).to_have_count(0)
    first = await home.templates().all_inner_texts()

    for page in (2, 3, 4):
        await home.button("home.next").click()
        told = translator("home.page", page=page, pages=4, count=MAY_SEND)
        await expect(home.root.get_by_text(told)).to_be_visible()
    await expect(home.button("home.next")).to_have_count(0)
    await expect(home.templates()).to_have_count(MAY_SEND - 75)
    await picture(home.page, f"home-last-page-{translator.language}")
    for page in (3, 2, 1):
        await home.button("home.previous").click()
        told = translator("home.page", page=page, pages=4, count=MAY_SEND)
        await expect(home.root.get_by_text(told)).to_be_visible()

    assert await home.templates().all_inner_texts() == first


async def test_paging_and_searching_need_only_the_keyboard(
    stage: Stage, translator: Translator
) -> None:
    home = Home(await stage.open_in(translator, seed.BRUNO), translator)
    keyboard = home.page.keyboard
    await home.open()
    await home.search().focus()

    await keyboard.type("AVÍSO")
    await keyboard.press("Enter")
    told = translator("home.page", page=1, pages=4, count=len(NUMBERED))
    await expect(home.root.get_by_text(told)).to_be_visible()
    await expect(home.search()).to_be_focused()
    await home.button("home.next").focus()
    await keyboard.press("Enter")
    told = translator("home.page", page=2, pages=4, count=len(NUMBERED))
    await expect(home.root.get_by_text(told)).to_be_visible()
    await expect(home.button("home.next")).to_be_focused()
    await picture(home.page, f"home-search-{translator.language}")
    await home.button("home.show_all").focus()
    await keyboard.press("Enter")

    told = translator("home.page", page=1, pages=4, count=MAY_SEND)
    await expect(home.root.get_by_text(told)).to_be_visible()
    await expect(home.search()).to_have_value("")


async def test_what_is_not_found_or_not_theirs_is_said(
    stage: Stage, translator: Translator
) -> None:
    home = Home(await stage.open_in(translator, seed.BRUNO), translator)
    await home.open()

    await home.search().fill(THEIRS.name)
    await home.search().press("Enter")

    said = translator("home.no_match", search=THEIRS.name)
    await expect(home.root.get_by_text(said)).to_be_visible()
    await expect(home.templates()).to_have_count(0)
    await picture(home.page, f"home-nothing-{translator.language}")


async def test_an_admin_sees_what_is_switched_off_and_has_a_menu_for_it(
    stage: Stage, translator: Translator
) -> None:
    home = Home(await stage.open_in(translator, seed.CARLA), translator)
    await home.open()
    await home.search().fill("r")
    await home.search().press("Enter")

    await expect(home.template(RETIRED)).to_contain_text(translator("home.inactive"))
    await expect(home.root).not_to_contain_text(translator("home.ask_owner"))
    await home.open_menu(RETIRED)
    await picture(home.page, f"home-admin-{translator.language}")


@pytest.mark.parametrize(
    ("user", "why"),
    [
        (seed.DIEGO, "refused.not_listed"),
        (seed.GUEST, "refused.guest"),
        (seed.SINGLE, "refused.guest"),
    ],
)
async def test_who_may_not_send_sees_why_and_who_helps(
    stage: Stage, translator: Translator, user: str, why: str
) -> None:
    home = Home(await stage.open_in(translator, user), translator)

    await home.open()

    # No admin can help a guest.
    helps = f" {translator('refused.ask', people='@carla')}" if user == seed.DIEGO else ""
    await expect(home.root).to_have_text(f"{translator(why)}{helps}")
    await expect(home.root.get_by_role("button")).to_have_count(0)
    await picture(home.page, f"home-refused-{user[2:7].lower()}-{translator.language}")


async def test_who_loses_the_right_sees_nothing_more(stage: Stage, english: Translator) -> None:
    home = Home(await stage.open_in(english, seed.BRUNO), english)
    await home.open()
    stage.world.slack.workspace.set_group(seed.SUPPORT, [seed.ALICE])
    await stage.world.slack.settled()

    # Home may be drawn anew by itself before the press; then there is nothing left to press.
    with contextlib.suppress(NothingThere):
        await home.button("home.next").click(timeout=5000)

    await expect(home.root).to_contain_text(english("refused.not_listed"))
    await expect(home.templates()).to_have_count(0)


async def test_home_fits_a_narrow_window(stage: Stage, translator: Translator) -> None:
    await stage.let_read(seed.CARLA, LOCALES[translator.language])
    home = Home(await stage.open(seed.CARLA, {"width": 400, "height": 800}), translator)

    await home.open()

    assert await home.page.evaluate("document.documentElement.scrollWidth") <= 400
    await expect(home.button("home.add_template")).to_be_in_viewport(ratio=1)
    await picture(home.page, f"home-narrow-{translator.language}")
