"""The other ways to a list: the shortcut on a message's file, Home, and a template's model file."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.bulk.batches import ListFile
from bot.demo.slack import seed
from bot.demo.slack.messages import Message
from bot.slack.bulk import ids
from bot.slack.platform.action_ids import LIST_MENU, NEW_LIST
from tests.unit.slack.bulk.form_scene import LIST, Lists, open_lists
from tests.unit.slack.send_form.template_forms import CITA, PAGO


@pytest.fixture
async def lists() -> AsyncIterator[Lists]:
    async with open_lists() as made:
        yield made


async def shortcut(lists: Lists, message: Message, user: str = seed.ALICE) -> None:
    person = lists.person(user)
    await person.message_shortcut(ids.FROM_MESSAGE, message.channel, message.ts)


async def told(lists: Lists, words: str, user: str = seed.ALICE) -> None:
    """Wait until this person alone is told so."""
    person = lists.person(user)
    await lists.slack.until(lambda: any(words in each.text for each in person.ephemerals()))


async def test_a_message_s_file_is_the_list(lists: Lists) -> None:
    person = lists.person()
    message = await person.upload(seed.SOPORTE, "pacientes.csv", LIST, text="for tomorrow")

    await shortcut(lists, message)
    view = person.view
    assert view is not None
    assert "pacientes.csv" in view.text
    assert "for tomorrow" in view.text
    assert [each["block_id"] for each in view.blocks if each["type"] == "input"] == ["template"]
    await person.fill("template", PAGO.name)
    request = await lists.submit()

    assert request.file == ListFile(message.files[0], "pacientes.csv")
    assert (request.origin.channel, request.origin.thread_ts) == (seed.SOPORTE, message.ts)
    assert request.template == PAGO.id


async def test_with_one_template_one_press_is_enough() -> None:
    async with open_lists(CITA) as lists:
        await shortcut(lists, await lists.person().upload(seed.SOPORTE, "a.xlsx", b"PK"))

        assert (await lists.submit()).template == CITA.id


async def test_in_a_thread_the_card_stays_there(lists: Lists) -> None:
    person = lists.person()
    root = await person.say(seed.SOPORTE, "lists")
    message = await person.upload(seed.SOPORTE, "a.csv", LIST, thread_ts=root)

    await shortcut(lists, message)
    await person.fill("template", CITA.name)

    assert (await lists.submit()).origin.thread_ts == root


async def test_of_several_files_one_is_chosen(lists: Lists) -> None:
    person, workspace = lists.person(), lists.slack.workspace
    names = ("lunes.csv", "foto.png", "martes" + "s" * 90 + ".xlsx")
    files = [workspace.add_file(name, LIST, seed.ALICE) for name in names]
    await shortcut(lists, await person.share(seed.SOPORTE, files))
    await person.fill("template", CITA.name)
    await person.fill("file", files[2].id)

    request = await lists.submit()

    assert request.file
    assert request.file.id == files[2].id
    assert request.file.name.startswith("martes")
    assert request.file.name.endswith(".xlsx")


async def test_a_choice_that_was_not_offered_is_none(lists: Lists) -> None:
    person, workspace = lists.person(), lists.slack.workspace
    files = [workspace.add_file(name, LIST, seed.ALICE) for name in ("a.csv", "b.csv")]
    await shortcut(lists, await person.share(seed.SOPORTE, files))
    await person.fill("template", CITA.name)

    await person.submit()

    assert lists.batches.requests == []


@pytest.mark.parametrize(
    ("name", "facts", "words"),
    [
        ("foto.png", {}, "no file that can be a list"),
        ("lista.ods", {}, "no file that can be a list"),
        ("lista.csv", {"mode": "external", "url": "https://drive.example/x"}, "outside of Slack"),
        ("lista.csv", {"is_deleted": True}, "no file that can be a list"),
    ],
)
async def test_a_message_without_a_list_is_told(
    lists: Lists, name: str, facts: dict[str, object], words: str
) -> None:
    lists.slack.workspace.change_person(seed.ALICE, locale="en-US")
    lists.parts.directory.forget_all()
    message = await lists.person().upload(seed.SOPORTE, name, LIST)
    lists.slack.workspace.files.change(message.files[0], **facts)

    await shortcut(lists, message)

    await told(lists, words)
    assert lists.person().view is None


async def test_a_message_without_files_is_told(lists: Lists) -> None:
    person = lists.person(seed.CARLA)
    ts = await person.say(seed.SOPORTE, "61234567")

    await person.message_shortcut(ids.FROM_MESSAGE, seed.SOPORTE, ts)

    await told(lists, "no file that can be a list", seed.CARLA)


async def test_somebody_else_s_file_is_told(lists: Lists) -> None:
    message = await lists.person(seed.BRUNO).upload(seed.SOPORTE, "a.csv", LIST)

    await shortcut(lists, message, seed.CARLA)

    await told(lists, "Somebody else uploaded", seed.CARLA)
    assert lists.person(seed.CARLA).view is None


@pytest.mark.parametrize("user", [seed.GUEST, seed.DIEGO])
async def test_who_may_not_send_gets_no_form_from_a_file(lists: Lists, user: str) -> None:
    person = lists.person(user)
    message = await person.upload(seed.VENTAS, "a.csv", LIST)

    await shortcut(lists, message, user)

    await lists.slack.until(lambda: person.ephemerals(seed.VENTAS))
    assert person.view is None


async def test_home_opens_the_form_which_asks_where_the_card_belongs(lists: Lists) -> None:
    person = lists.person()
    await person.open_home()

    await person.click_in_view(NEW_LIST)
    await person.fill("template", PAGO.name)
    await lists.give()
    await person.fill("channel", seed.VENTAS)

    request = await lists.submit()
    assert (request.template, request.origin.channel) == (PAGO.id, seed.VENTAS)


async def test_from_home_the_card_comes_by_direct_message_unless_somebody_says_where(
    lists: Lists,
) -> None:
    person = lists.person()
    await person.open_home()
    await person.click_in_view(NEW_LIST)
    await person.fill("template", PAGO.name)
    await lists.give()
    await person.fill("channel", None)

    assert (await lists.submit()).origin.channel == seed.ALICE


async def test_from_home_a_channel_that_the_template_is_not_for_is_told_at_the_channel(
    lists: Lists,
) -> None:
    lists.catalogue.templates = (replace(CITA, channels=(seed.SOPORTE,)), PAGO)
    person = lists.person()
    await person.open_home()
    await person.click_in_view(NEW_LIST)
    await person.fill("template", CITA.name)
    await lists.give()
    await person.fill("channel", seed.VENTAS)

    assert set(await lists.errors()) == {"channel"}


@pytest.mark.parametrize("user", [seed.ALICE, seed.CARLA])
async def test_a_template_s_menu_on_home_opens_the_form_for_it(lists: Lists, user: str) -> None:
    person = lists.person(user)
    await person.open_home()

    await person.click_in_view(LIST_MENU, f"template.{PAGO.id}", value=f"list:{PAGO.id}")

    assert person.view is not None
    assert "`Monto`" in person.view.text


@pytest.mark.parametrize("user", [seed.ALICE, seed.CARLA])
async def test_a_template_s_model_file_comes_by_direct_message(lists: Lists, user: str) -> None:
    person = lists.person(user)
    await person.open_home()

    await person.click_in_view(LIST_MENU, f"template.{PAGO.id}", value=f"model:{PAGO.id}")

    await lists.slack.until(lambda: person.files(person.dm_channel))
    [file] = person.files(person.dm_channel)
    assert file.name == f"{PAGO.name}.csv"
    assert file.content.startswith(b"phone,")
    await lists.slack.until(lambda: person.view and file.name in person.view.text)
    assert PAGO.name in person.dm()[0].text


async def test_the_form_hands_over_the_model_file_and_stays(lists: Lists) -> None:
    await lists.command("bulk Recordatorio de pago")
    person = lists.person()

    await person.click_in_view(ids.MODEL)
    await lists.slack.until(lambda: person.files(person.dm_channel))

    assert len(person.views) == 2
    await lists.slack.until(lambda: person.view and ".csv" in person.view.text)


async def test_an_upload_that_slack_refuses_is_told_in_both_places(lists: Lists) -> None:
    app = lists.slack.app
    person = lists.person(seed.CARLA)
    await person.open_home()
    lists.slack.fail("files.getUploadURLExternal", error="file_uploads_disabled")

    await person.click_in_view(LIST_MENU, f"template.{PAGO.id}", value=f"model:{PAGO.id}")

    assert "files:write" in app.scopes
    await lists.slack.until(lambda: person.view and "switched off" in person.view.text)
    assert "switched off" in person.dm()[0].text
    assert person.files(person.dm_channel) == []


async def test_a_template_that_is_somebody_else_s_has_no_model_file_for_others(
    lists: Lists,
) -> None:
    person = lists.person()
    await person.open_home()
    lists.catalogue.templates = (CITA, replace(PAGO, allowed=(seed.BRUNO,)))

    await person.click_in_view(LIST_MENU, f"template.{PAGO.id}", value=f"model:{PAGO.id}")

    await lists.slack.until(lambda: person.view)
    assert person.dm() == []


async def test_an_app_without_lists_shows_no_way_to_one_on_home() -> None:
    async with open_lists(takes_lists=False) as lists:
        person = lists.person()
        await person.open_home()

        assert person.home is not None
        assert LIST_MENU not in str(person.home.blocks)
        assert NEW_LIST not in str(person.home.blocks)
