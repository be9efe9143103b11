"""Home: what stands in it for whom, within Slack's limits, and when it can't be drawn."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk.web.async_client import AsyncWebClient

from bot.demo.slack.blockkit import VIEW_BLOCKS, VIEW_BYTES, check_view, size_of
from bot.errors import TryLater
from bot.locales import LANGUAGES, Translations, load
from bot.policy.access import Access
from bot.policy.people import Policy, Workspace
from bot.sends import Origin, Send, SendId, Status
from bot.slack import home
from bot.slack.home import Home, view
from bot.slack.home.state import SEARCH_LIMIT, HomeState, read_spot
from bot.slack.home.view import NEXT, PREVIOUS, REFRESH, SEARCH, SHOW_ALL, Screen
from bot.slack.platform.action_ids import (
    ADD_TEMPLATE,
    NEW_SEND,
    SEND_AGAIN,
    SEND_TEMPLATE,
    TEMPLATE_MENU,
)
from bot.slack.platform.directory import SlackDirectory
from bot.templates import Template
from tests.fakes import ALICE, CARLA, FakeSlack, make_send, make_template

WORDS = {language: load(language) for language in LANGUAGES}
EN = WORDS["en"]
EACH = pytest.mark.parametrize("language", LANGUAGES)
CHANNEL = "C0SOPORTE01"
# All that may come alive in Home: channels, admins, and moments in the reader's own time zone.
OURS = re.compile(r"<#[CG]\w+>|<@[UW]\w+>|<!subteam\^S\w+>|<!date\^\d+\^[^|>]+\|[^|>]+UTC>")


def make_screen(**changes: Any) -> Screen:
    screen = Screen(
        HomeState(),
        sends=(make_send(Status.SENT),),
        templates=(make_template(),),
        has_catalogue=True,
        is_admin=False,
        helpers=f"<@{CARLA}>",
    )
    return replace(screen, **changes)


def draw(language: str = "en", **changes: Any) -> dict[str, Any]:
    drawn: dict[str, Any] = view.build(make_screen(**changes), WORDS[language])
    return drawn


def shelf(count: int, **changes: Any) -> tuple[Template, ...]:
    """Make templates called `Aviso 001` and so on."""
    return tuple(
        make_template(name=f"Aviso {number:03}", id=f"{number:020}", **changes)
        for number in range(1, count + 1)
    )


def elements(drawn: dict[str, Any]) -> list[dict[str, Any]]:
    """Give everything that can be pressed or filled."""
    found: list[dict[str, Any]] = []
    for block in drawn["blocks"]:
        found += block.get("elements", []) if block["type"] == "actions" else []
        found += [block[name] for name in ("accessory", "element") if name in block]
    return found


def pressable(drawn: dict[str, Any], action_id: str) -> list[dict[str, Any]]:
    return [each for each in elements(drawn) if each["action_id"] == action_id]


def texts(node: object) -> Iterator[str]:
    """Give every text in which Slack's markup works."""
    if isinstance(node, list):
        for each in node:
            yield from texts(each)
    elif isinstance(node, dict):
        if node.get("type") == "mrkdwn":
            yield node["text"]
        for each in node.values():
            yield from texts(each)


def says(drawn: dict[str, Any]) -> str:
    return "\n".join(texts(drawn))


def names(drawn: dict[str, Any]) -> list[str]:
    """Give the names of the templates that are shown."""
    return re.findall(r"^\*(.+?)\*", says(drawn), flags=re.MULTILINE)


LONG = "<&>" * 25
LONGEST: dict[str, Any] = {
    "name": LONG,
    "body": "&" * 1024,
    "header": "&" * 60,
    "language": "zh_HK",
    "channels": tuple(f"C{number:010}" for number in range(200)),
}


