"""What a template may be, which values it takes, how a customer reads it, and how it is found."""

from collections.abc import Mapping
from typing import Any

import pytest

from bot.errors import Problem
from bot.send_draft import BODY_LIMIT
from bot.templates import (
    Category,
    PartKind,
    check_values,
    closest,
    find,
    find_param,
    message,
    names,
    places,
    preview,
    search,
)
from bot.templates.checks import check, check_all
from bot.templates.params import Kind, Param
from tests.builders import TEMPLATE, make_one_param_template, make_template

VALUES = {"client_name": "Rosa", "Fecha de cita": "3 de mayo", "Sede": "Centro"}

# what is changed in a good template, the field at fault, the problem
BAD_TEMPLATES: list[tuple[dict[str, Any], str, str]] = [
    ({"name": ""}, "name", "text.empty"),
    ({"name": " \u0301"}, "name", "text.empty"),
    ({"name": "Cita "}, "name", "text.outer_spaces"),
    ({"name": "Cita\tnueva"}, "name", "text.one_line"),
    ({"name": "x" * 76}, "name", "text.too_long"),
    ({"id": "Ab C"}, "id", "id"),
    ({"id": TEMPLATE + "\n"}, "id", "id"),
    ({"id": "ÁbCdEfGhIjKlMnOpQrSt"}, "id", "id"),
    ({"language": "español"}, "language", "language"),
    ({"language": "es-MX"}, "language", "language"),
    ({"group": "g" * 101}, "group", "text.too_long"),
    ({"allowed": ("S0SUPPORT", "alice")}, "allowed", "not_a_person"),
    ({"channels": ("#soporte",)}, "channels", "not_a_channel"),
    ({"header": "h" * 61}, "header", "text.too_long"),
    ({"header": "{{client_name}} y {{Sede}}"}, "header", "header.places"),
    ({"header": "Para {{Mes}}"}, "header", "place.no_param"),
    ({"footer": "f" * 61}, "footer", "text.too_long"),
    ({"footer": "En {{Sede}}"}, "footer", "footer.places"),
    ({"body": " \n", "params": ()}, "body", "text.empty"),
    ({"body": "x" * 1025, "params": ()}, "body", "text.too_long"),
    ({"body": "Hola\x07", "params": ()}, "body", "body.unfit"),
    ({"body": "Hola\ud83d", "params": ()}, "body", "body.unfit"),
    ({"body": "Hola {{}}.", "params": ()}, "body", "place.empty"),
    ({"body": "Hola {{nombre}.", "params": ()}, "body", "place.braces"),
    ({"body": "Hola.", "params": (Param("Mes"),)}, "params.0.name", "param.no_place"),
    ({"params": tuple(Param(f"p{n}") for n in range(51))}, "params", "params.too_many"),
]

BAD_BODIES = [
    ("{{a}}, hola {{b}}.", "body.begins"),
    ("\n{{a}}, hola {{b}}.", "body.begins"),
    ("Hola {{a}} y {{b}}", "body.ends"),
    ("Hola {{a}} y {{b}}\n ", "body.ends"),
    ("Hola {{a}}{{b}}.", "body.side_by_side"),
    ("Hola {{a}} {{b}}.", "body.side_by_side"),
    ("Hola {{a}} y {{b}} y {{c}}.", "place.no_param"),
    ("Hola {{a}} y {{B}}.", "place.spelled"),
]

BAD_PARAMS: list[tuple[dict[str, Any], str, str]] = [
    ({"label": "l" * 76}, "label", "catalogue.text.too_long"),
    ({"help": "a\nb"}, "help", "catalogue.text.one_line"),
    ({"help": "h" * 151}, "help", "catalogue.text.too_long"),
    ({"example": " x"}, "example", "catalogue.text.outer_spaces"),
    ({"max_length": 0}, "max_length", "catalogue.max_length"),
    ({"max_length": 1025}, "max_length", "catalogue.max_length"),
    ({"kind": Kind.CHOICE}, "choices", "catalogue.choices.none"),
    ({"choices": ("a", "b")}, "choices", "catalogue.choices.other_kind"),
    ({"kind": Kind.CHOICE, "choices": ("Sí", "SI")}, "choices", "catalogue.choices.alike"),
    ({"kind": Kind.CHOICE, "choices": ("a", "")}, "choices", "catalogue.text.empty"),
    ({"kind": Kind.CHOICE, "choices": ("a     b",)}, "choices", "param.spaces"),
    (
        {"kind": Kind.CHOICE, "choices": tuple(f"c{n}" for n in range(101))},
        "choices",
        "catalogue.choices.too_many",
    ),
    ({"kind": Kind.CHOICE, "choices": ("a",), "default": "b"}, "default", "param.not_a_choice"),
    ({"default": "  "}, "default", "param.empty"),
    ({"default": "long", "max_length": 3}, "default", "param.over_length"),
    ({"default": "pronto", "kind": Kind.NUMBER}, "default", "param.not_a_number"),
]

