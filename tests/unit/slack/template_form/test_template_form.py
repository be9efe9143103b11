"""The admins' forms: what is built is read back, is valid everywhere, and says what is wrong."""

import json
from dataclasses import replace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.demo.slack.blockkit import VIEW_BYTES, check_view, size_of
from bot.demo.slack.input_values import values_of
from bot.demo.slack.messages import escape
from bot.errors import Problem, TryLater
from bot.locales import LANGUAGES, load
from bot.slack import send_form
from bot.slack.platform.blocks import View
from bot.slack.template_form import edits, groups, languages, param_list_view, param_view, view
from bot.slack.template_form.edits import TemplateEdit
from bot.slack.template_form.groups import UserGroups
from bot.templates import Category, Template
from bot.templates.checks import check, check_all
from bot.templates.params import Kind, Param
from bot.templates.toml_file import SENTENCES
from bot.typed_text import visible
from tests.fakes import ALICE, CARLA, TEMPLATE, make_one_param_template, make_template

WORDS = {language: load(language) for language in LANGUAGES}
EN = WORDS["en"]
SUPPORT = "S0SUPPORT01"
FULL = make_template(
    language="es_MX",
    category=Category.MARKETING,
    header="Su cita en {{Sede}}",
    footer="Clínica Vida",
    group="Citas",
    assign=True,
    allowed=(ALICE, CARLA, SUPPORT),
    channels=("C0SOPORTE01", "G0PRIVADO01"),
    active=False,
    params=(
        Param("Sede", kind=Kind.CHOICE, choices=("Centro", "Costa"), default="Centro"),
        Param("client_name", label="Nombre", help="El cliente", example="Rosa", max_length=60),
        Param("Fecha de cita", required=False, kind=Kind.DATE, default="2026-05-03"),
    ),
)
WIDE = "🌴" * 75
LONGEST = make_template(
    name=WIDE,
    header="🌴" * 60,
    footer="🌴" * 60,
    group="🌴" * 200,
    body="🌴" * 1024,
    allowed=(*(f"U{number:010}" for number in range(60)), *(f"S{n:010}" for n in range(40))),
    channels=tuple(f"C{number:010}" for number in range(100)),
    params=tuple(
        Param(
            f"{number:02}" + "&" * 73,
            label="<" * 75,
            help="&" * 150,
            example='"' * 150,
            default="ñ" * 1024,
        )
        for number in range(50)
    ),
)
CHOICE = Param("ñ" * 75, kind=Kind.CHOICE, choices=tuple(f"{n:02}" + "🌴" * 73 for n in range(100)))
DRAFTS = {
    "new": edits.new(ALICE, "es"),
    "edit": edits.edit(ALICE, FULL),
    "duplicate": edits.duplicate(ALICE, FULL, "Recordatorio de cita (copia)"),
    "longest": edits.edit(ALICE, LONGEST),
}
GROUPS = {SUPPORT: "Soporte · @soporte", "S0000000000": "x" * 300}


def submitted(built: View) -> dict[str, Any]:
    """Return a view as Slack hands it in when nobody touches it."""
    spec: dict[str, Any] = built
    values = values_of(spec["blocks"], {})
    for elements in values.values():
        for each in elements.values():
            if isinstance(each.get("value"), str):
                each["value"] = escape(each["value"])
    return {**spec, "id": "V0001", "state": {"values": values}}


def inputs_of(built: View) -> set[str]:
    blocks = built["blocks"]
    return {each["block_id"] for each in blocks if each["type"] == "input"}


def element(built: View, name: str) -> dict[str, Any]:
    blocks = built["blocks"]
    found: dict[str, Any] = next(each for each in blocks if each.get("block_id") == name)
    return cast(dict[str, Any], found.get("element") or found["accessory"])


def without_params(draft: TemplateEdit) -> TemplateEdit:
    return replace(draft, template=replace(draft.template, params=()))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("draft", DRAFTS.values(), ids=DRAFTS)
