"""The catalogue as a file: what is written is read again, and every mistake has its line."""

import dataclasses
import re
import tomllib

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.templates import Approval, Category, Quiet, Template
from bot.templates.checks import check_all
from bot.templates.diff import Change, compare
from bot.templates.params import Kind, Param
from bot.templates.toml_file import SENTENCES, BadFile, Fault, read, write
from bot.templates.toml_positions import Lines, written
from tests.builders import make_one_param_template, make_template
from tests.paths import ROOT

EXAMPLE = (ROOT / "examples" / "templates.toml").read_text()

GOOD = '''\
# Line 1.
[[template]]
name = "Recordatorio de cita"
id = "AbCdEfGhIjKlMnOpQrSt"
language = "es"
category = "utility"
body = """
Hola {{client_name}},
[[template]] no es una tabla aquí.
su cita: {{Fecha}}.
"""
allowed = [
  "S0SUPPORT",
  "U0ALICE0001",
]

[[template.param]]
name = "client_name"
max_length = 60

[[template.param]]
name = "Fecha"  # line 22
kind = "date"

[[template]]
name = "Pago"
id = "BbCdEfGhIjKlMnOpQrSt"
language = "es"
category = "utility"
body = "Su pago: {{Monto}}."
  [[template.param]]
  "name" = "Monto"
  kind = "number"
'''
CITA, PAGO = 'template "Recordatorio de cita"', 'template "Pago"'

# what is replaced in the good file, by what, and how the fault begins
BROKEN = [
    ('category = "utility"\nbody = """', 'category = "utilty"\nbody = """',
     f"line 6, {CITA}, category: must be one of: marketing, utility, authentication; did you mean"),
    ('language = "es"\ncategory = "utility"\nbody = "Su', 'category = "utility"\nbody = "Su',
     f"line 25, {PAGO}, language: is missing"),
    ("# Line 1.", 'version = 1', "line 1, version: there is no such key"),
    ("[[template]]\nname = \"Pago\"", "[[templates]]\nname = \"Pago\"",
     'line 25, templates: there is no such key; did you mean "template"?'),
    ("max_length = 60", "max_lenght = 60",
     f'line 19, {CITA}, param "client_name", max_lenght: there is no such key; did you mean "max'),
    ("max_length = 60", 'max_length = "60"',
     f'line 19, {CITA}, param "client_name", max_length: must be a whole number'),
    ("max_length = 60", "max_length = true",
     f'line 19, {CITA}, param "client_name", max_length: must be a whole number'),
    ("max_length = 60", "max_length = 0",
     f'line 19, {CITA}, param "client_name", max_length: must be from 1 to 1024'),
    ("max_length = 60", "max_length = sixty",
     f'line 19, {CITA}, param "client_name", max_length: this is not TOML: Invalid value'),
    ("max_length = 60", 'name = "again"',
     f'line 19, {CITA}, param "client_name", name: this is not TOML: Cannot overwrite'),
    ("max_length = 60", 'required = "yes"',
     f'line 19, {CITA}, param "client_name", required: must be true or false'),
    ('category = "utility"\nbody = """', 'category = "utility"\nquiet = "alway"\nbody = """',
     f'line 7, {CITA}, quiet: must be one of: always, never; did you mean "always"?'),
    ('category = "utility"\nbody = """', 'category = "utility"\nquiet = true\nbody = """',
     f"line 7, {CITA}, quiet: must be one of: always, never"),
    ('category = "utility"\nbody = """', 'category = "utility"\napproval = "alway"\nbody = """',
     f'line 7, {CITA}, approval: must be one of: always, never; did you mean "always"?'),
    ('category = "utility"\nbody = """', 'category = "utility"\napproval = true\nbody = """',
     f"line 7, {CITA}, approval: must be one of: always, never"),
    ('category = "utility"\nbody = """', 'category = "utility"\napproval_free = "S0LEADS"\nbody = """',
     f"line 7, {CITA}, approval_free: must be a list of texts"),
    ('category = "utility"\nbody = """', 'category = "utility"\napproval_free = ["@leads"]\nbody = """',
     f"line 7, {CITA}, approval_free: @leads is not the id of a user"),
    ('category = "utility"\nbody = """', 'category = "utility"\nquiet = ""\nbody = """',
     f"line 7, {CITA}, quiet: must be one of: always, never"),
    ('  "U0ALICE0001",', '  "alice",', f"line 12, {CITA}, allowed: alice is not the id"),
    ('  "U0ALICE0001",', "  7,", f"line 12, {CITA}, allowed: must be a list of texts"),
    ('kind = "date"', 'kind = "day"', f'line 23, {CITA}, param "Fecha", kind: must be one of'),
    ('kind = "date"', 'kind = "choice"', f'line 21, {CITA}, param "Fecha", choices: a choice needs'),
    ('kind = "date"', 'kind = "date"\ndefault = "mañana"',
     f'line 24, {CITA}, param "Fecha", default: must be a day'),
    ('name = "Fecha"  # line 22', 'name = "fecha"',
     f"line 7, {CITA}, body: {{{{Fecha}}}} is called fecha"),
    ('name = "Fecha"  # line 22', 'name = "Client_Name"',
     f'line 22, {CITA}, param "Client_Name", name: client_name and Client_Name look like'),
    ('name = "Fecha"  # line 22', 'label = "Fecha"', f"line 21, {CITA}, param 2, name: is missing"),
    ("su cita: {{Fecha}}.", "su cita: {{Fecha}}",
     f"line 7, {CITA}, body: WhatsApp accepts no body that ends with a variable"),
    ("su cita: {{Fecha}}.", "su cita.",
     f'line 22, {CITA}, param "Fecha", name: neither the body nor the header'),
    ('{{Fecha}}.\n"""', "{{Fecha}}.", f"line 7, {CITA}, body: this value has no end"),
    ('id = "BbCdEfGhIjKlMnOpQrSt"', 'id = "AbCdEfGhIjKlMnOpQrSt"',
     f'line 27, {PAGO}, id: the template "Recordatorio de cita" has the same id'),
    ('name = "Pago"', 'name = "recordatorio de CITA"',
     'line 26, template "recordatorio de CITA", name: the template "Recordatorio de cita" has'),
    ('name = "Pago"', 'nombre = "Pago"', "line 25, template 2, name: is missing"),
    ('name = "Pago"', 'name = "Pago', f"line 26, {PAGO[:8]} 2, name: this is not TOML: Illegal"),
    ("[[template]]\nname = \"Pago\"", "[[template]\nname = \"Pago\"",
     "line 25: this is not TOML: Expected ']]'"),
    ("  [[template.param]]", "  [template.param]",
     f"line 31, {PAGO}, param: write [[template.param]], in two pairs of brackets"),
    ('  kind = "number"', '  kind = "number"\n  choices = ["a"]',
     f'line 34, {PAGO}, param "Monto", choices: only for kind = "choice"'),
]  # fmt: skip