# what a parameter is, a value, the problem; WhatsApp's own rules, then the catalogue's
BAD_VALUES: list[tuple[dict[str, Any], str, str]] = [
    ({}, "", "missing"),
    ({}, "   ", "missing"),
    ({}, "\n", "missing"),
    ({}, "uno\ndos", "line_break"),
    ({}, "uno\r\ndos", "line_break"),
    ({}, "uno\u2028dos", "line_break"),
    ({}, "uno\tdos", "tab"),
    ({}, "uno     dos", "spaces"),
    ({}, "uno\u00a0\u00a0\u00a0\u00a0\u00a0dos", "spaces"),
    ({}, "uno\x00", "unfit"),
    ({}, "uno\ud83d", "unfit"),
    ({}, "x" * 1025, "too_long"),
    ({}, "x" * 1015, "body_too_long"),
    ({"max_length": 5}, "seis66", "over_length"),
    ({"kind": Kind.NUMBER}, "doce", "not_a_number"),
    ({"kind": Kind.NUMBER}, "12a", "not_a_number"),
    ({"kind": Kind.NUMBER}, "1..2", "not_a_number"),
    ({"kind": Kind.NUMBER}, "٣", "not_a_number"),
    ({"kind": Kind.NUMBER}, "$12", "not_a_number"),
    ({"kind": Kind.NUMBER}, "1.2345,67", "not_a_number"),
    ({"kind": Kind.NUMBER}, "1,23,456", "not_a_number"),
    ({"kind": Kind.NUMBER}, "1.234.56", "not_a_number"),
    ({"kind": Kind.DATE}, "3 de mayo", "not_a_date"),
    ({"kind": Kind.DATE}, "2026-02-30", "not_a_date"),
    ({"kind": Kind.DATE}, "20260503", "not_a_date"),
    ({"kind": Kind.DATE}, "2026-05-03T10:00", "not_a_date"),
    ({"kind": Kind.CHOICE, "choices": ("Sí", "No")}, "Quizás", "not_a_choice"),
    ({"kind": Kind.CHOICE, "choices": ("Sí", "No")}, "sí", "not_a_choice"),
    ({"kind": Kind.LINK}, "example.com", "not_a_link"),
    ({"kind": Kind.LINK}, "https://", "not_a_link"),
    ({"kind": Kind.LINK}, "https://exa mple.com", "not_a_link"),
    ({"kind": Kind.LINK}, "javascript:alert(1)", "not_a_link"),
    ({"kind": Kind.LINK}, "https://[bad", "not_a_link"),
]

GOOD_VALUES: list[tuple[dict[str, Any], str]] = [
    ({}, "Rosa & Hijos <3"),
    ({"max_length": 5}, "cinco"),
    ({"kind": Kind.NUMBER}, "25"),
    ({"kind": Kind.NUMBER}, "-1.234,56"),
    ({"kind": Kind.NUMBER}, "1 234.5"),
    ({"kind": Kind.NUMBER}, "25,50"),
    ({"kind": Kind.NUMBER}, "1.234"),
    ({"kind": Kind.NUMBER}, "1'234,567.89"),
    ({"kind": Kind.NUMBER}, "1234 5678"),
    ({"kind": Kind.NUMBER}, "9" * 40),
    ({"kind": Kind.DATE, "max_length": 3}, "2026-05-03"),
    ({"kind": Kind.CHOICE, "choices": ("Sí", "No")}, "Sí"),
    ({"kind": Kind.LINK}, "https://pagos.example.com/f?id=1&x=ñ"),
]


