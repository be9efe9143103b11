"""The form: what is built can be read back, is valid everywhere, and says what must be seen."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import emoji_codes
from bot.demo.slack.blockkit import VIEW_BYTES, check_view, size_of
from bot.errors import Problem
from bot.locales import LANGUAGES, load
from bot.phones import Phone, Warn
from bot.sends import Origin
from bot.slack import send_form
from bot.slack.platform import payloads
from bot.slack.platform.error_messages import ERROR_LIMIT
from bot.slack.send_form.ids import LIMITS
from bot.typed_text import visible
from tests.builders import ALICE, TEMPLATE
from tests.paths import PAYLOADS
from tests.unit.slack.send_form.at_the_door import asked, request_of, settled
from tests.unit.slack.send_form.form_views import (
    COLOMBIA,
    EN,
    ODD,
    PANAMA,
    PLACE,
    WORDS,
    block,
    said,
    submitted,
    view_of,
)

NOWHERE = Phone("87810000000000", "", (Warn.POSSIBLE,))
EMPTY = send_form.Form(user=ALICE, origin=PLACE)
FULL = send_form.Form(
    user=ALICE,
    origin=PLACE,
    template=TEMPLATE,
    phone="+507 6123-4567",
    client_name="Ana María",
    group="Citas",
    assign=True,
    params="client_name=Ana María\nFecha de cita=3 de mayo",
)
LONG = send_form.Form(
    user=ALICE,
    origin=PLACE,
    template="x" * 500,
    phone="1" * 500,
    client_name="ñ" * 500,
    group="🌴" * 500,
    params="a=<&>\n" * 1000,
    unparsed=("<" * 3000, "&" * 3000),
)
FORMS = {
    "empty": EMPTY,
    "full": FULL,
    "long": LONG,
    "with-channel": send_form.Form(user=ALICE, origin=Origin(ALICE), asks_channel=True),
    "unread": send_form.Form(user=ALICE, origin=PLACE, unparsed=("<!channel>", "what")),
    "warned": FULL.asking((ODD,)),
    "warned-nowhere": FULL.asking((NOWHERE,)),
    "two-readings": FULL.asking((PANAMA, COLOMBIA)),
    "two-with-a-warning": FULL.asking((PANAMA, ODD)),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("made", FORMS.values(), ids=FORMS)
def test_slack_takes_every_form(made: send_form.Form, language: str) -> None:
    view = view_of(made, language)

    assert check_view(view, kind="modal") == []
    assert size_of(view) < VIEW_BYTES


@pytest.mark.parametrize("made", [EMPTY, FULL, replace(EMPTY, more=True)])
def test_what_is_built_is_read_back(made: send_form.Form) -> None:
    read = send_form.read(submitted(made))

    # What was drawn with the fields of few sends goes on having them.
    assert replace(read, more=made.more) == made
    assert read.more is read.shows_more is made.shows_more


# As people see it: what nobody sees is dropped, and codes of emoji become characters.
typed = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60).map(
    lambda text: emoji_codes.to_characters(visible(text))
)


@given(
    st.builds(
        send_form.Form,
        user=st.just(ALICE),
        origin=st.just(PLACE),
        template=typed,
        phone=typed,
        client_name=typed,
        group=typed,
        assign=st.booleans(),
        params=typed,
    )
)
def test_whatever_is_typed_is_read_as_it_was_seen(made: send_form.Form) -> None:
    read = send_form.read(submitted(made))

    assert (read.template, read.phone) == (made.template.strip(), made.phone.strip())
    assert (read.client_name, read.group) == (made.client_name.strip(), made.group.strip())
    assert (read.assign, read.params) == (made.assign, made.params)


def test_the_ids_are_those_that_were_promised() -> None:
    view = view_of(replace(FORMS["with-channel"], more=True))

    names = {each["block_id"] for each in view["blocks"] if each["type"] == "input"}
    assert view["callback_id"] == "send"
    assert names == {
        *("template", "phone", "client_name", "group", "assign", "params", "channel"),
        "send_at",
    }


def test_a_form_keeps_to_itself_whose_it_is_and_where_it_came_from() -> None:
    view = view_of(FULL)

    note = json.loads(view["private_metadata"])
    assert note == {
        "user": ALICE,
        "channel": "C0SOPORTE01",
        "thread": "1790150000.000100",
        "url": "https://hooks.slack.com/commands/T0/1/abc",
    }


def test_untouched_fields_are_empty() -> None:
    view = submitted(EMPTY)
    for elements in view["state"]["values"].values():
        for each in elements.values():
            each |= {key: None for key in each if key != "type"}

    assert send_form.read(view) == EMPTY


def test_a_view_that_is_not_ours_belongs_to_nobody() -> None:
    for metadata in ("", "no json", "[]", "null"):
        assert send_form.read({"private_metadata": metadata}).user == ""


def test_a_chosen_channel_goes_before_the_one_it_came_from() -> None:
    view = submitted(FORMS["with-channel"], channel={"selected_conversation": "C0VENTAS001"})

    read = send_form.read(view, response_url="https://hooks.slack.com/app/x")

    assert read.origin == Origin("C0VENTAS001", "", "https://hooks.slack.com/app/x")


def test_without_a_chosen_channel_the_outcome_goes_to_the_person() -> None:
    view = submitted(FORMS["with-channel"], channel={"selected_conversation": None})

    assert send_form.read(view).origin.channel == ALICE


def test_problems_of_one_field_follow_each_other() -> None:
    problems = (
        Problem("params", "param.empty", {"name": "Hora"}),
        Problem("phone", "phone.empty"),
        Problem("params", "param.tab", {"name": "Fecha"}),
    )

    errors = send_form.errors(problems, EN)

    assert errors == {
        "params": f"{EN('param.empty', name='Hora')} {EN('param.tab', name='Fecha')}",
        "phone": EN("phone.empty"),
    }


def test_of_many_problems_the_first_are_told_and_how_many_follow() -> None:
    problems = tuple(
        Problem("params", "params.no_equals", {"line": line}) for line in range(1, 751)
    )

    (error,) = send_form.errors(problems, EN).values()

    told = [EN("params.no_equals", line=line) for line in range(1, 6)]
    assert error == " ".join([*told, EN("form.more_problems", count=745)])


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_error_is_longer_than_anybody_reads(language: str) -> None:
    problem = Problem("params", "params.twice", {"line": 2, "name": "x" * 2900})

    (error,) = send_form.errors((problem,) * 9, WORDS[language]).values()

    assert len(error) == ERROR_LIMIT
    assert error.endswith(WORDS[language]("form.more_problems", count=4))


def test_countries_are_called_by_their_names() -> None:
    values = {"country": "VE", "allowed": "CO, PA"}
    abroad = Problem("phone", "phone.country_not_allowed", values)
    nowhere = Problem("phone", "phone.country_not_allowed", values | {"country": "+878"})

    assert send_form.errors((abroad,), EN) == {
        "phone": "Numbers from this country can't be used here: Venezuela. Allowed: Colombia, Panama."
    }
    assert "+878" in send_form.errors((nowhere,), EN)["phone"]


def test_what_a_field_has_no_room_for_is_shown() -> None:
    view = view_of(
        send_form.Form(ALICE, PLACE, client_name="R" * 200 + " de la Cruz", unparsed=("y",))
    )

    assert block(view, "client_name")["element"]["initial_value"] == "R" * 200
    assert said(view) == [EN("form.unread", words="y, de la Cruz")]


@pytest.mark.parametrize("name", ["template", "phone", "client_name", "group", "params"])
def test_no_field_is_cut_in_silence(name: str) -> None:
    changes: dict[str, Any] = {name: "x" * LIMITS[name] + "tail"}
    made = replace(EMPTY, **changes)

    assert said(view_of(made)) == [EN("form.unread", words="tail")]


def test_a_link_is_taken_as_it_was_typed() -> None:
    typed_in = "Enlace=<https://example.com/?a=1&amp;b=2|aquí> &amp;lt;"
    view = submitted(EMPTY)
    view["state"]["values"]["params"]["input"]["value"] = typed_in

    assert send_form.read(view).params == "Enlace=<https://example.com/?a=1&b=2|aquí> &lt;"


def test_all_that_is_wrong_with_a_form_is_named() -> None:
    made = send_form.Form(
        ALICE, PLACE, template="short", phone="", params="no equals\n=x\na=1\na=2"
    )

    draft, problems = made.draft()

    assert draft.template == "short"
    assert [problem.key for problem in problems] == [
        "params.no_equals",
        "params.no_name",
        "params.twice",
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_warnings_are_shown_with_the_number_as_it_will_be_sent(language: str) -> None:
    translator = WORDS[language]

    view = view_of(FULL.asking((ODD,)), language)

    (warning,) = said(view)
    assert f"*{ODD.international}*" in warning
    assert "50755667788" in warning
    assert translator("phone.possible") in warning
    assert translator("phone.fixed_line") in warning
    assert view["submit"]["text"] == translator("form.submit_anyway")


def test_a_warning_that_was_seen_lets_the_send_go() -> None:
    first = send_form.read(submitted(FULL))
    assert settled(first, (ODD,)) is None

    second = send_form.read(submitted(first.asking((ODD,))))

    assert settled(second, (ODD,)) == ODD


def test_a_warning_about_another_number_must_be_seen_too() -> None:
    seen = send_form.read(submitted(FULL.asking((ODD,))))

    assert settled(seen, (NOWHERE,)) is None
    assert settled(seen, (PANAMA,)) == PANAMA


def test_a_number_without_a_warning_goes_at_once() -> None:
    assert settled(FULL, (PANAMA,)) == PANAMA


def test_two_readings_are_a_question() -> None:
    assert settled(FULL, (PANAMA, COLOMBIA)) is None

    view = view_of(FULL.asking((PANAMA, COLOMBIA)))

    options = block(view, "phone_reading")["element"]["options"]
    assert [each["value"] for each in options] == ["50761234567", "573211234567"]
    assert [each["text"]["text"] for each in options] == [
        "+507 6123-4567 · Panama",
        "+57 321 1234567 · Colombia",
    ]
    assert said(view) == []


def choose(made: send_form.Form, index: int) -> send_form.Form:
    view = view_of(made)
    option = block(view, "phone_reading")["element"]["options"][index]
    return send_form.read(submitted(made, phone_reading={"selected_option": option}))


def test_the_reading_that_a_person_chose_is_sent_to() -> None:
    chosen = choose(FULL.asking((PANAMA, COLOMBIA)), 1)

    assert settled(chosen, (PANAMA, COLOMBIA)) == COLOMBIA


def test_a_chosen_reading_with_a_warning_must_be_seen_first() -> None:
    chosen = choose(FULL.asking((PANAMA, ODD)), 1)
    assert settled(chosen, (PANAMA, ODD)) is None

    asked = chosen.asking((PANAMA, ODD))
    view = view_of(asked)
    assert len(said(view)) == 1
    assert block(view, "phone_reading")["element"]["initial_option"]["value"] == ODD.digits

    assert settled(send_form.read(submitted(asked)), (PANAMA, ODD)) == ODD


def test_a_choice_that_is_no_longer_there_chooses_nothing() -> None:
    chosen = choose(FULL.asking((PANAMA, COLOMBIA)), 1)

    assert settled(chosen, (PANAMA, ODD)) is None


def test_words_that_found_no_field_are_shown_and_harmless() -> None:
    view = view_of(FORMS["unread"])

    assert said(view) == [EN("form.unread", words="&lt;!channel&gt;, what")]


def test_a_request_is_the_form_s_and_its_id_the_view_s() -> None:
    _, problems = FULL.draft()

    request = request_of(FULL, PANAMA)

    assert problems == []
    assert (request.key, request.user, request.origin) == ("V0001", ALICE, PLACE)
    assert (request.phone, request.country, request.template) == ("50761234567", "PA", TEMPLATE)
    assert request.params == (("client_name", "Ana María"), ("Fecha de cita", "3 de mayo"))


SAMPLES = {path.stem: json.loads(path.read_text()) for path in sorted(PAYLOADS.glob("*.json"))}


@pytest.mark.parametrize("body", SAMPLES.values(), ids=SAMPLES)
def test_whatever_slack_sends_can_be_read(body: dict[str, Any]) -> None:
    context = payloads.context(body)
    kind = payloads.kind(body)
    read = send_form.read(body.get("view") or {})

    assert kind
    assert context.user or kind == "event_callback"
    assert read.user == ""


@pytest.mark.parametrize(
    ("sample", "kind", "channel", "answerable"),
    [
        ("slash_command", "command", True, True),
        ("slash_command_in_dm", "command", True, True),
        ("slash_command_enterprise_org_install", "command", True, True),
        ("message_shortcut", "message_action", True, True),
        ("global_shortcut", "shortcut", False, False),
        ("block_actions_message_button", "block_actions", True, True),
        ("block_actions_message_button_ephemeral", "block_actions", True, True),
        ("view_submission_all_inputs", "view_submission", False, False),
        ("view_submission_enterprise_org_install", "view_submission", False, False),
    ],
)
def test_who_acts_and_how_they_can_be_answered(
    sample: str, kind: str, *, channel: bool, answerable: bool
) -> None:
    context = payloads.context(SAMPLES[sample])

    assert payloads.kind(SAMPLES[sample]) == kind
    assert context.user[:1] in {"U", "W"}
    assert bool(context.channel) is channel
    assert bool(context.response_url) is answerable
    assert context.trigger_id


def test_the_state_of_a_view_is_read_by_block() -> None:
    state = payloads.state(SAMPLES["view_submission_all_inputs"]["view"])

    assert payloads.text_of(state["phone"]).replace(" ", "") == "+50761234567"
    assert payloads.checked(state["assign"])


def test_untouched_inputs_are_empty() -> None:
    state = payloads.state(SAMPLES["view_submission_untouched_inputs"]["view"])

    assert {payloads.text_of(each) for each in state.values()} == {""}
    assert {payloads.chosen(each) for each in state.values()} == {""}
    assert not payloads.checked(state.get("assign"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_blank_form_opens_as_any_other_for_whoever_asks(language: str) -> None:
    for has_catalogue in (True, False):
        blank = send_form.Form(ALICE, PLACE, has_catalogue=has_catalogue)
        other = replace(blank, user="U0OTHER", origin=Origin("C0OTHER0001"))

        opened = [send_form.build(each, WORDS[language], opening=True) for each in (blank, other)]

        drawn = send_form.build(
            replace(blank, template_fingerprint="drawn anew"), WORDS[language], opening=True
        )
        assert opened[0] == drawn
        assert opened[1]["blocks"] == drawn["blocks"]
        assert json.loads(opened[1]["private_metadata"])["user"] == "U0OTHER"


def test_an_id_of_unusual_shape_is_asked_about_once() -> None:
    def asks(made: send_form.Form) -> list[str]:
        return [each.key for each in asked(made, (PANAMA,))]

    odd = replace(send_form.Form(user=ALICE, origin=Origin("C0SOPORTE01")), template="odd-id_1")
    view = send_form.build(odd.warning_of_id(), load("en"))

    assert asks(odd) == ["template.unusual"]
    assert "odd-id_1 does not look as usual" in str(view)
    assert json.loads(str(view["private_metadata"]))["id"] == "odd-id_1"
    assert asks(odd.warning_of_id()) == []
    assert asks(replace(odd.warning_of_id(), template="other-id")) == ["template.unusual"]
    assert asks(replace(odd, template=TEMPLATE)) == []