def test_slack_takes_every_form_of_a_template(draft: TemplateEdit, language: str) -> None:
    spec = view.build(draft, WORDS[language], GROUPS)

    assert check_view(spec, kind="modal") == []
    assert size_of(spec) < VIEW_BYTES


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", [FULL, LONGEST], ids=["full", "longest"])
@pytest.mark.parametrize("dropped", [(), [WIDE] * 50], ids=["kept", "dropped"])
def test_slack_takes_every_page_of_parameters(
    template: Template, dropped: list[str], language: str
) -> None:
    spec = param_list_view.build(
        ALICE, template, WORDS[language], saved=bool(dropped), dropped=dropped
    )

    assert check_view(spec, kind="modal") == []
    assert size_of(spec) < VIEW_BYTES


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("param", [*FULL.params, LONGEST.params[0], CHOICE])
def test_slack_takes_every_form_of_a_parameter(param: Param, language: str) -> None:
    spec = param_view.build(ALICE, LONGEST, param, WORDS[language])

    assert check_view(spec, kind="modal") == []
    assert size_of(spec) < VIEW_BYTES


@pytest.mark.parametrize("language", LANGUAGES)
def test_slack_takes_what_is_told(language: str) -> None:
    words = WORDS[language]
    spec = param_list_view.notice(words("template_form.deactivated", name=WIDE), words)

    assert check_view(spec, kind="modal") == []


@pytest.mark.parametrize("draft", DRAFTS.values(), ids=DRAFTS)
def test_what_is_built_is_read_back(draft: TemplateEdit) -> None:
    assert view.read(submitted(view.build(draft, EN, GROUPS))) == without_params(draft)


def lines(limit: int) -> st.SearchStrategy[str]:
    text = st.text(
        st.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=limit
    )
    return text.map(lambda typed: visible(typed).strip())


templates = st.builds(
    Template,
    name=lines(75),
    id=lines(30),
    language=st.sampled_from(["es", "es_MX", "pt_BR", "prs_AF"]),
    category=st.sampled_from(Category),
    body=lines(1024),
    header=lines(60),
    footer=lines(60),
    group=lines(100),
    assign=st.booleans(),
    allowed=st.sampled_from([(), (ALICE,), (SUPPORT,), (ALICE, CARLA, SUPPORT)]),
    channels=st.sampled_from([(), ("C0SOPORTE01",), ("C0SOPORTE01", "G0PRIVADO01")]),
    active=st.booleans(),
)
params = st.builds(
    Param,
    name=st.text(st.characters(exclude_categories=["Cs"]), max_size=75).map(visible),
    label=lines(75),
    help=lines(150),
    example=lines(150),
    required=st.booleans(),
    default=lines(1024),
    kind=st.sampled_from(Kind),
    choices=st.lists(
        lines(75).filter(lambda each: bool(each) and "\n" not in each), max_size=100
    ).map(tuple),
    max_length=st.none() | st.integers(1, 1024),
)


@given(templates)
def test_whatever_is_typed_of_a_template_is_read_as_it_was_seen(template: Template) -> None:
    draft = edits.edit(ALICE, template)

    assert view.read(submitted(view.build(draft, EN, {}))) == draft


@given(params)
def test_whatever_is_typed_of_a_parameter_is_read_as_it_was_seen(param: Param) -> None:
    built = param_view.build(ALICE, FULL, param, EN)

    draft, wrong = param_view.read(submitted(built))

    assert wrong == []
    assert draft == param_view.ParamEdit(ALICE, TEMPLATE, param, edits.param_mark(param))


def test_a_hundred_long_options_are_read_back_from_as_many_fields_as_they_need() -> None:
    built = param_view.build(ALICE, FULL, CHOICE, EN)

    draft, _ = param_view.read(submitted(built))

    assert {"choices", "choices.2"} <= inputs_of(built)
    assert draft.param == CHOICE


def test_a_pasted_text_is_read_without_what_came_along_with_it() -> None:
    spec = submitted(view.build(DRAFTS["new"], EN, {}))
    values = spec["state"]["values"]
    values["id"]["input"]["value"] = f" {TEMPLATE}\n"
    values["body"]["input"]["value"] = "\r\nHola {{a}},\r\nadiós.\n"

    read = view.read(spec).template

    assert (read.id, read.body) == (TEMPLATE, "Hola {{a}},\nadiós.")


def test_empty_lines_between_options_are_none() -> None:
    spec = submitted(param_view.build(ALICE, FULL, FULL.params[0], EN))
    spec["state"]["values"]["choices"]["input"]["value"] = "\n Centro \n\nCosta\n"

    draft, _ = param_view.read(spec)

    assert draft.param.choices == ("Centro", "Costa")


def test_a_length_that_is_no_whole_number_is_named() -> None:
    spec = submitted(param_view.build(ALICE, FULL, FULL.params[1], EN))
    spec["state"]["values"]["max_length"]["input"]["value"] = "1.5"

    _, wrong = param_view.read(spec)

    assert wrong == [Problem("max_length", "catalogue.max_length", {"limit": 1024})]