@EACH
@pytest.mark.parametrize("is_admin", [False, True])
@pytest.mark.parametrize("page", [1, 25, 50])
def test_it_keeps_to_slack_s_limits_whatever_is_in_it(
    language: str, page: int, *, is_admin: bool
) -> None:
    many = tuple(replace(each, **LONGEST, active=page < 50) for each in shelf(500))
    sends = tuple(
        make_send(
            Status.UNKNOWN,
            id=SendId(f"V{number}".ljust(100, "0")),
            template_name=LONG,
            phone="9" * 15,
        )
        for number in range(5)
    )

    drawn = draw(
        language,
        state=HomeState(page, LONG),
        sends=sends,
        templates=many,
        is_admin=is_admin,
        helpers=", ".join(f"<!subteam^S{number:010}>" for number in range(10)),
    )

    assert check_view(drawn, kind="home") == []
    assert len(drawn["blocks"]) <= VIEW_BLOCKS / 2
    assert size_of(drawn) < VIEW_BYTES / 2


@EACH
def test_a_search_of_any_length_keeps_to_slack_s_limits(language: str) -> None:
    many = shelf(30)

    drawn = draw(language, state=HomeState().searching("\U0001f600<&>" * 1000), templates=many)

    assert check_view(drawn, kind="home") == []


@EACH
@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"sends": ()},
        {"templates": ()},
        {"templates": (), "has_catalogue": False},
        {"templates": (), "has_catalogue": False, "is_admin": True},
        {"helpers": ""},
        {"templates": shelf(30), "state": HomeState(2, "aviso")},
        {"templates": shelf(30), "state": HomeState(1, "nothing")},
    ],
)
def test_every_home_is_one_that_slack_takes(language: str, changes: dict[str, Any]) -> None:
    assert check_view(draw(language, **changes), kind="home") == []


@EACH
def test_what_stands_there_instead_is_taken_too(language: str) -> None:
    words = WORDS[language]

    assert check_view(view.refused(words("refused.guest")), kind="home") == []
    assert check_view(view.later(HomeState(), words), kind="home") == []


typed = st.text() | st.sampled_from(
    ["<!channel>", "<@U0ALICE0001>", "a\nb", "*a* {{<!here>}}", "&lt;!here&gt;", "{{" * 60]
)


@given(typed, typed, typed)
@settings(max_examples=60)
def test_nothing_that_people_wrote_comes_alive(name: str, body: str, search: str) -> None:
    template = make_template(name=name, body=body)
    send = make_send(Status.SENT, template_name=name)

    drawn = draw(
        sends=(send,), templates=(template,), state=HomeState().searching(search), is_admin=True
    )

    for text in texts(drawn):
        assert "<" not in OURS.sub("", text)
    assert all(
        each["verbatim"]
        for block in drawn["blocks"]
        for each in (block.get("text"), *block.get("elements", []))
        if each and each.get("type") == "mrkdwn"
    )


def test_a_name_that_calls_a_channel_is_only_shown() -> None:
    drawn = draw(templates=(make_template(name="<!channel>"),))

    assert names(drawn) == ["&lt;!channel&gt;"]


def test_on_top_a_sender_may_send_and_an_admin_may_add() -> None:
    sender, admin = (draw(is_admin=is_admin)["blocks"][0] for is_admin in (False, True))

    assert [each["action_id"] for each in sender["elements"]] == [NEW_SEND, REFRESH]
    assert [each["action_id"] for each in admin["elements"]] == [NEW_SEND, ADD_TEMPLATE, REFRESH]
    assert admin["elements"][0]["style"] == "primary"


def test_a_send_says_what_is_known_of_it() -> None:
    send = make_send(Status.PENDING, template_name="Recordatorio", origin=Origin(CHANNEL))

    said = says(draw(sends=(send,)))

    assert ":clock3: *Pending* · template `Recordatorio` · +507 6123-4567" in said
    assert "<!date^1777809600^" in said
    assert f"<#{CHANNEL}>" in said