LINE = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"], exclude_characters="{}"), max_size=12
).map(str.strip)
NAME = LINE.filter(lambda text: any(char.isalnum() for char in text))
PARAMS = st.builds(
    Param,
    name=NAME,
    label=LINE,
    help=LINE,
    example=LINE,
    required=st.booleans(),
    default=st.just("") | NAME,
    max_length=st.none() | st.integers(20, 1024),
) | st.builds(
    Param, name=NAME, kind=st.just(Kind.CHOICE), choices=st.lists(NAME, min_size=1).map(tuple)
)
TEXT = st.text(st.sampled_from("a\"'\\\n# ñ😀[]=\u2028\u200d"), max_size=12)


@st.composite
def templates(draw: st.DrawFn) -> Template:
    params = draw(st.lists(PARAMS, max_size=4, unique_by=lambda param: param.name))
    body = "a" + "".join(f"{draw(TEXT)}-{{{{{param.name}}}}}" for param in params) + "."
    return Template(
        name=draw(NAME),
        id=draw(st.text("aB3", min_size=20, max_size=20)),
        language=draw(st.sampled_from(["es", "es_MX"])),
        category=draw(st.sampled_from(Category)),
        body=body + draw(TEXT),
        header=draw(LINE),
        footer=draw(LINE),
        group=draw(LINE),
        assign=draw(st.booleans()),
        allowed=tuple(draw(st.lists(st.sampled_from(["U0ALICE0001", "S0SUPPORT"])))),
        channels=tuple(draw(st.lists(st.just("C0SOPORTE01")))),
        active=draw(st.booleans()),
        quiet=draw(st.none() | st.sampled_from(Quiet)),
        approval=draw(st.sampled_from(Approval)),
        approval_free=tuple(draw(st.lists(st.sampled_from(["U0ALICE0001", "S0LEADS"])))),
        params=tuple(params),
    )


def test_the_good_file_is_good() -> None:
    cita, pago = read(GOOD)

    assert (cita.name, cita.allowed) == ("Recordatorio de cita", ("S0SUPPORT", "U0ALICE0001"))
    assert cita.params == (Param("client_name", max_length=60), Param("Fecha", kind=Kind.DATE))
    assert pago.params == (Param("Monto", kind=Kind.NUMBER),)


