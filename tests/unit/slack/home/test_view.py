"""What stands in Home for whom, within Slack's limits."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.demo.slack.blockkit import VIEW_BLOCKS, VIEW_BYTES, check_view, size_of
from bot.policy.do_not_contact import Page, Scope, new_contact
from bot.sends import PLANNED, Origin, SendId, Status
from bot.slack.home import view
from bot.slack.home.state import HomeState, read_spot
from bot.slack.home.view import NEXT, PAGE_SIZE, PREVIOUS, REFRESH, SEARCH, SHOW_ALL
from bot.slack.platform.action_ids import (
    ADD_TEMPLATE,
    NEW_SEND,
    SEND_AGAIN,
    SEND_TEMPLATE,
    TEMPLATE_MENU,
)
from tests.builders import ALICE, CARLA, make_send, make_template
from tests.fakes import NOON
from tests.unit.slack.home.home_scene import (
    CHANNEL,
    EACH,
    EN,
    LONG,
    LONGEST,
    OURS,
    WORDS,
    draw,
    names,
    numbered_templates,
    pressable,
    says,
    texts,
)


@EACH
@pytest.mark.parametrize("is_admin", [False, True])
@pytest.mark.parametrize("page", [1, 10, 20])
def test_it_keeps_to_slack_s_limits_whatever_is_in_it(
    language: str, page: int, *, is_admin: bool
) -> None:
    many = tuple(replace(each, **LONGEST, active=page < 20) for each in numbered_templates(500))
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
    assert len(drawn["blocks"]) <= VIEW_BLOCKS * 2 / 3
    assert size_of(drawn) < VIEW_BYTES / 2


@EACH
def test_a_search_of_any_length_keeps_to_slack_s_limits(language: str) -> None:
    many = numbered_templates(30)

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
        {"templates": numbered_templates(70), "state": HomeState(2, "aviso")},
        {"templates": numbered_templates(30), "state": HomeState(1, "nothing")},
    ],
)
def test_every_home_is_one_that_slack_takes(language: str, changes: dict[str, Any]) -> None:
    assert check_view(draw(language, **changes), kind="home") == []


@EACH
def test_what_stands_there_instead_is_taken_too(language: str) -> None:
    translator = WORDS[language]

    assert check_view(view.refused(translator("refused.guest")), kind="home") == []
    assert check_view(view.later(HomeState(), translator), kind="home") == []


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

    is_open = status in {*PLANNED, Status.UNKNOWN, Status.QUEUED, Status.SENDING}
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


@pytest.mark.parametrize(
    ("language", "limits"),
    [
        ("en", f"Only <@{CARLA}>, <!subteam^S0SOPORTE1> · Only from <#{CHANNEL}>"),
        ("es", f"Solo <@{CARLA}>, <!subteam^S0SOPORTE1> · Solo desde <#{CHANNEL}>"),
        ("pt", f"Só <@{CARLA}>, <!subteam^S0SOPORTE1> · Só de <#{CHANNEL}>"),
    ],
)
@pytest.mark.parametrize("is_admin", [False, True])
def test_whom_a_template_is_for_is_said(language: str, limits: str, *, is_admin: bool) -> None:
    template = make_template(allowed=(CARLA, "S0SOPORTE1"), channels=(CHANNEL,))

    said = says(draw(language, templates=(template,), is_admin=is_admin))

    assert limits in said.split("\n")


def test_of_many_people_or_channels_some_are_named() -> None:
    template = make_template(
        allowed=tuple(f"U{number:010}" for number in range(8)),
        channels=tuple(f"C{number:010}" for number in range(6)),
    )

    said = says(draw(templates=(template,)))

    assert "<@U0000000004> and 3 more" in said
    assert "<#C0000000004> and 1 more" in said


def test_a_template_for_all_names_no_limit() -> None:
    assert "Only" not in says(draw(templates=(make_template(),), is_admin=True))


@pytest.mark.parametrize(
    ("name", "shown"), [("Cita_2", "*Cita_2* ·"), ("*Oferta", "`*Oferta` ·"), ("a`b", "`a'b` ·")]
)
def test_a_mark_in_a_name_does_not_break_its_line(name: str, shown: str) -> None:
    said = says(draw(templates=(make_template(name=name),)))

    assert shown in said


def test_a_send_names_its_customer() -> None:
    assert "Rosa &lt;3 · <!date^" in says(draw(sends=(make_send(client_name="Rosa <3"),)))


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
        ("a" * 90 + "{{name}} bcd", "a" * 90 + "{{name}}…"),
        ("a" * 80 + " {{Fecha de cita}}, b cd", "a" * 80 + " {{Fecha de cita}}…"),
        ("a" * 80 + " {{Fecha de cita}},bcd e", "a" * 80 + "…"),
        ("palabra " * 20, ("palabra " * 12).rstrip() + "…"),
        ("Hola, " * 20, "Hola, " * 15 + "Hola…"),
        ("*Oferta* de _hoy_ ~ayer~ `A1`", "Oferta de hoy ayer A1"),
        (f"*{'palabra ' * 20}fin*", ("palabra " * 12).rstrip() + "…"),
    ],
)
def test_of_a_body_stands_there_what_fits_one_line(body: str, shown: str) -> None:
    said = says(draw(templates=(make_template(body=body),)))

    assert shown in said.split("\n")


def test_a_sender_has_a_button_beside_each_template_and_no_menu() -> None:
    drawn = draw(templates=numbered_templates(2))

    assert [each["value"] for each in pressable(drawn, SEND_TEMPLATE)] == [
        f"{number:020}" for number in (1, 2)
    ]
    assert pressable(drawn, TEMPLATE_MENU) == []


@pytest.mark.parametrize(("active", "last"), [(True, "deactivate"), (False, "activate")])
def test_an_admin_has_a_menu_for_each_template(*, active: bool, last: str) -> None:
    template = make_template(active=active)

    drawn = draw(templates=(template,), is_admin=True)

    (menu,) = pressable(drawn, TEMPLATE_MENU)
    verbs = ["edit", "duplicate", "test", last, "delete"]
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


def test_twenty_five_templates_need_no_paging_and_no_search() -> None:
    drawn = draw(templates=numbered_templates(25))

    assert len(names(drawn)) == 25
    assert [pressable(drawn, each) for each in (PREVIOUS, NEXT, SHOW_ALL, SEARCH)] == [[]] * 4


@pytest.mark.parametrize(
    ("page", "first", "last", "leads"),
    [
        (1, 1, 25, {NEXT: 2}),
        (2, 26, 50, {PREVIOUS: 1, NEXT: 3}),
        (3, 51, 60, {PREVIOUS: 2}),
        # The catalogue has become shorter, or somebody else wrote the number.
        (999_999, 51, 60, {PREVIOUS: 2}),
        (0, 1, 25, {NEXT: 2}),
    ],
)
def test_pages_follow_each_other_and_end(
    page: int, first: int, last: int, leads: dict[str, int]
) -> None:
    drawn = draw(state=HomeState(page), templates=numbered_templates(60))

    assert names(drawn) == [f"Aviso {number:03}" for number in range(first, last + 1)]
    found = {name: pressable(drawn, name) for name in (PREVIOUS, NEXT)}
    assert {
        name: read_spot(button[0]["value"]).page for name, button in found.items() if button
    } == leads


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "Page 2 of 48 · 1,200 templates"),
        ("es", "Página 2 de 48 · 1,200 plantillas"),
        ("pt", "Página 2 de 48 · 1.200 modelos"),
    ],
)
def test_it_says_which_page_of_how_many_it_is(language: str, told: str) -> None:
    assert told in says(draw(language, state=HomeState(2), templates=numbered_templates(1200)))


def test_templates_stand_by_name() -> None:
    mixed = tuple(make_template(name=name, id=name * 20) for name in ("b", "Á", "c"))

    assert names(draw(templates=mixed)) == ["Á", "b", "c"]


def test_a_search_shows_what_it_finds_and_the_way_back() -> None:
    drawn = draw(state=HomeState(search="aviso 02"), templates=numbered_templates(30))

    (field,) = pressable(drawn, SEARCH)
    (show_all,) = pressable(drawn, SHOW_ALL)
    assert names(drawn) == [f"Aviso {number:03}" for number in range(20, 30)]
    assert field["initial_value"] == "aviso 02"
    assert read_spot(show_all["value"]) == HomeState(field=1)


def test_the_pages_of_a_search_keep_to_it() -> None:
    drawn = draw(state=HomeState(search="aviso 0"), templates=numbered_templates(60))

    (button,) = pressable(drawn, NEXT)
    assert read_spot(button["value"]) == HomeState(2, "aviso 0")
    assert read_spot(drawn["private_metadata"]) == HomeState(1, "aviso 0")


def test_a_search_that_finds_nothing_says_so() -> None:
    drawn = draw(state=HomeState(search="<!here>"), templates=numbered_templates(3))

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
            draw(state=each, templates=numbered_templates(30))
            for each in (at_first, searching, again)
        )
    ]

    assert ids == ["search.0", "search.0", "search.2"]


@EACH
def test_a_full_page_and_the_numbers_not_to_contact_fit_into_one_home(language: str) -> None:
    many = tuple(replace(each, **LONGEST) for each in numbered_templates(100))
    contacts = tuple(
        new_contact(
            f"5076123{number}", scope=Scope.EVERYTHING, since=NOON, added_by=CARLA, reason=LONG
        )
        for number in range(4560, 4565)
    )

    drawn = draw(
        language,
        state=HomeState(2, LONG),
        sends=tuple(make_send(id=SendId(f"V{number}")) for number in range(5)),
        templates=many,
        is_admin=True,
        contacts=Page(contacts, 100),
    )

    assert len(pressable(drawn, TEMPLATE_MENU)) == PAGE_SIZE
    assert check_view(drawn, kind="home") == []
    assert size_of(drawn) < VIEW_BYTES