@pytest.mark.parametrize("origin", [Origin(ALICE), Origin("D0ALICE0001"), Origin("")])
def test_a_send_that_was_told_in_private_names_no_channel(origin: Origin) -> None:
    assert "<#" not in says(draw(sends=(make_send(origin=origin),)))


def test_each_send_can_be_sent_again() -> None:
    sends = tuple(make_send(Status.SENT, id=SendId(name)) for name in ("V1", "V2-again-1"))

    drawn = draw(sends=sends)

    assert [each["value"] for each in pressable(drawn, SEND_AGAIN)] == ["V1", "V2-again-1"]


@pytest.mark.parametrize("status", list(Status))
def test_while_the_first_may_still_arrive_sending_again_asks_back(status: Status) -> None:
    (button,) = pressable(draw(sends=(make_send(status),)), SEND_AGAIN)

    is_open = status in {Status.UNKNOWN, Status.QUEUED, Status.SENDING}
    assert ("confirm" in button) == is_open


def test_who_has_sent_nothing_yet_is_told_so() -> None:
    drawn = draw(sends=())

    assert EN("home.no_sends") in says(drawn)
    assert pressable(drawn, SEND_AGAIN) == []


def test_a_template_is_told_apart_by_its_facts_and_the_beginning_of_its_body() -> None:
    template = make_template(language="es_MX", channels=(CHANNEL, "G0VENTAS001"))

    said = says(draw(templates=(template,)))

    assert "*Recordatorio de cita* · Utility · Spanish (Mexico)" in said
    assert "Hola {{client_name}}, su cita es el {{Fecha de cita}} en {{Sede}}." in said
    assert f"Only from <#{CHANNEL}>, <#G0VENTAS001>" in said


def test_a_language_that_nobody_knows_is_named_by_its_code() -> None:
    assert "· zzz_ZZ" in says(draw(templates=(make_template(language="zzz_ZZ"),)))


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("a\n\n b", "a b"),
        ("a" * 100, "a" * 100),
        ("a" * 101, "a" * 100 + "…"),
        ("a" * 95 + " {{name}} b", "a" * 95 + "…"),
        ("a" * 99 + "{{name}} b", "a" * 99 + "…"),
        ("a" * 90 + "{{name}} bcd", "a" * 90 + "{{name}} b…"),
    ],
)
def test_of_a_body_stands_there_what_fits_one_line(body: str, shown: str) -> None:
    said = says(draw(templates=(make_template(body=body),)))

    assert shown in said.split("\n")


def test_a_sender_has_a_button_beside_each_template_and_no_menu() -> None:
    drawn = draw(templates=shelf(2))

    assert [each["value"] for each in pressable(drawn, SEND_TEMPLATE)] == [
        f"{number:020}" for number in (1, 2)
    ]
    assert pressable(drawn, TEMPLATE_MENU) == []


@pytest.mark.parametrize(("active", "last"), [(True, "deactivate"), (False, "activate")])
def test_an_admin_has_a_menu_for_each_template(*, active: bool, last: str) -> None:
    template = make_template(active=active)

    drawn = draw(templates=(template,), is_admin=True)

    (menu,) = pressable(drawn, TEMPLATE_MENU)
    verbs = ["edit", "duplicate", "test", last]
    assert [each["value"] for each in menu["options"]] == [
        f"{verb}:{template.id}" for verb in verbs
    ]


def test_an_inactive_template_is_marked_and_cannot_be_sent() -> None:
    drawn = draw(templates=(make_template(active=False),), is_admin=True)

    assert EN("home.inactive") in says(drawn)
    assert pressable(drawn, SEND_TEMPLATE) == []


def test_without_a_catalogue_it_says_how_to_send() -> None:
    drawn = draw(templates=(), has_catalogue=False)

    assert EN("home.no_catalogue") in says(drawn)
    assert pressable(drawn, NEW_SEND) != []


