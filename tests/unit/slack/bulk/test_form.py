"""The form for a list, as people fill it in: what is taken, and what is not."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.bulk.batches import BatchRequest, ListFile
from bot.bulk.columns import ASSIGN, CLIENT_NAME, GROUP, PHONE, match
from bot.bulk.list_file.table import FILE_LIMIT, Row
from bot.demo.slack import seed
from bot.demo.slack.blockkit import check_view
from bot.demo.slack.views import View
from bot.errors import Problem
from bot.locales import LANGUAGES, load
from bot.slack.bulk import form_parse, form_view, ids
from bot.slack.bulk.form_state import ListForm
from bot.slack.send_form.listeners import COMMAND
from tests.fakes import NOON
from tests.unit.slack.bulk.form_scene import Lists, open_lists
from tests.unit.slack.send_form.form_views import PLACE
from tests.unit.slack.send_form.template_forms import CITA, HOSTILE, PAGO

EACH = pytest.mark.parametrize("language", LANGUAGES)


@pytest.fixture
async def lists() -> AsyncIterator[Lists]:
    async with open_lists() as made:
        yield made


def element(view: View, block_id: str) -> dict[str, object]:
    found = [each for each in view.blocks if each["block_id"] == block_id]
    return dict(found[0]["element"])


def blocks(view: View) -> list[str]:
    return [each["block_id"] for each in view.blocks if each["type"] == "input"]


async def test_a_template_and_a_file_are_a_list(lists: Lists) -> None:
    view = await lists.command("bulk recordatorio de cita")
    await lists.give()

    request = await lists.submit()

    assert request == BatchRequest(
        id=request.id,
        key=view.id,
        user=seed.ALICE,
        origin=request.origin,
        template=CITA.id,
        template_name=CITA.name,
        file=request.file,
    )
    assert request.file
    assert request.file.name == "pacientes.csv"
    assert (request.origin.channel, request.origin.thread_ts) == (seed.SOPORTE, "")
    assert request.origin.response_url.startswith("http")


async def test_the_form_has_the_blocks_of_the_contract(lists: Lists) -> None:
    view = await lists.command("bulk")
    await lists.person().click_in_view(ids.SHOW_MORE)

    opened = lists.person().view
    assert opened is not None
    assert view.spec["callback_id"] == "bulk"
    assert blocks(opened) == ["template", "file", "group", "assign", "send_at"]
    assert element(opened, "file")["max_files"] == 1
    assert element(opened, "file")["filetypes"] == ["csv", "tsv", "txt", "xlsx"]


@pytest.mark.parametrize(
    "text", ["bulk Recordatorio de cita", "BULK recordatorio de cita", "lista recordatorio de cita"]
)
async def test_the_command_chooses_the_template_by_its_name(lists: Lists, text: str) -> None:
    view = await lists.command(text)

    assert "initial_option" in element(view, "template")
    assert "Fecha de cita" in view.text


async def test_lista_alone_still_lists_the_templates(lists: Lists) -> None:
    person = lists.person()

    result = await person.command(seed.SOPORTE, COMMAND, "lista")

    assert person.view is None
    assert CITA.name in str(result.shown)


async def test_a_template_that_begins_with_the_word_is_sent_to_one_number(lists: Lists) -> None:
    lists.catalogue.templates = (replace(CITA, name="Lista de espera"), PAGO)

    view = await lists.command("lista de espera +50761234567")

    assert view.spec["callback_id"] == "send"


async def test_what_is_not_quite_a_name_offers_what_was_meant(lists: Lists) -> None:
    view = await lists.command("bulk recordatorio")
    await lists.person().click_in_view(f"{ids.MEAN}.1")

    chosen = lists.person().view
    assert chosen is not None
    assert "recordatorio" in view.text
    assert "Monto" in chosen.text


async def test_a_word_that_has_no_field_is_told(lists: Lists) -> None:
    view = await lists.command("bulk Recordatorio de cita +50761234567 Hora=10")

    assert "+50761234567" in view.text
    assert "Hora=10" in view.text


async def test_one_template_is_chosen_already() -> None:
    async with open_lists(CITA) as lists:
        await lists.command("bulk")
        await lists.give()

        assert (await lists.submit()).template == CITA.id


async def test_a_choice_names_its_columns(lists: Lists) -> None:
    await lists.command("bulk")
    person = lists.person()

    offered = await person.suggest("template", "pago")
    await person.fill("template", PAGO.name)

    assert [each["text"]["text"] for each in offered] == [PAGO.name]
    assert person.view is not None
    assert "`fecha de CÍTA`" in person.view.text
    assert "`Monto`" in person.view.text


async def test_a_file_that_was_given_stays_when_the_template_is_chosen(lists: Lists) -> None:
    await lists.command("bulk")
    await lists.give()
    await lists.person().fill("template", PAGO.name)

    assert (await lists.submit()).template == PAGO.id


async def test_group_and_assignment_are_the_template_s_unless_somebody_says_it(
    lists: Lists,
) -> None:
    await lists.command("bulk Recordatorio de pago")
    person = lists.person()
    await person.click_in_view(ids.SHOW_MORE)
    await person.fill("group", "Cobros Sur")
    await person.fill("assign", False)  # noqa: FBT003 - the box is not ticked
    await lists.give()

    request = await lists.submit()

    assert (request.group, request.assign) == ("Cobros Sur", False)


async def test_a_list_for_later_has_its_moment(lists: Lists) -> None:
    await lists.command("bulk Recordatorio de cita")
    person, moment = lists.person(), NOON + timedelta(days=2)
    await person.click_in_view(ids.SHOW_MORE)
    await person.fill("send_at", moment)
    await lists.give()

    request = await lists.submit()

    assert request.send_at
    assert request.send_at.instant == moment


@pytest.mark.parametrize("moment", [NOON - timedelta(hours=1), NOON + timedelta(days=91)])
async def test_a_moment_that_is_past_or_far_is_told(lists: Lists, moment: object) -> None:
    await lists.command("bulk Recordatorio de cita")
    await lists.person().click_in_view(ids.SHOW_MORE)
    await lists.person().fill("send_at", moment)
    await lists.give()

    assert set(await lists.errors()) == {"send_at"}
    assert lists.batches.requests == []


async def test_a_moment_that_is_typed_is_taken(lists: Lists) -> None:
    view = await lists.command("bulk Recordatorio de cita at tomorrow 9am")

    assert "initial_date_time" in element(view, "send_at")


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"mode": "external", "url": "https://drive.example/x"}, "outside of Slack"),
        ({"user": seed.BRUNO}, "Somebody else"),
    ],
)
async def test_a_file_that_can_t_be_fetched_is_told_at_once(
    lists: Lists, facts: dict[str, object], said: str
) -> None:
    await lists.command("bulk Recordatorio de cita", user=seed.CARLA)
    person = lists.person(seed.CARLA)
    owner = {"user": seed.CARLA, **facts}.pop("user")
    file = lists.slack.workspace.add_file(
        "x.csv", b"phone\n", str(owner), **{k: v for k, v in facts.items() if k != "user"}
    )
    await person.fill("file", [file])

    errors = await lists.errors(seed.CARLA)

    assert set(errors) == {"file"}
    assert said in errors["file"]
    assert lists.batches.requests == []


@pytest.mark.parametrize(
    ("file", "key"),
    [
        ({"id": "F0", "size": FILE_LIMIT}, ""),
        ({"id": "F0", "size": FILE_LIMIT + 1}, "bulk.file.bytes"),
        ({"id": "F0", "is_external": True}, "bulk.file.external"),
        ({"id": "F0", "user": seed.ALICE}, ""),
        ({"id": "F0", "user": seed.BRUNO}, "bulk.file.not_yours"),
        ({"id": "F0", "mode": "file_access"}, ""),
    ],
)
def test_a_file_is_judged_by_what_slack_tells_of_it(file: dict[str, object], key: str) -> None:
    found = form_parse.problem_of(file, seed.ALICE)

    assert (found.key if found else "") == key


@pytest.mark.parametrize(
    ("files", "key"),
    [
        (None, "bulk_form.no_file"),
        ([], "bulk_form.no_file"),
        ([{"id": "F0"}, {"id": "F1"}], "bulk_form.one_file"),
        (["F0"], "bulk_form.no_file"),
    ],
)
def test_a_form_has_one_file(files: object, key: str) -> None:
    view = {"state": {"values": {"file": {"input": {"type": "file_input", "files": files}}}}}

    found = form_parse.handed_in(view, ListForm(seed.ALICE, PLACE))

    assert found == Problem("file", key)


async def test_a_file_of_which_slack_tells_only_the_id_is_looked_at_later(lists: Lists) -> None:
    await lists.command("bulk Recordatorio de cita")
    await lists.give(file_access="check_file_info")

    request = await lists.submit()

    assert request.file
    assert request.file.id.startswith("F0")


async def test_without_a_file_nothing_is_taken(lists: Lists) -> None:
    await lists.command("bulk Recordatorio de cita")

    await lists.person().submit()

    assert lists.batches.requests == []


async def test_the_same_form_twice_is_one_list(lists: Lists) -> None:
    await lists.command("bulk Recordatorio de cita")
    await lists.give()

    await lists.person().submit(times=2)

    assert len(lists.batches.requests) == 1


async def test_a_template_that_is_for_other_channels_is_refused_here(lists: Lists) -> None:
    lists.catalogue.templates = (replace(CITA, channels=(seed.VENTAS,)), PAGO)
    await lists.command("bulk Recordatorio de pago")
    lists.catalogue.templates = (CITA, replace(PAGO, channels=(seed.VENTAS,)))
    await lists.give()

    assert set(await lists.errors()) == {"template"}


async def test_a_template_that_was_switched_off_meanwhile_is_refused(lists: Lists) -> None:
    await lists.command("bulk Recordatorio de cita")
    await lists.give()
    lists.catalogue.templates = (replace(CITA, active=False), PAGO)

    assert set(await lists.errors()) == {"template"}


@pytest.mark.parametrize("user", [seed.GUEST, seed.DIEGO])
async def test_who_may_not_send_gets_no_form(lists: Lists, user: str) -> None:
    person = lists.person(user)

    result = await person.command(seed.VENTAS, COMMAND, "bulk")

    assert person.view is None
    assert result.shown
    assert lists.batches.requests == []


async def test_who_lost_the_right_meanwhile_is_told_and_nothing_is_taken(lists: Lists) -> None:
    await lists.command("bulk Recordatorio de cita")
    await lists.give()
    lists.slack.workspace.change_person(seed.ALICE, is_restricted=True)
    lists.parts.directory.forget_person(seed.ALICE)

    await lists.person().submit()

    assert lists.batches.requests == []


async def test_without_a_catalogue_it_is_said_who_helps() -> None:
    async with open_lists() as lists:
        lists.catalogue.templates = ()

        person = lists.person()
        result = await person.command(seed.SOPORTE, COMMAND, "bulk")

    assert person.view is None
    assert f"<@{seed.CARLA}>" in str(result.shown)


async def test_the_database_away_is_told_in_the_form(lists: Lists) -> None:
    await lists.command("bulk Recordatorio de cita")
    await lists.give()
    lists.batches.is_away = True

    assert set(await lists.errors()) == {"template"}


async def test_an_app_without_lists_takes_the_word_for_a_template() -> None:
    async with open_lists(takes_lists=False) as lists:
        view = await lists.command("bulk recordatorio de cita")

    assert view.spec["callback_id"] == "send"


@EACH
def test_the_names_of_the_columns_are_understood(language: str) -> None:
    words = load(language)

    for field in (PHONE, CLIENT_NAME, GROUP, ASSIGN):
        header = Row(1, (words(f"bulk_form.column.{field}"),))
        assert match(header, replace(CITA, params=())).places == {field: 0}


@EACH
@pytest.mark.parametrize("more", [False, True])
def test_every_form_is_one_that_slack_takes(language: str, *, more: bool) -> None:
    hostile = replace(CITA, name=HOSTILE[:75], params=CITA.params * 15)
    files = tuple(ListFile(f"F{n:010}", "ñ" * 300 + ".csv") for n in range(10))
    for made in (
        ListForm(seed.ALICE, PLACE, more=more),
        ListForm(seed.ALICE, PLACE, hostile, more=more, asks_channel=True),
        ListForm(seed.ALICE, PLACE, hostile, file=ListFile("F0", HOSTILE), more=more),
        ListForm(seed.ALICE, PLACE, hostile, files=files, suggestions=(CITA, PAGO)),
    ):
        assert check_view(form_view.build(made, load(language)), kind="modal") == []
