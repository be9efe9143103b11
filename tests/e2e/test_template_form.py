"""The admins' forms in the browser, in each language: add, edit, duplicate, switch off, try out."""

from dataclasses import replace

import pytest
import pytest_asyncio
from playwright.async_api import expect

from bot.demo.page import first_messages
from bot.demo.slack import seed
from bot.locales import Translator
from bot.send_draft import BODY_LIMIT
from bot.slack.template_form import languages
from bot.slack.template_form.edits import with_params
from bot.templates import Category, Template
from tests.e2e.catalogue import CITA, ENTREGA, PAGO
from tests.e2e.conftest import LOCALES, RaiseStage, Stage
from tests.e2e.home_page import Home, TemplateForm
from tests.e2e.pages import read
from tests.e2e.pictures import picture

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

KNOWN = first_messages.KNOWN[0]
OWN = "+507 6000-0003"  # in Carla's profile
ENDS = "Hola {{client_name}}, su código es {{Código}}"
THREE = (CITA, PAGO, ENTREGA)
VENCE = with_params(
    Template(
        name="Aviso de vencimiento",
        id="VeNcE2026aBcDeFgHiJk",
        language="es",
        category=Category.UTILITY,
        body="Hola {{client_name}}, su pago de {{Monto}} vence el {{Fecha de pago}}. Gracias.",
    ),
    (),
)


@pytest_asyncio.fixture(loop_scope="session")
async def stage(raise_stage: RaiseStage) -> Stage:
    """A stage with three templates, which the tests change."""
    return await raise_stage(templates=THREE)


async def at_home(stage: Stage, translator: Translator) -> tuple[Home, TemplateForm]:
    """Let the admin open Home."""
    home = Home(await stage.open_in(translator, seed.CARLA), translator)
    await home.open()
    return home, TemplateForm(home, translator)


async def test_a_pasted_text_becomes_a_template_that_is_sent_by_its_name(
    stage: Stage, translator: Translator
) -> None:
    home, form = await at_home(stage, translator)
    await home.add()
    await picture(home.page, f"admin-new-{translator.language}")
    await form.fill(name=VENCE.name, id=VENCE.id, body=VENCE.body)
    await form.save()

    await form.titled("param_page.title")
    await expect(form.on_the_page("param_page.saved", name=VENCE.name)).to_be_visible()
    await picture(home.page, f"admin-params-{translator.language}")
    await make_it_a_date(form, home, translator)
    await form.done()
    await form.modal.gone()
    await expect(home.template(VENCE)).to_contain_text("Hola {{client_name}}, su pago")
    await picture(home.page, f"admin-added-{translator.language}")
    await send_it_by_name(stage, translator)


async def make_it_a_date(form: TemplateForm, home: Home, translator: Translator) -> None:
    """Let the form ask for a day, by another name."""
    await form.edit(VENCE, "Fecha de pago")
    await form.fill(label="Fecha límite")
    await form.modal.input("kind").select_option("date")
    await picture(home.page, f"admin-param-{translator.language}")
    await form.save()
    line = form.param(VENCE, "Fecha de pago")
    await expect(line).to_contain_text("Fecha límite")
    await expect(line).to_contain_text(translator("kind.date"))
    await picture(home.page, f"admin-params-set-{translator.language}")


async def send_it_by_name(stage: Stage, translator: Translator) -> None:
    """Let a sender find it by one word of its name, and choose the day."""
    alice = await stage.open_in(translator)
    modal = await alice.command(f"vencimiento {KNOWN} client_name=Rosa monto=25.50")
    await modal.block("param.Fecha de pago").get_by_label("Fecha límite").fill("2026-05-03")
    await expect(modal.preview()).to_contain_text("vence el 3 de mayo de 2026")
    await modal.submit()
    await modal.gone()
    await expect(alice.card("Sent")).to_contain_text(VENCE.name)
    assert stage.world.atom.calls[-1].body["templateId"] == VENCE.id