class TestCheck:
    """What keeps a template out of the catalogue."""

    def test_an_ordinary_template_has_no_problems(self) -> None:
        assert check(make_template()) == []

    @pytest.mark.parametrize(("changes", "field", "key"), BAD_TEMPLATES)
    def test_a_bad_field_is_named(self, changes: dict[str, Any], field: str, key: str) -> None:
        found = check(make_template(**changes))

        assert (field, f"catalogue.{key}") in [(each.field, each.key) for each in found]

    @pytest.mark.parametrize(("body", "key"), BAD_BODIES)
    def test_placeholders_stand_where_whatsapp_takes_them(self, body: str, key: str) -> None:
        found = check(make_template(body=body, params=(Param("a"), Param("b"))))

        assert [each.key for each in found if each.field == "body"] == [f"catalogue.{key}"]

    @pytest.mark.parametrize(("changes", "field", "key"), BAD_PARAMS)
    def test_a_bad_field_of_a_parameter_is_named(
        self, changes: dict[str, Any], field: str, key: str
    ) -> None:
        found = check(make_one_param_template(**changes))

        assert [(each.field, each.key) for each in found] == [(f"params.0.{field}", key)]

    def test_two_parameters_that_people_hold_for_one_are_refused(self) -> None:
        template = make_template(
            body="El {{Día}} y el {{dia}}.", params=(Param("Día"), Param("dia"))
        )

        (problem,) = check(template)

        assert problem == Problem(
            "params.1.name", "catalogue.param.alike", {"one": "Día", "other": "dia"}
        )

    def test_a_name_with_braces_is_no_parameters(self) -> None:
        found = check(make_template(params=(*make_template().params, Param("a}b"))))

        assert Problem("params.3.name", "catalogue.param.braces") in found

    def test_a_code_may_begin_with_its_place_as_whatsapps_own_text_does(self) -> None:
        template = make_template(
            body="{{1}} es su código.", category=Category.AUTHENTICATION, params=(Param("1"),)
        )

        assert check(template) == []

    def test_a_place_may_stand_twice_and_in_the_header(self) -> None:
        template = make_template(
            header="Para {{a}}", body="Hola {{ a }}, sí, {{a}}.", params=(Param("a"),)
        )

        assert check(template) == []

    def test_names_and_ids_are_each_taken_once_in_a_catalogue(self) -> None:
        first, again = make_template(), make_template(name="RECORDATORIO  de cíta")

        found = check_all([first, again])

        assert [(at, each.field, each.key) for at, each in found] == [
            (1, "name", "catalogue.name.taken"),
            (1, "id", "catalogue.id.taken"),
        ]

    def test_a_pasted_body_offers_its_placeholders_once_each(self) -> None:
        assert places("Hola {{ a }} y {{b c}}, {{a}} {{}}") == ("a", "b c")


class TestValues:
    """What keeps a template with its values from being sent."""

    @pytest.mark.parametrize(("changes", "value", "key"), BAD_VALUES)
    def test_a_value_that_would_be_refused_is_named(
        self, changes: dict[str, Any], value: str, key: str
    ) -> None:
        found = check_values(make_one_param_template(**changes), {"Valor": value})

        assert [(each.field, each.key) for each in found] == [("param.Valor", f"param.{key}")]
        assert found[0].values.get("name", "Valor") == "Valor"

    @pytest.mark.parametrize(("changes", "value"), GOOD_VALUES)
    def test_a_good_value_passes(self, changes: dict[str, Any], value: str) -> None:
        assert check_values(make_one_param_template(**changes), {"Valor": value}) == []

    def test_every_missing_and_unknown_value_is_named_at_once(self) -> None:
        found = check_values(make_template(), {"Sede": "Centro", "Mes": "mayo", "Año": "2026"})

        assert [(each.field, each.key) for each in found] == [
            ("param.Año", "param.unknown"),
            ("param.Mes", "param.unknown"),
            ("param.client_name", "param.missing"),
            ("param.Fecha de cita", "param.missing"),
        ]

    def test_people_are_told_the_label_where_there_is_one(self) -> None:
        (problem,) = check_values(make_one_param_template(label="Saldo"), {})

        assert problem == Problem("param.Valor", "param.missing", {"name": "Saldo"})

    @pytest.mark.parametrize(
        ("changes", "values", "sent"),
        [
            ({"default": "hoy"}, {}, (("Valor", "hoy"),)),
            ({"default": "hoy"}, {"Valor": "ayer"}, (("Valor", "ayer"),)),
            ({"default": "hoy", "required": False}, {"Valor": " "}, ()),
            ({"required": False}, {}, ()),
        ],
    )
    def test_a_default_stands_in_for_a_value_never_given(
        self, changes: dict[str, Any], values: Mapping[str, str], sent: tuple[tuple[str, str], ...]
    ) -> None:
        template = make_one_param_template(**changes)

        assert check_values(template, values) == []
        assert message(template, values) == sent

    def test_a_default_that_was_taken_out_is_missing(self) -> None:
        (problem,) = check_values(make_one_param_template(default="hoy"), {"Valor": ""})

        assert problem.key == "param.missing"

    def test_the_longest_value_is_to_blame_for_a_long_message(self) -> None:
        values = VALUES | {"Sede": "s" * 500, "client_name": "c" * 600}

        (problem,) = check_values(make_template(), values)

        assert problem.field == "param.client_name"
        assert problem.values["limit"] == BODY_LIMIT

    def test_a_header_has_its_own_limit(self) -> None:
        template = make_template(header="Sede {{Sede}}")

        (problem,) = check_values(template, VALUES | {"Sede": "s" * 56})

        assert (problem.field, problem.key) == ("param.Sede", "param.header_too_long")

    @pytest.mark.parametrize(
        ("language", "read"),
        [
            ("es", "3 de mayo de 2026"),
            ("es_MX", "3 de mayo de 2026"),
            ("pt_BR", "3 de maio de 2026"),
            ("en_US", "May 3, 2026"),
            ("xx", "2026-05-03"),
        ],
    )
    def test_a_day_is_sent_as_its_customer_reads_it(self, language: str, read: str) -> None:
        template = make_template(
            language=language, body="El {{Día}}.", params=(Param("Día", kind=Kind.DATE),)
        )

        assert message(template, {"Día": "2026-05-03"}) == (("Día", read),)


