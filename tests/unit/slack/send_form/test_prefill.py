"""What stands in a form when it opens, and that nothing of it was lost on the way."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given

from bot.demo.slack.blockkit import check_view
from bot.demo.slack.messages import escape
from bot.phones import Phone
from bot.policy.access import Allowed
from bot.sends import Origin, Status
from bot.slack import send_form
from bot.slack.send_form import prefill, template_lookup
from bot.submission import make_request
from bot.templates import Template, names
from bot.templates.params import Kind, Param
from bot.templates.toml_file import read
from bot.times import Asker
from tests.builders import ALICE, TEMPLATE, make_send, make_send_request, make_template
from tests.paths import ROOT
from tests.unit.slack.send_form.form_views import PLACE, submitted, view_of
from tests.unit.slack.send_form.lookup_scene import UNKNOWN_ID, catalogues, tokens
from tests.unit.slack.send_form.template_forms import CITA, PAGO

OFFER = Allowed((CITA, PAGO))
PANAMA = ZoneInfo("America/Panama")
NOW = datetime(2026, 3, 13, 15, 0, tzinfo=UTC)  # a Friday, 10 in Panama
TODAY = date(2026, 3, 13)
FREE = Allowed((), any_id_allowed=True)
NOTHING = Allowed(())
ADMIN = replace(OFFER, is_admin=True)
ADMIN_OF_NOTHING = replace(NOTHING, is_admin=True)


def typed(text: str, offer: Allowed = OFFER) -> send_form.Form:
    return prefill.typed(escape(text), ALICE, PLACE, offer, Asker(NOW, PANAMA, "es"))


def notice(made: send_form.Form) -> str:
    return made.notice.key if made.notice else ""


class TestDocumentation:
    """The example that the documentation gives of the command."""

    def test_it_fills_the_form_of_the_catalogue_in_the_examples(self) -> None:
        told = (
            (ROOT / "docs" / "using.md").read_text().partition("**The command** fills the form")[2]
        )
        line = re.search(r"^/whatsapp-template (.+)$", told, re.MULTILINE)
        assert line is not None
        catalogue = read((ROOT / "examples" / "templates.toml").read_text())

        made = typed(line[1], Allowed(catalogue))

        assert made.known == catalogue[0]
        values = dict(made.values)
        assert (made.phone, values["client_name"]) == ("6123-4567", "Ana María")
        assert re.fullmatch(r"\d{4}-05-03", values["Fecha de cita"])
        assert (made.unparsed, made.unplaced_values, made.suggestions, made.notice) == (
            (),
            (),
            (),
            None,
        )


class TestTyped:
    """A form with the words of a command."""

    def test_every_word_stands_in_its_field(self) -> None:
        made = typed(
            'recordatorio de cita 6123-4567 client="Ana María" CLIENT_NAME=Rosa '
            '"fecha de CITA"="3/5/2026" sede=costa'
        )

        assert made.known == CITA
        assert (made.phone, made.client_name) == ("6123-4567", "Ana María")
        assert dict(made.values) == {
            "client_name": "Rosa",
            "Fecha de cita": "2026-05-03",
            "Sede": "Centro",
        }
        assert made.unplaced_values == (("sede", "costa"),)

    @pytest.mark.parametrize("field", ["client", "cliente", "CLIENTE"])
    def test_the_customer_s_name_is_the_parameter_s_too(self, field: str) -> None:
        made = typed(f'recordatorio de cita {field}="Ana María"')

        assert (made.client_name, dict(made.values)["client_name"]) == ("", "Ana María")
        assert made.draft()[0].client_name == "Ana María"
        assert made.unplaced_values == ()

    @pytest.mark.parametrize(
        "name",
        ["client_name", "nombre", "nome", "name", "Nombre del cliente", "ClientName", "cliente"],
    )
    def test_it_is_whatever_the_parameter_is_plainly_called(self, name: str) -> None:
        template = make_template(body=f"Hola {{{{{name}}}}}, ya.", params=(Param(name),))

        made = typed("recordatorio de cita client=Ana", Allowed((template,)))

        assert (made.client_name, dict(made.values)) == ("", {name: "Ana"})
        assert made.draft()[0].client_name == "Ana"

    @pytest.mark.parametrize(
        "param",
        [Param("client_name", required=False), Param("mascota"), Param("nombre de la mascota"),
         Param("name", kind=Kind.NUMBER), Param("apellido"), Param("sede")],
    )  # fmt: skip
    def test_it_fills_no_other_parameter(self, param: Param) -> None:
        template = make_template(body=f"Hola {{{{{param.name}}}}}, ya.", params=(param,))

        made = typed("recordatorio de cita client=Ana", Allowed((template,)))

        assert (made.client_name, dict(made.values)) == ("Ana", {})

    def test_a_parameter_that_is_called_as_a_field_gets_what_was_typed_for_it(self) -> None:
        template = make_template(
            body="Hola {{cliente}}, del {{grupo}}, ya.", params=(Param("cliente"), Param("grupo"))
        )

        made = typed("recordatorio de cita cliente=Ana grupo=Norte", Allowed((template,)))

        assert dict(made.values) == {"cliente": "Ana", "grupo": "Norte"}
        assert (made.draft()[0].client_name, made.group) == ("Ana", template.group)

    def test_the_group_and_the_assignment_are_the_template_s(self) -> None:
        made = typed("recordatorio de pago")

        assert (made.group, made.assign) == ("Cobros", True)

    @pytest.mark.parametrize("said", ["no", "yes"])
    def test_a_typed_group_and_assignment_go_first(self, said: str) -> None:
        made = typed(f"recordatorio de pago group=Urgente assign={said}")

        assert (made.group, made.assign) == ("Urgente", said == "yes")

    def test_a_mistyped_name_is_asked_about(self) -> None:
        made = typed("recordatoro de sita 6123-4567 client_name=Rosa")

        assert notice(made) == "form.did_you_mean"
        assert made.suggestions[0] == CITA
        assert (made.phone, made.values) == ("6123-4567", (("client_name", "Rosa"),))

    @pytest.mark.parametrize("offer", [OFFER, ADMIN, ADMIN_OF_NOTHING])
    def test_an_unknown_name_is_said_again(self, offer: Allowed) -> None:
        made = typed("zzz 6123-4567", offer)

        assert notice(made) == "form.no_such_template"
        assert made.notice
        assert made.notice.values == {"name": "zzz"}

    def test_who_may_send_nothing_from_here_is_told_so(self) -> None:
        assert notice(typed("zzz", NOTHING)) == "form.nothing_to_send"
        assert notice(typed("", NOTHING)) == "form.nothing_to_send"

    @pytest.mark.parametrize("offer", [OFFER, ADMIN, ADMIN_OF_NOTHING, FREE])
    def test_nothing_typed_says_nothing(self, offer: Allowed) -> None:
        made = typed("", offer)

        assert (notice(made), made.template, made.has_catalogue) == ("", "", offer is not FREE)

    @pytest.mark.parametrize("offer", [ADMIN, ADMIN_OF_NOTHING, FREE])
    def test_an_id_outside_of_the_catalogue_has_free_parameters(self, offer: Allowed) -> None:
        made = typed(f"{UNKNOWN_ID} 6123-4567 Rosa x=1", offer)

        assert (made.template, made.known, notice(made)) == (UNKNOWN_ID, None, "")
        assert (made.params, made.unparsed) == ("x=1", ("Rosa",))

    def test_who_is_no_admin_is_told_of_such_an_id(self) -> None:
        made = typed(f"{UNKNOWN_ID} Rosa")

        assert (made.template, notice(made)) == ("", "form.no_such_template")
        assert made.unparsed == ("Rosa",)

    @given(tokens, catalogues)
    def test_no_word_is_lost(self, words: list[str], catalogue: tuple[Template, ...]) -> None:
        made = typed(" ".join(words), Allowed(catalogue, any_id_allowed=not catalogue))

        # What names the template is not said again where it is found.
        asked = template_lookup.read(escape(" ".join(words)), catalogue).asked
        held = kept(made) + names.fold(asked)
        for word in words:
            name, _, value = word.partition("=")
            parts = [name, value] if name not in {"client", "group", "assign"} else [value]
            plain = [names.fold(part.strip("\"'")) for part in parts]
            assert all(part in held for part in plain if part != "no"), (word, made)

    @given(tokens, catalogues)
    def test_slack_takes_whatever_is_typed(
        self, words: list[str], catalogue: tuple[Template, ...]
    ) -> None:
        made = typed(" ".join(words), Allowed(catalogue, any_id_allowed=not catalogue))

        assert check_view(view_of(made), kind="modal") == []


def kept(made: send_form.Form) -> str:
    """Return all that the person sees of what was typed."""
    known = (made.known.name, made.known.id) if made.known else ()
    told = map(str, made.notice.values.values()) if made.notice else ()
    pairs = [part for pair in (*made.values, *made.unplaced_values) for part in pair]
    fields = (made.template, made.phone, made.client_name, made.group, made.params)
    return names.fold(" ".join([*known, *told, *pairs, *fields, *made.unparsed]))


class TestEmpty:
    """A form in which nothing stands."""

    def test_it_asks_for_the_channel_where_there_is_none(self) -> None:
        made = prefill.empty(ALICE, None, OFFER)

        assert (made.asks_channel, made.origin) == (True, Origin(ALICE))
        assert not prefill.empty(ALICE, PLACE, OFFER).asks_channel

    @pytest.mark.parametrize(
        ("offer", "told"),
        [(OFFER, ""), (FREE, ""), (ADMIN_OF_NOTHING, ""), (NOTHING, "form.nothing_to_send")],
    )
    def test_it_says_so_where_there_is_nothing_to_choose(self, offer: Allowed, told: str) -> None:
        assert notice(prefill.empty(ALICE, PLACE, offer)) == told


class TestAsBefore:
    """A form as an old send was."""

    def test_all_but_the_template_stands_in_it(self) -> None:
        request = make_send_request(assign=True, template=TEMPLATE)

        made = prefill.as_before(prefill.empty(ALICE, PLACE, OFFER), request)

        assert (made.phone, made.client_name, made.group) == ("+50761234567", "Rosa", "Citas")
        assert (made.assign, made.template, made.values) == (True, "", request.params)
        assert (made.origin, made.channel) == (PLACE, "")

    @pytest.mark.parametrize(
        ("channel", "proposed"),
        [
            ("C0SOPORTE01", "C0SOPORTE01"),
            ("G0PRIVADO01", "G0PRIVADO01"),
            ("D0ALICE0001", ""),
            (ALICE, ""),
        ],
    )
    def test_the_channel_is_proposed_if_it_is_one(self, channel: str, proposed: str) -> None:
        request = make_send_request(origin=Origin(channel))

        made = prefill.as_before(prefill.empty(ALICE, None, OFFER), request)

        assert made.channel == proposed


class TestDays:
    """A day as people name it from where they stand."""

    @pytest.mark.parametrize(
        ("said", "day"),
        [
            ("hoy", "2026-03-13"),
            ("mañana", "2026-03-14"),
            ('"pasado mañana"', "2026-03-15"),
            ("amanhã", "2026-03-14"),
            ("tomorrow", "2026-03-14"),
            ("lunes", "2026-03-16"),
            ("viernes", "2026-03-20"),
            ('"3 de mayo"', "2026-05-03"),
        ],
    )
    def test_is_the_day_in_the_field(self, said: str, day: str) -> None:
        dated = replace(
            CITA,
            params=(Param("client_name"), Param("Fecha de cita", kind=Kind.DATE), CITA.params[2]),
        )

        made = typed(f'recordatorio de cita "fecha de cita"={said}', Allowed((dated,)))

        assert dict(made.values)["Fecha de cita"] == day
        assert made.unplaced_values == ()


class TestToCorrect:
    """What did not go out, put right in the form."""

    def test_the_send_says_what_it_puts_right_whatever_was_changed(self) -> None:
        send = make_send(Status.REJECTED, vendor_message="Invalid phoneNumber")
        opened = prefill.as_before(prefill.empty(ALICE, PLACE, OFFER), send.request)
        made = prefill.to_correct(replace(opened.by_id(CITA.id), known=CITA), send)

        changed = replace(send_form.read(submitted(made), CITA), phone="+573211234567")
        draft, _ = changed.draft()
        request = make_request(
            draft, CITA, Phone("573211234567", "CO"), user=ALICE, origin=PLACE, key="V2"
        )

        assert request.corrects == send.id
        assert made.notice is not None