def test_views_that_are_not_ours_belong_to_nobody() -> None:
    assert view.read({}).user == ""
    assert param_view.read({})[0].user == ""


def test_a_form_keeps_to_itself_only_what_fits_there() -> None:
    for draft in DRAFTS.values():
        assert len(view.build(draft, EN, {})["private_metadata"]) <= 200
    for param in (*LONGEST.params, CHOICE):
        assert len(param_view.build(ALICE, LONGEST, param, EN)["private_metadata"]) < 1500


def test_a_field_has_room_for_what_the_catalogue_has_in_it() -> None:
    built = view.build(DRAFTS["longest"], EN, {})

    for name in ("name", "header", "footer", "group", "body"):
        field = element(built, name)
        assert len(field["initial_value"].encode("utf-16-le")) // 2 <= field["max_length"]


def test_a_new_template_is_active_and_a_duplicate_is_not() -> None:
    assert DRAFTS["new"].template.active
    assert not edits.duplicate(ALICE, make_template(), "copy").template.active


def test_a_duplicate_has_no_id_and_a_name_that_fits() -> None:
    draft = edits.duplicate(ALICE, LONGEST, EN("template_form.copy", name=LONGEST.name))

    assert (draft.template.id, draft.was) == ("", "")
    assert len(draft.template.name) == 75


def test_user_groups_are_called_by_their_names_as_far_as_they_are_known() -> None:
    draft = edits.edit(ALICE, replace(FULL, allowed=(SUPPORT, "S0GONE00001")))

    chosen = element(view.build(draft, EN, GROUPS), "allowed_groups")["initial_options"]

    assert [(each["value"], each["text"]["text"]) for each in chosen] == [
        (SUPPORT, "Soporte · @soporte"),
        ("S0GONE00001", "S0GONE00001"),
    ]


def test_only_a_template_that_is_there_leads_to_its_parameters() -> None:
    leads = {
        name: any(each.get("block_id") == "open_params" for each in blocks)
        for name, draft in DRAFTS.items()
        for blocks in [view.build(draft, EN, {})["blocks"]]
    }

    assert leads == {"new": False, "edit": True, "duplicate": False, "longest": True}


def test_the_page_shows_each_parameter_in_a_line() -> None:
    blocks = param_list_view.build(ALICE, FULL, EN)["blocks"]

    assert [each["text"]["text"] for each in blocks[1:]] == [
        "`{{Sede}}`\nChoice · required · starts as Centro",
        "`{{client_name}}` · Nombre\nText · required",
        "`{{Fecha de cita}}`\nDate · optional · starts as 2026-05-03",
    ]


def test_what_people_wrote_is_harmless_on_the_page() -> None:
    param = Param("<!channel>", label="<@U0ALICE0001>", default="a\n<b>")

    blocks = param_list_view.build(ALICE, replace(FULL, params=(param,)), EN)["blocks"]

    assert blocks[0]["text"]["type"] == "plain_text"
    assert blocks[1]["text"]["verbatim"]
    assert blocks[1]["text"]["text"] == (
        "`{{&lt;!channel&gt;}}` · &lt;@U0ALICE0001&gt;\nText · required · starts as a &lt;b&gt;"
    )


# From a text to parameters.


def param_names(template: Template) -> list[str]:
    return [param.name for param in template.params]


def test_the_places_of_a_pasted_text_become_parameters() -> None:
    pasted = make_template(header="De {{Sede}}", body="Hola {{ Nombre }}, {{Sede}}.", params=())

    made = edits.with_params(pasted, ())

    assert made.params == (Param("Sede"), Param("Nombre"))
    assert check(made) == []


def test_parameters_that_are_known_keep_their_details_in_the_new_order() -> None:
    changed = replace(FULL, header="", body="A {{Hora}}, el {{Fecha de cita}}, {{client_name}}.")

    made = edits.with_params(changed, FULL.params)

    assert made.params == (Param("Hora"), FULL.params[2], FULL.params[1])
    assert edits.dropped(made, FULL.params) == ["Sede"]


def test_a_place_that_is_spelled_anew_is_the_same_parameter_by_its_new_name() -> None:
    changed = replace(FULL, header="", body="El {{FECHA  de cíta}} con {{Client_Name}}.")

    made = edits.with_params(changed, FULL.params)

    assert made.params == (
        replace(FULL.params[2], name="FECHA  de cíta"),
        replace(FULL.params[1], name="Client_Name"),
    )
    assert check(made) == []