class TestPreview:
    """The message as the customer reads it."""

    def test_the_values_stand_in_their_placeholders(self) -> None:
        template = make_template(header="En {{Sede}}", footer="Clínica Vida")

        shown = preview(template, VALUES)

        assert "".join(part.text for part in shown.header) == "En Centro"
        assert (
            "".join(part.text for part in shown.body)
            == "Hola Rosa, su cita es el 3 de mayo en Centro."
        )
        assert shown.footer == "Clínica Vida"

    def test_a_missing_value_is_marked_by_what_people_call_it(self) -> None:
        template = make_one_param_template(label="Saldo")

        assert [(part.kind, part.text, part.param) for part in preview(template, {}).body] == [
            (PartKind.TEXT, "Su valor: ", ""),
            (PartKind.MISSING, "Saldo", "Valor"),
            (PartKind.TEXT, ".", ""),
        ]

    def test_a_value_that_looks_like_a_place_is_not_filled_again(self) -> None:
        shown = preview(make_template(), VALUES | {"client_name": "{{Sede}}"})

        assert shown.body[1].text == "{{Sede}}"

    def test_what_may_not_be_sent_is_still_shown(self) -> None:
        shown = preview(make_one_param_template(kind=Kind.DATE), {"Valor": "mañana"})

        assert shown.body[1].text == "mañana"


class TestFind:
    """Names as people type them."""

    ALL = (
        make_template(),
        make_template(name="Confirmación de cita", id="B" * 20),
        make_template(name="pago_pendiente", id="C" * 20),
        make_template(name="Año nuevo", id="D" * 20),
    )

    @pytest.mark.parametrize("typed", ["Fecha de cita", "FECHA DE CITA", "fécha  de cita "])
    def test_a_parameter_is_found_whatever_its_case_and_accents(self, typed: str) -> None:
        assert find_param(make_template(), typed) == Param("Fecha de cita")

    def test_an_unknown_parameter_is_none(self) -> None:
        assert find_param(make_template(), "Fecha") is None

    @pytest.mark.parametrize("typed", ["confirmacion DE cita", "B" * 20, " Confirmación de cita "])
    def test_a_template_is_found_by_its_name_or_id(self, typed: str) -> None:
        assert find(self.ALL, typed) == self.ALL[1]

    @pytest.mark.parametrize(
        ("typed", "found"),
        [
            ("", ["Año nuevo", "Confirmación de cita", "pago_pendiente", "Recordatorio de cita"]),
            ("ci", ["Confirmación de cita", "Recordatorio de cita"]),
            ("CITA conf", ["Confirmación de cita"]),
            ("confirmacion", ["Confirmación de cita"]),
            ("ano", ["Año nuevo"]),
            ("pend", ["pago_pendiente"]),
            ("cordato", ["Recordatorio de cita"]),
            ("abcdef", ["Recordatorio de cita"]),
            ("zz", []),
            ("?", []),
        ],
    )
    def test_search_goes_by_words_and_by_id(self, typed: str, found: list[str]) -> None:
        assert [each.name for each in search(self.ALL, typed)] == found

    def test_own_recents_come_first_then_names(self) -> None:
        found = search(self.ALL, "", recents=["C" * 20, TEMPLATE, "gone"])

        assert [each.id[0] for each in found] == ["C", "A", "D", "B"]

    def test_a_search_folds_no_name_again(self, monkeypatch: pytest.MonkeyPatch) -> None:
        folded: list[str] = []

        def fold(name: str) -> str:
            folded.append(name)
            return name

        monkeypatch.setattr(names, "fold", fold)

        search(self.ALL, "recordatorio de", recents=[TEMPLATE])

        assert folded == ["recordatorio de"]

    @pytest.mark.parametrize(
        ("typed", "meant"),
        [
            ("recordatoro", "Recordatorio de cita"),
            ("recordatorio de sita", "Recordatorio de cita"),
            ("Confimacion", "Confirmación de cita"),
            ("pago pendinte", "pago_pendiente"),
        ],
    )
    def test_a_typing_mistake_finds_what_was_meant(self, typed: str, meant: str) -> None:
        assert closest(typed, self.ALL)[0].name == meant

    @pytest.mark.parametrize("typed", ["", "zzz", "???"])
    def test_nothing_is_suggested_for_what_is_like_nothing(self, typed: str) -> None:
        assert closest(typed, self.ALL) == []