async def test_mistakes_are_named_at_their_fields_and_nothing_is_lost(
    stage: Stage, translator: Translator
) -> None:
    home, form = await at_home(stage, translator)
    await home.add()
    await form.fill(name=PAGO.name.upper(), id="CoR/tO", body=ENDS, footer="Clínica Vida")
    await form.modal.input("category").select_option("authentication")

    await form.save()

    await form.says(
        name=translator("catalogue.name.taken", other=PAGO.name),
        id=translator("catalogue.id", length=6),
        body=translator("catalogue.body.ends", name="Código"),
    )
    await expect(form.modal.input("name")).to_be_focused()
    await expect(form.modal.input("body")).to_have_value(ENDS)
    await expect(form.modal.input("footer")).to_have_value("Clínica Vida")
    await expect(form.modal.input("category")).to_have_value("authentication")
    await picture(home.page, f"admin-mistakes-{translator.language}")


async def test_mistakes_are_corrected_in_place(stage: Stage, translator: Translator) -> None:
    home, form = await at_home(stage, translator)
    long = f"{ENDS}. {'x' * BODY_LIMIT}"
    await home.add()
    await form.fill(name=PAGO.name, id=VENCE.id, body=ENDS)
    await form.save()
    await expect(form.modal.error("body")).to_be_visible()

    await form.fill(name="Código", body=long)
    await form.save()
    await form.says(
        body=translator("catalogue.text.too_long", length=len(long), limit=BODY_LIMIT),
    )
    await expect(form.modal.input("body")).to_have_value(long)
    await picture(home.page, f"admin-too-long-{translator.language}")
    await form.fill(body=f"{ENDS}.")
    await form.save()

    await form.titled("param_page.title")
    await form.done()
    await expect(home.template(VENCE)).to_contain_text("Código")


async def test_a_problem_of_a_parameter_is_named_in_its_form(
    stage: Stage, translator: Translator
) -> None:
    home, form = await at_home(stage, translator)
    await home.choose(CITA, "edit")
    await form.modal.block("open_params").get_by_role("button").click()
    await form.titled("param_page.title")
    await form.edit(CITA, "Sede")

    await form.fill(choices="", default="Norte")
    await form.save()

    await expect(form.modal.error("choices")).to_have_text(translator("catalogue.choices.none"))
    await expect(form.modal.input("default")).to_have_value("Norte")
    await picture(home.page, f"admin-param-wrong-{translator.language}")
    await form.fill(choices="Centro\nNorte")
    await form.save()
    await expect(form.param(CITA, "Sede")).to_contain_text(
        translator("param_page.default", value="Norte")
    )


async def test_a_template_is_changed_and_given_to_some(
    stage: Stage, translator: Translator
) -> None:
    home, form = await at_home(stage, translator)
    await home.choose(CITA, "edit")
    await form.titled("template_form.title_edit")
    await expect(form.modal.input("body")).to_have_value(CITA.body)
    await picture(home.page, f"admin-edit-{translator.language}")

    spanish = languages.called("es_MX", translator)
    await form.pick("language", spanish[:4], spanish)
    await form.pick("allowed", "bru", "Bruno Costa")
    await form.pick("allowed_groups", "sup", seed.SUPPORT.lower())
    await form.pick("channels", "vent", "# ventas")
    await form.modal.block("channels").scroll_into_view_if_needed()
    await picture(home.page, f"admin-who-{translator.language}")
    await form.fill(name="Cita", group="Agenda")
    await form.save()

    await form.modal.gone()
    row = home.template(CITA)
    await expect(row).to_contain_text("Cita ·")
    await expect(row).to_contain_text(translator.language_name("es_MX"))
    await expect(row).to_contain_text("#ventas")
    await picture(home.page, f"admin-changed-{translator.language}")


async def test_a_changed_text_names_what_is_no_longer_asked_for(
    stage: Stage, translator: Translator
) -> None:
    home, form = await at_home(stage, translator)
    await home.choose(CITA, "edit")

    await form.fill(body="Hola {{client_name}}, le esperamos el {{Fecha de cita}} a las {{Hora}}.")
    await form.save()

    await form.titled("param_page.title")
    await expect(form.on_the_page("param_page.dropped", names="Sede")).to_be_visible()
    changed = with_params(replace(CITA, body="{{Hora}}"), ())
    await expect(form.param(changed, "Hora")).to_contain_text(translator("param_page.required"))
    await picture(home.page, f"admin-dropped-{translator.language}")