def test_braces_of_two_texts_make_no_place_together() -> None:
    torn = make_template(header="Su {{cita", body="hoy}} es.", params=())

    assert edits.with_params(torn, ()).params == ()


@given(st.lists(st.sampled_from(["Sede", "sede", "SEDE ", "Fecha", "fécha", "Hora"]), max_size=6))
def test_a_text_never_has_two_parameters_that_are_alike(written: list[str]) -> None:
    body = "Hola " + ", ".join(f"{{{{{each}}}}}" for each in written) + "."

    made = edits.with_params(make_template(body=body), (Param("Sede"), Param("Fecha")))

    keys = {problem.key for problem in check(made)}
    assert keys <= {"catalogue.place.spelled"}


def test_the_marks_tell_which_part_of_a_template_changed() -> None:
    other_param = replace(FULL, params=(replace(FULL.params[0], label="x"), *FULL.params[1:]))

    assert edits.own_mark(other_param) == edits.own_mark(FULL)
    assert edits.own_mark(replace(FULL, group="Otro")) != edits.own_mark(FULL)
    assert edits.param_mark(other_param.params[0]) != edits.param_mark(FULL.params[0])
    assert edits.places_mark(["Sede", "Hora"]) == edits.places_mark(["hóra", "SEDE"])
    assert edits.places_mark(["Sede"]) != edits.places_mark(["Sede", "Hora"])


# Limits that are gone.


def handed(old: Template, **changes: Any) -> edits.Change:
    """Hand in the form of a template, with changes."""
    draft = edits.edit(ALICE, old)
    warned = changes.pop("warned", ())
    now = replace(old, **changes)
    return edits.Change(replace(draft, warned=warned), now, old, old, is_made=now == old)


@pytest.mark.parametrize(
    ("changes", "lifted"),
    [
        ({}, ()),
        ({"group": "Otro"}, ()),
        ({"channels": ("C0SOPORTE01",)}, ()),
        ({"allowed": (SUPPORT,)}, ()),
        ({"channels": ()}, ("channels",)),
        ({"allowed": ()}, ("allowed",)),
        ({"channels": (), "allowed": ()}, ("channels", "allowed")),
        ({"channels": (), "warned": ("channels",)}, ()),
        ({"channels": (), "warned": ("allowed",)}, ("channels",)),
        ({"channels": (), "allowed": (), "warned": ("channels",)}, ("channels", "allowed")),
        ({"channels": (), "allowed": (), "warned": ("channels", "allowed")}, ()),
    ],
)
def test_an_admin_is_asked_once_about_limits_that_are_gone(
    changes: dict[str, Any], lifted: tuple[str, ...]
) -> None:
    assert handed(FULL, **changes).lifted == lifted


def test_a_template_without_limits_loses_none() -> None:
    assert handed(make_template(), group="Otro").lifted == ()
    new = edits.Change(DRAFTS["new"], make_template(), None, None, is_made=False)
    assert new.lifted == ()


def test_what_is_saved_already_is_not_asked_about_once_more() -> None:
    made = replace(handed(FULL, channels=()), is_made=True)

    assert made.lifted == ()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("warned", [("channels",), ("allowed",), ("channels", "allowed")])
def test_the_warning_stands_on_top_and_is_remembered(
    warned: tuple[str, ...], language: str
) -> None:
    unlimited = replace(FULL, channels=(), allowed=())
    draft = replace(edits.edit(ALICE, unlimited), warned=warned)

    built = view.build(draft, WORDS[language], GROUPS)

    spec = built
    assert check_view(spec, kind="modal") == []
    says = spec["blocks"][0]["text"]["text"]
    assert all(WORDS[language](view.UNLIMITED[each]) in says for each in warned)
    assert WORDS[language]("template_form.save") in says
    assert view.read(submitted(built)) == without_params(draft)


# What is wrong, and where it is said.