def test_who_may_send_no_template_is_told_so_and_whom_to_ask() -> None:
    said = says(draw(templates=()))

    assert EN("home.no_templates") in said
    assert f"<@{CARLA}>" in said


def test_where_no_admin_is_named_the_owner_can_help() -> None:
    assert EN("home.ask_owner") in says(draw(helpers=""))


@pytest.mark.parametrize("helpers", ["", f"<@{CARLA}>"])
@pytest.mark.parametrize("has_catalogue", [True, False])
def test_an_admin_is_not_told_whom_to_ask(helpers: str, *, has_catalogue: bool) -> None:
    said = says(draw(is_admin=True, helpers=helpers, has_catalogue=has_catalogue))

    assert EN("home.ask_owner") not in said
    assert "Ask" not in said
    assert "an admin of the bot" not in said


def test_ten_templates_need_no_paging_and_no_search() -> None:
    drawn = draw(templates=shelf(10))

    assert len(names(drawn)) == 10
    assert [pressable(drawn, each) for each in (PREVIOUS, NEXT, SHOW_ALL, SEARCH)] == [[]] * 4


@pytest.mark.parametrize(
    ("page", "first", "last", "leads"),
    [
        (1, 1, 10, {NEXT: 2}),
        (2, 11, 20, {PREVIOUS: 1, NEXT: 3}),
        (3, 21, 25, {PREVIOUS: 2}),
        # The catalogue has become shorter, or somebody else wrote the number.
        (999_999, 21, 25, {PREVIOUS: 2}),
        (0, 1, 10, {NEXT: 2}),
    ],
)
def test_pages_follow_each_other_and_end(
    page: int, first: int, last: int, leads: dict[str, int]
) -> None:
    drawn = draw(state=HomeState(page), templates=shelf(25))

    assert names(drawn) == [f"Aviso {number:03}" for number in range(first, last + 1)]
    found = {name: pressable(drawn, name) for name in (PREVIOUS, NEXT)}
    assert {
        name: read_spot(button[0]["value"]).page for name, button in found.items() if button
    } == leads


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "Page 2 of 120 · 1,200 templates"),
        ("es", "Página 2 de 120 · 1,200 plantillas"),
        ("pt", "Página 2 de 120 · 1.200 modelos"),
    ],
)
def test_it_says_which_page_of_how_many_it_is(language: str, told: str) -> None:
    assert told in says(draw(language, state=HomeState(2), templates=shelf(1200)))


def test_templates_stand_by_name() -> None:
    mixed = tuple(make_template(name=name, id=name * 20) for name in ("b", "Á", "c"))

    assert names(draw(templates=mixed)) == ["Á", "b", "c"]


def test_a_search_shows_what_it_finds_and_the_way_back() -> None:
    drawn = draw(state=HomeState(search="aviso 02"), templates=shelf(30))

    (field,) = pressable(drawn, SEARCH)
    (show_all,) = pressable(drawn, SHOW_ALL)
    assert names(drawn) == [f"Aviso {number:03}" for number in range(20, 30)]
    assert field["initial_value"] == "aviso 02"
    assert read_spot(show_all["value"]) == HomeState(field=1)


def test_the_pages_of_a_search_keep_to_it() -> None:
    drawn = draw(state=HomeState(search="aviso 0"), templates=shelf(30))

    (button,) = pressable(drawn, NEXT)
    assert read_spot(button["value"]) == HomeState(2, "aviso 0")
    assert read_spot(drawn["private_metadata"]) == HomeState(1, "aviso 0")


def test_a_search_that_finds_nothing_says_so() -> None:
    drawn = draw(state=HomeState(search="<!here>"), templates=shelf(3))

    assert EN("home.no_match", search="&lt;!here&gt;") in says(drawn)
    assert pressable(drawn, SHOW_ALL) != []