@pytest.mark.parametrize(("good", "bad", "fault"), BROKEN)
def test_a_mistake_is_told_with_its_line_and_field(good: str, bad: str, fault: str) -> None:
    assert GOOD.count(good) == 1

    with pytest.raises(BadFile) as caught:
        read(GOOD.replace(good, bad))

    assert any(str(each).startswith(fault) for each in caught.value.faults)


def test_the_lines_are_the_same_with_windows_line_ends() -> None:
    with pytest.raises(BadFile) as caught:
        read(GOOD.replace("max_length = 60", "max_length = 0").replace("\n", "\r\n"))

    assert [fault.line for fault in caught.value.faults] == [19]


def test_all_mistakes_are_told_at_once_by_line() -> None:
    bad = (
        GOOD.replace('language = "es"', 'language = "Spanish"')
        .replace("AbCdEfGhIjKlMnOpQrSt", "Ab C")
        .replace('"Monto"', '"Total"')
        .replace('kind = "date"', "kind = 3")
    )

    with pytest.raises(BadFile) as caught:
        read(bad)

    assert [(fault.line, fault.field) for fault in caught.value.faults] == [
        (4, "id"),
        (5, "language"),
        (23, "kind"),
        (28, "language"),
        (30, "body"),
        (32, "name"),
    ]


def test_one_mistake_is_told_once() -> None:
    with pytest.raises(BadFile) as caught:
        read(GOOD.replace('body = "Su pago: {{Monto}}."', "body = 7"))

    assert [str(fault) for fault in caught.value.faults] == [
        f'line 30, {PAGO}, body: must be text in quotes, e.g. "Rosa"'
    ]


def test_several_mistakes_of_one_field_are_all_told() -> None:
    with pytest.raises(BadFile) as caught:
        read(GOOD.replace("Su pago: {{Monto}}.", "{{Mes}} {{Monto}}"))

    assert [fault.key for fault in caught.value.faults] == [
        "catalogue.body.begins",
        "catalogue.body.ends",
        "catalogue.body.side_by_side",
        "catalogue.place.no_param",
    ]


def test_parameters_written_in_one_line_are_pointed_at_too() -> None:
    text = (
        GOOD.partition("  [[template.param]]")[0] + 'param = [{name = "Monto", max_length = 0}]\n'
    )

    with pytest.raises(BadFile) as caught:
        read(text)

    assert [fault.line for fault in caught.value.faults] == [31]


@pytest.mark.parametrize("text", ["", "# nothing\n", "\n\n"])
def test_a_file_without_templates_is_an_empty_catalogue(text: str) -> None:
    assert read(text) == ()


@pytest.mark.parametrize(
    "text", ["template = 3", "template = [1]", "[template]", "a=" + "[" * 9999]
)
def test_what_is_no_list_of_templates_is_refused(text: str) -> None:
    with pytest.raises(BadFile) as caught:
        read(text)

    assert [fault.line for fault in caught.value.faults] == [1]


@pytest.mark.slow
@given(st.lists(templates(), max_size=3))
def test_what_is_written_is_read_again(catalogue: list[Template]) -> None:
    assume(not check_all(catalogue))

    assert read(write(catalogue)) == tuple(catalogue)


@given(st.text())
def test_any_text_is_written_so_that_toml_reads_it(text: str) -> None:
    assert tomllib.loads(f"a = {written(text)}") == {"a": text}


def test_lines_of_a_body_stay_lines() -> None:
    assert '\nbody = """\nHola:\nadiós.\n"""\n' in write([make_template(body="Hola:\nadiós.\n")])


def test_what_is_usual_is_not_written() -> None:
    text = write([make_one_param_template()])

    assert text.splitlines()[-3:] == ["", "[[template.param]]", 'name = "Valor"']
    assert "active" not in text
    assert "quiet" not in text
    assert "approval" not in text


@given(st.text(max_size=200))
def test_any_text_is_a_catalogue_or_has_faults(text: str) -> None:
    check_is_read_or_refused(text)


@given(st.data())
def test_a_damaged_file_has_faults_on_lines_that_it_has(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(GOOD)))
    end = data.draw(st.integers(start, min(len(GOOD), start + 30)))

    check_is_read_or_refused(
        GOOD[:start] + data.draw(st.sampled_from(["", '"', "[", "x ="])) + GOOD[end:]
    )