async def test_a_duplicate_waits_switched_off_for_its_own_id(
    stage: Stage, translator: Translator
) -> None:
    home, form = await at_home(stage, translator)
    await home.choose(CITA, "duplicate")
    await form.titled("template_form.title_new")
    copy = translator("template_form.copy", name=CITA.name)
    await expect(form.modal.input("name")).to_have_value(copy)
    await expect(form.modal.input("id")).to_have_value("")
    await picture(home.page, f"admin-duplicate-{translator.language}")

    await form.fill(id=VENCE.id)
    await form.save()

    await form.modal.gone()
    row = home.template(VENCE)
    await expect(row).to_contain_text(copy)
    await expect(row).to_contain_text(translator("home.inactive"))
    await expect(home.templates()).to_have_count(4)
    await picture(home.page, f"admin-duplicated-{translator.language}")


async def test_what_is_switched_off_is_offered_to_nobody_until_it_is_on_again(
    stage: Stage, translator: Translator
) -> None:
    home, form = await at_home(stage, translator)
    alice = await stage.open_in(translator)
    theirs = Home(alice, translator)
    await theirs.open()
    await expect(theirs.templates()).to_have_count(3)

    await home.choose(ENTREGA, "deactivate")
    said = form.on_the_page("template_form.deactivated", name=ENTREGA.name)
    await expect(said).to_be_visible()
    await picture(home.page, f"admin-off-{translator.language}")
    await form.done()
    await expect(home.template(ENTREGA)).to_contain_text(translator("home.inactive"))
    await theirs.button("home.refresh").click()
    await expect(theirs.templates()).to_have_count(2)
    await alice.go_to("soporte")
    await alice.command("entrega")
    said = alice.modal.root.get_by_text(read(translator("form.no_such_template", name="entrega")))
    await expect(said).to_be_visible()
    await alice.page.keyboard.press("Escape")
    await alice.modal.gone()

    await home.choose(ENTREGA, "activate")
    await expect(form.on_the_page("template_form.activated", name=ENTREGA.name)).to_be_visible()
    await picture(home.page, f"admin-on-{translator.language}")
    await form.done()
    modal = await alice.command("entrega")
    await expect(modal.preview()).to_contain_text("Hola [Nombre]")


async def test_a_template_is_tried_on_ones_own_number(stage: Stage, translator: Translator) -> None:
    home, form = await at_home(stage, translator)
    await home.choose(PAGO, "test")

    await form.titled("form.test")
    await expect(form.on_the_page("form.test_is_real")).to_be_visible()
    await expect(form.modal.input("phone")).to_have_value(OWN)
    await expect(form.modal.input("param.client_name")).to_have_value("Rosa")
    await expect(form.modal.block("channel")).to_have_count(0)
    await picture(home.page, f"admin-test-{translator.language}")
    await form.save()

    await form.modal.gone()
    await home.page.get_by_role("tab", name="Messages").click()
    await expect(home.window.card(read(translator("status.pending")))).to_contain_text(PAGO.name)
    await picture(home.page, f"admin-tested-{translator.language}")
    assert stage.world.atom.calls[-1].body["phoneNumber"] == "50760000003"


async def test_the_forms_fit_a_narrow_window(stage: Stage, translator: Translator) -> None:
    await stage.let_read(seed.CARLA, LOCALES[translator.language])
    window = await stage.open(seed.CARLA, {"width": 400, "height": 800})
    home = Home(window, translator)
    form = TemplateForm(home, translator)
    await home.open()

    await home.choose(CITA, "edit")
    await picture(home.page, f"admin-narrow-{translator.language}")
    assert await home.page.evaluate("document.documentElement.scrollWidth") <= 400
    await form.modal.block("open_params").get_by_role("button").click()
    await form.titled("param_page.title")
    await picture(home.page, f"admin-narrow-params-{translator.language}")
    await form.edit(CITA, "Sede")
    await picture(home.page, f"admin-narrow-param-{translator.language}")

    body = form.modal.root.locator(".modal-body")
    assert await body.evaluate("body => body.scrollWidth <= body.clientWidth")
