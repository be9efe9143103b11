"""When Home is drawn, for whom, and when it can't be."""

from typing import cast

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import TryLater
from bot.locales import Translations
from bot.policy.access import Access
from bot.policy.people import Policy, Workspace
from bot.slack import home
from bot.slack.home import Home
from bot.slack.home.state import HomeState, read_spot
from bot.slack.home.view import NEXT, REFRESH, SEARCH
from bot.slack.platform.directory import SlackDirectory
from tests.builders import ALICE, CARLA, make_template
from tests.fakes.contacts import FakeContacts
from tests.fakes.repositories import FewSends
from tests.unit.slack.home.home_scene import (
    EN,
    WORDS,
    Catalogue,
    HomeSlack,
    Stage,
    elements,
    names,
    numbered_templates,
    says,
)


@pytest.fixture
def stage() -> Stage:
    slack, catalogue = HomeSlack(), Catalogue(numbered_templates(30))
    flags = dict.fromkeys(("deleted", "is_bot", "is_restricted", "is_ultra_restricted"), False)
    for user in (ALICE, CARLA):
        facts = {"id": user, "team_id": "T0ACME00001", "locale": "en-US"}
        slack.users[user] = facts | flags
    client = cast(AsyncWebClient, slack)
    policy = Policy(frozenset({ALICE}), frozenset({CARLA}))
    directory = SlackDirectory(client, Workspace("T0ACME00001"), policy)
    made = Home(
        client,
        directory,
        Translations("en"),
        Access(directory, catalogue),
        FewSends(),
        FakeContacts(),
    )
    return Stage(made, slack, catalogue, directory)


async def test_the_tab_with_the_messages_is_left_alone(stage: Stage) -> None:
    await stage.home.on_opened({"tab": "messages", "user": ALICE})

    assert stage.slack.homes == {}


async def test_an_admin_sees_what_nobody_may_send(stage: Stage) -> None:
    stage.catalogue.templates = (
        make_template(active=False),
        make_template(id="B" * 20, name="Other"),
    )

    sender, admin = [await stage.open(user) for user in (ALICE, CARLA)]

    assert names(sender) == ["Other"]
    assert names(admin) == ["Other", "Recordatorio de cita"]


async def test_home_opens_where_it_was_left(stage: Stage) -> None:
    drawn = await stage.open(view={"private_metadata": HomeState(2, "aviso 0").write()})

    assert read_spot(drawn["private_metadata"]) == HomeState(2, "aviso 0")
    assert names(drawn)[0] == "Aviso 011"


@pytest.mark.parametrize("left", [None, {}, {"private_metadata": "[]"}])
async def test_home_opens_at_the_beginning_where_no_other_place_is_known(
    stage: Stage, left: object
) -> None:
    assert names(await stage.open(view=left))[0] == "Aviso 001"


async def test_a_button_leads_to_its_page(stage: Stage) -> None:
    drawn = await stage.press({"action_id": NEXT, "value": HomeState(2).write()})

    assert names(drawn)[0] == "Aviso 011"
    assert stage.slack.acks == 1


@pytest.mark.parametrize(("value", "count"), [("aviso 007", 1), ("", 10), (None, 10), ("   ", 10)])
async def test_what_was_typed_is_searched_for(stage: Stage, value: object, count: int) -> None:
    drawn = await stage.press({"action_id": SEARCH, "value": value})

    assert len(names(drawn)) == count


async def test_drawn_anew_it_is_where_the_person_was(stage: Stage) -> None:
    await stage.press({"action_id": NEXT, "value": HomeState(3).write()})
    stage.catalogue.templates = numbered_templates(21)

    await stage.home.refresh(ALICE)

    assert names(stage.slack.homes[ALICE]) == ["Aviso 021"]


async def test_where_many_people_are_is_not_kept_for_ever(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(home, "SPOTS_KEPT", 1)
    await stage.press({"action_id": NEXT, "value": HomeState(3).write()})
    await stage.open(CARLA)

    await stage.home.refresh(ALICE)

    assert names(stage.slack.homes[ALICE])[0] == "Aviso 001"


@pytest.mark.parametrize("locale", ["en-US", "es-LA", "pt-BR"])
async def test_a_guest_sees_why_and_nothing_else(stage: Stage, locale: str) -> None:
    stage.slack.users[ALICE] |= {"is_restricted": True, "locale": locale}

    drawn = await stage.open()

    why = WORDS[locale[:2]]("refused.guest")
    assert [block["text"]["text"] for block in drawn["blocks"]] == [why]


async def test_who_lost_the_right_sees_nothing_of_what_was_there(stage: Stage) -> None:
    await stage.open()
    stage.slack.users[ALICE]["deleted"] = True
    stage.directory.forget_person(ALICE)

    drawn = await stage.press({"action_id": NEXT, "value": HomeState(2).write()})

    assert EN("refused.deactivated") in says(drawn)
    assert elements(drawn) == []


async def test_without_the_database_it_says_so_and_can_be_tried_again(stage: Stage) -> None:
    stage.catalogue.is_away = True

    drawn = await stage.press({"action_id": NEXT, "value": HomeState(2).write()})

    (button,) = elements(drawn)
    assert EN("home.later") in says(drawn)
    assert (button["action_id"], read_spot(button["value"])) == (REFRESH, HomeState(2))


async def test_where_slack_does_not_say_who_it_is_nothing_is_shown(stage: Stage) -> None:
    stage.slack.raises[ALICE] = [TimeoutError()]

    drawn = await stage.open()

    assert EN("home.later") in says(drawn)


async def test_what_slack_does_not_take_is_an_error_in_our_words(stage: Stage) -> None:
    stage.slack.raises["views.publish"] = [TimeoutError()]

    with pytest.raises(TryLater):
        await stage.open()


async def test_drawing_it_anew_fails_silently(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    stage.slack.raises["views.publish"] = [TimeoutError()]

    with caplog.at_level("INFO"):
        await stage.home.refresh(ALICE)

    assert [record.message for record in caplog.records] == ["home not drawn"]