def faults_of(text: str) -> list[Fault]:
    try:
        read(text)
    except BadFile as error:
        return list(error.faults) or [Fault(0, "", "", "", "file.missing", {})]
    return []


def check_is_read_or_refused(text: str) -> None:
    lines = range(1, text.count("\n") + 2)

    assert all(fault.line in lines and str(fault) for fault in faults_of(text))


def test_every_line_of_the_example_is_where_the_scan_says() -> None:
    lines = Lines(EXAMPLE)

    for number, line in enumerate(EXAMPLE.splitlines(), start=1):
        key = line.partition(" = ")[0]
        if key.isidentifier():
            assert lines.of(lines.at(number)) == number
            assert lines.at(number)[-1] == key


def test_the_example_is_a_catalogue_and_the_readme_shows_it() -> None:
    assert [template.name for template in read(EXAMPLE)] == [
        "Recordatorio de cita",
        "Pago pendiente",
        "Promoción de mayo",
    ]
    assert f"```toml\n{EXAMPLE}```" in (ROOT / "docs" / "templates.md").read_text()


def test_every_problem_of_a_catalogue_has_a_sentence() -> None:
    sources = "".join(
        (ROOT / "bot" / f"{name}.py").read_text()
        for name in ("templates/__init__", "templates/checks", "templates/params", "send_draft")
    )
    of_a_send_only = {"missing", "unknown", "body_too_long", "header_too_long"}

    used = set(re.findall(r'"((?:catalogue|param)\.[a-z_.]+)"', sources))

    said = {key for key in SENTENCES if not key.startswith("file.")}
    assert used - {f"param.{key}" for key in of_a_send_only} == said


class TestCompare:
    """What an import would change."""

    CITA = make_template()
    PAGO = make_one_param_template()
    PAGO = dataclasses.replace(PAGO, name="Pago", id="B" * 20)
    OLD = (CITA, PAGO)

    def test_nothing_changes_to_the_same(self) -> None:
        assert not compare(self.OLD, self.OLD)

    def test_what_comes_and_what_goes_is_told_apart(self) -> None:
        nueva = dataclasses.replace(self.CITA, name="Nueva", id="C" * 20)

        difference = compare(self.OLD, [self.CITA, nueva])

        assert (difference.added, difference.removed) == ((nueva,), (self.PAGO,))
        assert (difference.changed, difference.reordered) == ((), False)

    def test_the_same_id_is_the_same_template_whatever_its_name(self) -> None:
        difference = compare(self.OLD, [dataclasses.replace(self.CITA, name="Cita"), self.PAGO])

        assert difference.changed == (
            (self.CITA, (Change("name", "Recordatorio de cita", "Cita"),)),
        )
        assert (difference.added, difference.removed) == ((), ())

    def test_a_new_id_under_the_same_name_is_a_change(self) -> None:
        difference = compare(self.OLD, [dataclasses.replace(self.CITA, id="C" * 20), self.PAGO])

        assert [change.field for _, changes in difference.changed for change in changes] == ["id"]

    def test_two_templates_may_swap_their_names(self) -> None:
        swapped = [
            dataclasses.replace(self.CITA, name="Pago"),
            dataclasses.replace(self.PAGO, name="Recordatorio de cita"),
        ]

        difference = compare(self.OLD, swapped)

        assert len(difference.changed) == 2
        assert (difference.added, difference.removed) == ((), ())

    def test_a_name_taken_over_by_another_template_is_new(self) -> None:
        renamed = dataclasses.replace(self.CITA, name="Cita")
        heir = dataclasses.replace(self.CITA, id="C" * 20)

        difference = compare([self.CITA], [renamed, heir])

        assert (difference.added, difference.removed) == ((heir,), ())

    def test_changes_of_parameters_are_named(self) -> None:
        first, second, third = self.CITA.params
        now = dataclasses.replace(
            self.CITA, params=(dataclasses.replace(first, label="Nombre"), third, Param("Hora"))
        )

        ((_, changes),) = compare([self.CITA], [now]).changed

        assert changes == (
            Change('param "client_name", label', "", "Nombre"),
            Change('param "Fecha de cita"', second, None),
            Change('param "Hora"', None, Param("Hora")),
        )

    def test_another_order_is_a_change(self) -> None:
        assert compare(self.OLD, self.OLD[::-1]).reordered

    def test_another_order_of_parameters_is_a_change(self) -> None:
        now = dataclasses.replace(self.CITA, params=self.CITA.params[::-1])

        ((_, changes),) = compare([self.CITA], [now]).changed

        assert [change.field for change in changes] == ["the order of the params"]
