"""What WhatsApp may refuse is said as a warning, and keeps no template out of the catalogue."""

import pytest

from bot.templates import Template
from bot.templates.cautions import cautions, mark
from bot.templates.checks import check
from bot.templates.params import Param
from tests.builders import make_template


def keys(template: Template) -> set[str]:
    return {f"{each.field} {each.key}" for each in cautions(template)}


def of(body: str, *names: str, **fields: str) -> Template:
    return make_template(body=body, params=tuple(map(Param, names)), **fields)


@pytest.mark.parametrize("field", ["header", "footer"])
@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Hola 🎉", "caution.emoji"),
        ("Hola ❤️", "caution.emoji"),
        ("☎ 123", "caution.emoji"),
        ("Hola 👩‍💻", "caution.emoji"),
        ("*Hola*", "caution.marks"),
        ("_Hola_ ya", "caution.marks"),
        ("~Hola~", "caution.marks"),
        ("```Hola```", "caution.marks"),
        ("5 * 3", "caution.marks"),
    ],
)
def test_a_header_or_footer_with_emoji_or_marks_is_warned_of(
    field: str, text: str, key: str
) -> None:
    template = of("Hola.", **{field: text})

    assert keys(template) == {f"{field} {key}"}
    assert check(template) == []


@pytest.mark.parametrize(
    ("body", "names", "key"),
    [
        ("Uno de {{1}} y otro de {{2}} y al fin {{4}}.", "1 2 4", "caution.gap"),
        ("Solo queda aquí {{2}}.", "2", "caution.gap"),
        ("De {{1}} hasta el {{nombre}} de hoy.", "1 nombre", "caution.mixed"),
        ("Vale hoy {{precio#1}} nada más.", "precio#1", "caution.name"),
        ("Vale hoy {{precio$}} nada más.", "precio$", "caution.name"),
        ("Hola amiga {{{n}}} qué tal.", "n", "caution.braces"),
        ("Hola {{a}} y {{b}} o {{c}}.", "a b c", "caution.few_words"),
        ("Hola {{a}} y {{b}}.", "a b", "caution.few_words"),
    ],
)
def test_a_body_that_whatsapp_may_refuse_is_warned_of(body: str, names: str, key: str) -> None:
    template = of(body, *names.split())

    assert keys(template) == {f"body {key}"}
    assert check(template) == []


@pytest.mark.parametrize("its_id", ["abc", "a-b_C9", "x" * 64, "1234567890123456789", "x" * 21])
def test_an_id_of_another_shape_is_taken_with_a_warning(its_id: str) -> None:
    template = make_template(id=its_id)

    assert keys(template) == {"id caution.id"}
    assert check(template) == []


@pytest.mark.parametrize("its_id", ["", "a b", "x" * 65, "ñ", "a.b", "a/b", "<x>"])
def test_what_can_t_be_an_id_is_refused(its_id: str) -> None:
    assert [each.key for each in check(make_template(id=its_id))] == ["catalogue.id"]


def test_what_is_right_is_not_warned_of() -> None:
    assert cautions(make_template(header="Sede {{Sede}}", footer="Clínica Vida_24")) == []
    assert cautions(of("Su código es {{1}} y vence el {{2}}.", "1", "2")) == []


def test_a_warning_of_another_text_is_another_one() -> None:
    (one,) = cautions(of("Hola.", header="A 🎉"))
    (other,) = cautions(of("Hola.", header="A 🎈"))

    assert mark(one) != mark(other)
