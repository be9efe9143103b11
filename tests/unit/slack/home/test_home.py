"""When Home is drawn, for whom, and when it can't be."""

from collections.abc import AsyncIterator
from typing import cast

import pytest
import pytest_asyncio
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import TryLater
from bot.locales import Translations
from bot.policy.access import Access
from bot.policy.people import Policy, Workspace
from bot.slack.home import Home, watch
from bot.slack.home.contents import HomeContents
from bot.slack.home.state import HomeState, read_spot
from bot.slack.home.view import NEXT, REFRESH, SEARCH
from bot.slack.home.watch import HomeWatch
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


@pytest_asyncio.fixture
async def stage() -> AsyncIterator[Stage]:
    slack, catalogue = HomeSlack(), Catalogue(numbered_templates(80))
    flags = dict.fromkeys(("deleted", "is_bot", "is_restricted", "is_ultra_restricted"), False)
    for user in (ALICE, CARLA):
        facts = {"id": user, "team_id": "T0ACME00001", "locale": "en-US"}
        slack.users[user] = facts | flags
    client = cast(AsyncWebClient, slack)
    policy = Policy(frozenset({ALICE}), frozenset({CARLA}))
    directory = SlackDirectory(client, Workspace("T0ACME00001"), policy)
    sends = FewSends()
    watched = HomeWatch(sends, every=60.0)
    contents = HomeContents(Access(directory, catalogue), sends, FakeContacts())
    made = Home(client, directory, Translations("en"), contents, watched)
    yield Stage(made, slack, catalogue, directory)
    await watched.close()


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
    assert names(drawn)[0] == "Aviso 026"


@pytest.mark.parametrize("left", [None, {}, {"private_metadata": "[]"}])
async def test_home_opens_at_the_beginning_where_no_other_place_is_known(
    stage: Stage, left: object
) -> None:
    assert names(await stage.open(view=left))[0] == "Aviso 001"


async def test_a_button_leads_to_its_page(stage: Stage) -> None:
    drawn = await stage.press({"action_id": NEXT, "value": HomeState(2).write()})

    assert names(drawn)[0] == "Aviso 026"
    assert stage.slack.acks == 1


@pytest.mark.parametrize(("value", "count"), [("aviso 007", 1), ("", 25), (None, 25), ("   ", 25)])
async def test_what_was_typed_is_searched_for(stage: Stage, value: object, count: int) -> None:
    drawn = await stage.press({"action_id": SEARCH, "value": value})

    assert len(names(drawn)) == count


async def test_drawn_anew_it_is_where_the_person_was(stage: Stage) -> None:
    await stage.press({"action_id": NEXT, "value": HomeState(3).write()})
    stage.catalogue.templates = numbered_templates(51)

    await stage.home.refresh(ALICE)

    assert names(stage.slack.homes[ALICE]) == ["Aviso 051"]


async def test_where_many_people_are_is_not_kept_for_ever(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "HOMES_KEPT", 1)
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


async def test_an_open_home_is_drawn_again_where_it_is(stage: Stage) -> None:
    await stage.press({"action_id": NEXT, "value": HomeState(3).write()})
    stage.catalogue.templates = numbered_templates(51)

    await stage.home.redraw(ALICE)

    assert names(stage.slack.homes[ALICE]) == ["Aviso 051"]


async def test_what_would_look_the_same_is_not_published(stage: Stage) -> None:
    await stage.open()

    await stage.home.redraw(ALICE)

    assert stage.slack.published == [ALICE]


async def test_nobody_who_has_not_opened_home_is_given_one(stage: Stage) -> None:
    await stage.open(CARLA)

    await stage.home.redraw(ALICE)

    assert stage.slack.published == [CARLA]


async def test_who_has_moved_on_meanwhile_stays_there(stage: Stage) -> None:
    await stage.open()
    # Another process has published since.
    stage.slack.versions[ALICE] = "9.xyz"
    stage.catalogue.templates = ()

    for _ in range(2):
        await stage.home.redraw(ALICE)

    assert stage.slack.published == [ALICE]
    assert names(stage.slack.homes[ALICE])[0] == "Aviso 001"


async def test_drawn_again_it_can_be_drawn_again(stage: Stage) -> None:
    await stage.open()
    for count in (2, 1):
        stage.catalogue.templates = numbered_templates(count)
        await stage.home.redraw(ALICE)

    assert names(stage.slack.homes[ALICE]) == ["Aviso 001"]


async def test_who_lost_the_right_meanwhile_sees_why_when_it_is_drawn_again(stage: Stage) -> None:
    await stage.open()
    stage.slack.users[ALICE]["deleted"] = True
    stage.directory.forget_person(ALICE)

    await stage.home.redraw(ALICE)

    assert EN("refused.deactivated") in says(stage.slack.homes[ALICE])
    assert elements(stage.slack.homes[ALICE]) == []


async def test_what_can_t_be_looked_up_leaves_an_open_home_as_it_is(stage: Stage) -> None:
    before = await stage.open()
    stage.catalogue.is_away = True

    with pytest.raises(TryLater):
        await stage.home.redraw(ALICE)

    assert stage.slack.homes[ALICE] is before
