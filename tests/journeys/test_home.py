"""Home in the app's tab: a person's own sends, and the templates that are theirs to send."""

import pytest
import pytest_asyncio

from bot.demo.slack import seed
from bot.demo.slack.blocks import elements
from bot.demo.slack.errors import Json
from bot.demo.slack.person import Person
from bot.locales import Translator, load
from bot.slack.home.view import NEXT, PREVIOUS, REFRESH, SEARCH, SHOW_ALL
from bot.slack.platform.action_ids import (
    ADD_TEMPLATE,
    NEW_SEND,
    SEND_AGAIN,
    SEND_TEMPLATE,
    TEMPLATE_MENU,
)
from bot.templates import Template
from bot.templates.toml_file import write
from tests.builders import make_template
from tests.conftest import TEMPLATE, World
from tests.journeys.conftest import Journey

pytestmark = pytest.mark.asyncio(loop_scope="module")

EN, ES, PT = load("en"), load("es"), load("pt")
THEIRS = make_template(name="Solo para ventas", id="V" * 20, allowed=(seed.DIEGO,))
INACTIVE = make_template(name="Retirada", id="R" * 20, active=False)
PLAIN = make_template(name="Saludo", id=TEMPLATE, body="Hola.", params=())
HERE = make_template(name="Cierre de caso", id="C" * 20, channels=(seed.SOPORTE,))
NUMBERED = tuple(
    make_template(name=f"Aviso {number:02}", id=f"{number:020}") for number in range(1, 81)
)


async def bring_in(world: World, *templates: Template) -> None:
    """Make these the whole catalogue, beside the running bot."""
    path = world.folder / "templates.toml"
    path.write_text(write(templates))
    code, printed = await world.run("templates", "import", str(path), "--yes")
    assert code == 0, printed


@pytest_asyncio.fixture(scope="module", loop_scope="module", autouse=True)
async def catalogue(running: World) -> None:
    await bring_in(running, PLAIN, HERE, THEIRS, INACTIVE, *NUMBERED)


def pressable(person: Person, action_id: str) -> list[Json]:
    assert person.home is not None
    return [
        element
        for block in person.home.blocks
        for element in elements(block)
        if element["action_id"] == action_id
    ]


def shown(person: Person) -> str:
    assert person.home is not None
    return person.home.text


def field(person: Person) -> str:
    """Name the block in which one searches."""
    assert person.home is not None
    return next(str(block["block_id"]) for block in person.home.blocks if block["type"] == "input")


async def opened(journey: Journey, user: str = seed.ALICE) -> Person:
    """Open Home on the first page of all."""
    person = journey.person(user)
    await person.open_home()
    if pressable(person, SHOW_ALL):
        await person.click_in_view(SHOW_ALL)
    while pressable(person, PREVIOUS):
        await person.click_in_view(PREVIOUS)
    return person


async def test_a_sender_finds_what_they_just_sent_and_can_send_it_again(journey: Journey) -> None:
    send_id = await journey.send()
    await journey.outcome(send_id, "pending")

    person = await opened(journey)

    assert send_id in [each["value"] for each in pressable(person, SEND_AGAIN)]
    assert "+507 6123-4567" in shown(person)
    assert f"<#{seed.SOPORTE}>" in shown(person)


async def test_nobody_sees_what_others_sent(journey: Journey) -> None:
    await journey.outcome(await journey.send(), "pending")

    person = await opened(journey, seed.CARLA)

    assert EN("home.no_sends") in shown(person)
    # An example of a command has the same number.
    assert "6123-4567" not in shown(person).replace("stop +507 6123-4567", "")


async def test_sending_again_asks_back_while_the_first_may_have_arrived(journey: Journey) -> None:
    journey.world.atom.behave("drops", times=1)
    send_id = await journey.send()
    await journey.outcome(send_id, "unknown")

    person = await opened(journey)

    (button,) = (each for each in pressable(person, SEND_AGAIN) if each["value"] == send_id)
    assert "+507 6123-4567" in button["confirm"]["text"]["text"]


async def test_a_sender_sees_what_they_may_send_and_no_more(journey: Journey) -> None:
    person = await opened(journey)

    await person.fill(field(person), "sal")
    assert [each["value"] for each in pressable(person, SEND_TEMPLATE)] == [PLAIN.id]

    await person.fill(field(person), THEIRS.name)

    assert ES("home.no_match", search=THEIRS.name) in shown(person)
    assert pressable(person, SEND_TEMPLATE) == []


async def test_an_inactive_template_is_for_admins_alone(journey: Journey) -> None:
    sender, admin = await opened(journey), await opened(journey, seed.CARLA)

    for person in (sender, admin):
        await person.fill(field(person), "retirada")

    assert ES("home.no_match", search="retirada") in shown(sender)
    assert EN("home.inactive") in shown(admin)
    assert pressable(admin, SEND_TEMPLATE) == []