VALOR = replace(make_one_param_template(), name="Pago", id="P" * 20)
WRONG: dict[str, Template] = {
    "catalogue.body.begins": make_template(body="{{a}} es su valor."),
    "catalogue.body.ends": make_template(body="Su valor es {{a}}"),
    "catalogue.body.side_by_side": make_template(body="Su {{a}} {{b}} es."),
    "catalogue.body.unfit": make_template(body="Hola\x00."),
    "catalogue.footer.places": make_template(footer="De {{a}}."),
    "catalogue.header.places": make_template(header="De {{a}} a {{b}}"),
    "catalogue.id": make_template(id="too short"),
    "catalogue.id.taken": make_template(name="Otro", id=VALOR.id),
    "catalogue.language": make_template(language="Español"),
    "catalogue.name.taken": make_template(name=VALOR.name.upper(), id="B" * 20),
    "catalogue.not_a_channel": make_template(channels=("soporte",)),
    "catalogue.not_a_person": make_template(allowed=("alice",)),
    "catalogue.params.too_many": make_template(
        body=" ".join(f"a {{{{p{number}}}}}" for number in range(51)) + "."
    ),
    "catalogue.place.braces": make_template(body="Hola {{a}, adiós."),
    "catalogue.place.empty": make_template(body="Hola {{ }}, adiós."),
    "catalogue.place.spelled": make_template(body="Hola {{Sede}} o {{sede}}."),
    "catalogue.text.empty": make_template(name=""),
    "catalogue.text.one_line": make_template(footer="a\tb"),
    "catalogue.text.too_long": make_template(body="x" * 1025),
    "template_form.bad_place": make_template(body=f"Hola {{{{{'x' * 76}}}}}."),
}
FECHA = Param("Valor", kind=Kind.DATE)
WRONG_PARAMS = {
    ("choices", "catalogue.choices.alike"): Param("Valor", kind=Kind.CHOICE, choices=("Sí", "si")),
    ("choices", "catalogue.choices.none"): Param("Valor", kind=Kind.CHOICE),
    ("choices", "catalogue.choices.other_kind"): Param("Valor", choices=("a", "b")),
    ("choices", "catalogue.choices.too_many"): Param(
        "Valor", kind=Kind.CHOICE, choices=tuple(map(str, range(101)))
    ),
    ("choices", "catalogue.text.too_long"): Param("Valor", kind=Kind.CHOICE, choices=("x" * 76,)),
    ("choices", "param.over_length"): Param(
        "Valor", kind=Kind.CHOICE, choices=("abc",), max_length=2
    ),
    ("max_length", "catalogue.max_length"): Param("Valor", max_length=1025),
    ("label", "catalogue.text.one_line"): Param("Valor", label="a\tb"),
    ("help", "catalogue.text.too_long"): Param("Valor", help="x" * 151),
    ("example", "catalogue.text.too_long"): Param("Valor", example="x" * 151),
    ("default", "param.not_a_date"): replace(FECHA, default="3 de mayo"),
    ("default", "param.not_a_number"): Param("Valor", kind=Kind.NUMBER, default="doce"),
    ("default", "param.not_a_link"): Param("Valor", kind=Kind.LINK, default="example.com"),
    ("default", "param.not_a_choice"): Param(
        "Valor", kind=Kind.CHOICE, choices=("a",), default="b"
    ),
    ("default", "param.over_length"): Param("Valor", default="abc", max_length=2),
    ("default", "param.tab"): Param("Valor", default="a\tb"),
}
# What can't be wrong where the text makes the parameters, and the reader strips what is typed.
IMPOSSIBLE = {
    "catalogue.param.alike",
    "catalogue.param.braces",
    "catalogue.param.no_place",
    "catalogue.place.no_param",
    "catalogue.text.outer_spaces",
}


def told(template: Template) -> list[Problem]:
    made = edits.with_params(template, ())
    found = [each for at, each in check_all([VALOR, made]) if at == 1]
    return [*edits.in_the_form(found, made)]


@pytest.mark.parametrize("key", WRONG)
def test_each_problem_of_a_template_is_told_at_a_field(key: str) -> None:
    problems = told(WRONG[key])

    built = view.build(edits.new(ALICE, "es"), EN, {})
    assert key in {problem.key for problem in problems}
    assert set(send_form.errors(tuple(problems), EN)) <= inputs_of(built)


@pytest.mark.parametrize(("field", "key"), WRONG_PARAMS)
def test_each_problem_of_a_parameter_is_told_at_its_field(field: str, key: str) -> None:
    param = WRONG_PARAMS[field, key]
    template = replace(VALOR, params=(param,))

    problems = [*param_view.in_the_form(check(template), 0)]

    assert (field, key) in {(problem.field, problem.key) for problem in problems}
    assert {each.field for each in problems} <= inputs_of(
        param_view.build(ALICE, template, param, EN)
    )