def test_the_field_stays_until_the_search_is_over_and_never_comes_back() -> None:
    # Slack keeps what was typed in a block of the same id.
    at_first = HomeState()
    searching = at_first.searching("aviso")
    again = searching.cleared().searching("cita").cleared()

    ids = [
        next(block["block_id"] for block in drawn["blocks"] if block["type"] == "input")
        for drawn in (
            draw(state=each, templates=shelf(30)) for each in (at_first, searching, again)
        )
    ]

    assert ids == ["search.0", "search.0", "search.2"]


@given(st.integers(0, 999_999), st.text(), st.integers(0, 999))
def test_a_spot_comes_back_as_it_went(page: int, search: str, number: int) -> None:
    state = HomeState(field=number).searching(search).at(page)

    assert read_spot(state.write()) == state
    assert len(state.search) <= SEARCH_LIMIT


@pytest.mark.parametrize(
    "odd",
    ["", "{", "[]", "7", '{"page": -1}', '{"page": "9999999"}', '{"page": "٣"}', None, 5, {}],
)
def test_a_spot_that_is_not_ours_is_the_first_page(odd: object) -> None:
    assert read_spot(odd) == HomeState()


@dataclass
class Book:
    """Sends and templates, which may be out of reach."""

    templates: tuple[Template, ...] = ()
    is_away: bool = False

    async def all(self) -> tuple[Template, ...]:
        if self.is_away:
            raise TryLater("database.unreachable")
        return self.templates

    async def recent(self, user: str, limit: int) -> tuple[Send, ...]:
        return ()


@dataclass
class Stage:
    """Home, what it is made from, and what Slack was given to show."""

    home: Home
    slack: "HomeSlack"
    book: Book
    directory: SlackDirectory

    async def open(self, user: str = ALICE, **event: Any) -> dict[str, Any]:
        await self.home.on_opened({"tab": "home", "user": user, **event})
        return self.slack.homes[user]

    async def press(self, action: dict[str, Any]) -> dict[str, Any]:
        body = {"type": "block_actions", "user": {"id": ALICE}, "actions": [action]}
        listener = self.home.on_search if action["action_id"] == SEARCH else self.home.on_move
        await listener(ack=self.slack.ack, body=body)  # type: ignore[arg-type]
        return self.slack.homes[ALICE]


@dataclass
class HomeSlack(FakeSlack):
    """Slack with room for Homes."""

    homes: dict[str, dict[str, Any]] = field(default_factory=dict)
    acks: int = 0

    def __post_init__(self) -> None:
        super().__init__()

    async def views_publish(self, *, user_id: str, view: dict[str, Any]) -> None:
        if self.raises.get("views.publish"):
            raise self.raises["views.publish"].pop(0)
        assert check_view(view, kind="home") == []
        self.homes[user_id] = view

    async def ack(self) -> None:
        self.acks += 1


@pytest.fixture
def stage() -> Stage:
    slack, book = HomeSlack(), Book(shelf(30))
    flags = dict.fromkeys(("deleted", "is_bot", "is_restricted", "is_ultra_restricted"), False)
    for user in (ALICE, CARLA):
        facts = {"id": user, "team_id": "T0ACME00001", "locale": "en-US"}
        slack.users[user] = facts | flags
    client = cast(AsyncWebClient, slack)
    policy = Policy(frozenset({ALICE}), frozenset({CARLA}))
    directory = SlackDirectory(client, Workspace("T0ACME00001"), policy)
    made = Home(client, directory, Translations("en"), Access(directory, book), book)
    return Stage(made, slack, book, directory)


async def test_the_tab_with_the_messages_is_left_alone(stage: Stage) -> None:
    await stage.home.on_opened({"tab": "messages", "user": ALICE})

    assert stage.slack.homes == {}


async def test_an_admin_sees_what_nobody_may_send(stage: Stage) -> None:
    stage.book.templates = (make_template(active=False), make_template(id="B" * 20, name="Other"))

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
    stage.book.templates = shelf(21)

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
    stage.book.is_away = True

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