async def test_an_admin_can_add_and_change_templates(journey: Journey) -> None:
    person = await opened(journey, seed.CARLA)

    await person.fill(field(person), THEIRS.name)

    (menu,) = pressable(person, TEMPLATE_MENU)
    verbs = ("edit", "duplicate", "test", "deactivate", "delete")
    assert [each["value"] for each in menu["options"]] == [f"{verb}:{THEIRS.id}" for verb in verbs]
    assert len(pressable(person, ADD_TEMPLATE)) == 1


async def test_a_sender_can_begin_anew_and_change_nothing(journey: Journey) -> None:
    person = await opened(journey)

    assert len(pressable(person, NEW_SEND)) == 1
    assert pressable(person, ADD_TEMPLATE) == pressable(person, TEMPLATE_MENU) == []


async def test_a_template_of_one_channel_names_it(journey: Journey) -> None:
    person = await opened(journey)

    await person.fill(field(person), "cierre")

    assert ES("home.only_in", channels=f"<#{seed.SOPORTE}>") in shown(person)


async def test_paging_leads_through_all_and_back(journey: Journey) -> None:
    person = await opened(journey)
    seen = [each["value"] for each in pressable(person, SEND_TEMPLATE)]

    while pressable(person, NEXT):
        await person.click_in_view(NEXT)
        seen += [each["value"] for each in pressable(person, SEND_TEMPLATE)]

    by_name = sorted((PLAIN, HERE, *NUMBERED), key=lambda each: each.name)
    assert seen == [each.id for each in by_name]
    assert ES("home.page", page=4, pages=4, count=82) in shown(person)


async def test_a_search_has_pages_of_its_own_and_ends(journey: Journey) -> None:
    person = await opened(journey)
    await person.fill(field(person), "AVISO")
    await person.click_in_view(NEXT)
    assert ES("home.page", page=2, pages=4, count=80) in shown(person)

    await person.click_in_view(SHOW_ALL)

    assert ES("home.page", page=1, pages=4, count=82) in shown(person)


async def test_an_emptied_search_shows_all(journey: Journey) -> None:
    person = await opened(journey)
    await person.fill(field(person), "aviso 07")
    assert len(pressable(person, SEND_TEMPLATE)) == 1

    await person.fill(field(person), "")

    assert ES("home.page", page=1, pages=4, count=82) in shown(person)


async def test_home_opens_where_it_was_left(journey: Journey) -> None:
    person = await opened(journey)
    await person.click_in_view(NEXT)

    await person.open_home()

    assert ES("home.page", page=2, pages=4, count=82) in shown(person)


@pytest.mark.parametrize("user", [seed.GUEST, seed.SINGLE, seed.DIEGO])
async def test_who_may_not_send_sees_why_and_who_can_help_and_nothing_else(
    journey: Journey, user: str
) -> None:
    person = journey.person(user)

    await person.open_home()

    helped = f"{EN('refused.not_listed')} {EN('refused.ask', people=f'<@{seed.CARLA}>')}"
    # No admin can help a guest.
    assert shown(person) == (helped if user == seed.DIEGO else EN("refused.guest"))


@pytest.mark.parametrize("move", [NEXT, REFRESH, SEARCH])
async def test_who_lost_the_right_between_two_clicks_is_refused(
    journey: Journey, move: str
) -> None:
    person = await opened(journey, seed.BRUNO)
    assert "Aviso 01" in shown(person)
    journey.world.slack.workspace.set_group(seed.SUPPORT, [seed.ALICE])
    await journey.world.slack.settled()

    if move == SEARCH:
        await person.fill(field(person), "aviso")
    else:
        await person.click_in_view(move)

    assert shown(person).startswith(PT("refused.not_listed"))
    assert "Aviso" not in shown(person)
    journey.world.slack.workspace.set_group(seed.SUPPORT, [seed.ALICE, seed.BRUNO])
    await journey.world.slack.settled()


@pytest.mark.parametrize(
    ("user", "translator"), [(seed.ALICE, ES), (seed.BRUNO, PT), (seed.CARLA, EN)]
)
async def test_home_speaks_the_person_s_language(
    journey: Journey, user: str, translator: Translator
) -> None:
    person = await opened(journey, user)

    assert translator("home.sends") in shown(person)


async def test_the_tab_with_the_messages_draws_nothing(journey: Journey) -> None:
    journey.world.slack.workspace.add_person("U0ELENA0001", "elena")
    person = journey.person("U0ELENA0001")

    await person.open_messages_tab()

    assert person.home is None