def test_no_problem_of_the_catalogue_is_left_without_a_field() -> None:
    keys = {key for key in SENTENCES if key.startswith("catalogue.")}

    assert keys <= {*WRONG, *(key for _, key in WRONG_PARAMS), *IMPOSSIBLE}


@pytest.mark.parametrize("key", ["begins", "ends", "side_by_side"])
def test_a_place_where_whatsapp_takes_none_is_told_at_the_body(key: str) -> None:
    problems = told(WRONG[f"catalogue.body.{key}"])

    assert {problem.field for problem in problems} == {"body"}


def test_what_is_wrong_elsewhere_in_the_template_is_told_in_the_parameters_form_too() -> None:
    broken = replace(VALOR, group="a\tb")

    problems = [*param_view.in_the_form(check(broken), 0)]

    assert [(each.field, each.key) for each in problems] == [("label", "catalogue.text.one_line")]


# The menus.


@pytest.mark.parametrize(
    ("language", "typed", "first"),
    [
        ("en", "", "es"),
        ("en", "mex", "es_MX"),
        ("es", "alem", "de"),
        ("es", "español méxico", "es_MX"),
        ("pt", "ingl", "en"),
        ("en", "pt", "pt_BR"),
        ("en", "ES-co", "es_CO"),
        ("en", "prs_AF", "prs_AF"),
    ],
)
def test_a_language_is_found_by_its_name_and_by_its_code(
    language: str, typed: str, first: str
) -> None:
    assert languages.find(typed, WORDS[language])[0] == first


@pytest.mark.parametrize("typed", ["Klingon", "12", "es_PAN"])
def test_what_is_no_language_is_not_offered(typed: str) -> None:
    assert languages.find(typed, EN) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_languages_are_called_by_their_names_and_fit_their_menu(language: str) -> None:
    called = [languages.called(code, WORDS[language]) for code in languages.CODES]

    assert all(
        name.endswith(f" · {code}") for name, code in zip(called, languages.CODES, strict=True)
    )
    assert len(called) <= 100
    assert max(map(len, called)) <= 75


class AskedSlack:
    """Slack's answers to who the user groups are, and how often it was asked."""

    def __init__(self, *answers: object) -> None:
        self.answers = list(answers)
        self.asked = 0

    async def usergroups_list(self, *, team_id: str) -> object:
        self.asked += 1
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def groups_of(slack: AskedSlack) -> UserGroups:
    return UserGroups(cast(AsyncWebClient, slack), "T0ACME00001")


LISTED = {"ok": True, "usergroups": [{"id": SUPPORT, "name": "Soporte", "handle": "soporte"}]}


def refused(code: str) -> SlackApiError:
    return SlackApiError(
        code,
        AsyncSlackResponse(
            client=None,
            http_verb="GET",
            api_url="",
            req_args={},
            data={"ok": False, "error": code},
            headers={},
            status_code=200,
        ),
    )


async def test_groups_are_asked_for_once_a_minute() -> None:
    slack = AskedSlack(LISTED)
    asking = groups_of(slack)

    assert [await asking.names(), await asking.known()] == [{SUPPORT: "Soporte · @soporte"}] * 2
    assert slack.asked == 1


async def test_where_there_are_no_groups_none_has_a_name() -> None:
    asking = groups_of(AskedSlack(refused("plan_upgrade_required")))

    assert await asking.names() == {}


async def test_a_form_opens_without_the_names_of_groups_that_cannot_be_had() -> None:
    asking = groups_of(AskedSlack(TimeoutError(), LISTED))

    assert await asking.known() == {}
    assert await asking.known() == {SUPPORT: "Soporte · @soporte"}


async def test_a_menu_of_groups_that_cannot_be_had_is_an_error() -> None:
    with pytest.raises(TryLater):
        await groups_of(AskedSlack(TimeoutError())).names()


async def test_a_form_does_not_wait_for_names_longer_than_it_may(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(groups, "PATIENCE", 0.0)

    assert await groups_of(AskedSlack(LISTED)).known() == {}


def test_the_notes_of_the_forms_are_ours() -> None:
    note = json.loads(view.build(DRAFTS["edit"], EN, {})["private_metadata"])

    assert note == {
        "user": ALICE,
        "was": TEMPLATE,
        "source": TEMPLATE,
        "seen": edits.own_mark(FULL),
        "asked": edits.places_mark(["Sede", "client_name", "Fecha de cita"]),
    }
