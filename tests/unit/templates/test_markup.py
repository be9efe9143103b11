"""WhatsApp's marks: what they make of a text, and that no text is lost between them."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.templates.markup import Span, spans

MARKS = frozenset("*_~`")

READ = [
    ("", []),
    ("Hola", [Span("Hola")]),
    ("*Hola*", [Span("Hola", bold=True)]),
    ("_Hola_", [Span("Hola", italic=True)]),
    ("~Hola~", [Span("Hola", strike=True)]),
    ("```Hola```", [Span("Hola", code=True)]),
    ("*a* b", [Span("a", bold=True), Span(" b")]),
    ("Su cita: *mañana*.", [Span("Su cita: "), Span("mañana", bold=True), Span(".")]),
    ("(*sí*)", [Span("("), Span("sí", bold=True), Span(")")]),
    ("*dos palabras*", [Span("dos palabras", bold=True)]),
    ("*a* y *b*", [Span("a", bold=True), Span(" y "), Span("b", bold=True)]),
    ("*_a_*", [Span("a", bold=True, italic=True)]),
    ("_*a*_", [Span("a", bold=True, italic=True)]),
    ("*_~a~_*", [Span("a", bold=True, italic=True, strike=True)]),
    (
        "*a _b_ c*",
        [Span("a ", bold=True), Span("b", bold=True, italic=True), Span(" c", bold=True)],
    ),
    ("*```a```*", [Span("a", bold=True, code=True)]),
    ("```*a* _b_```", [Span("*a* _b_", code=True)]),
    ("*a\nb*", [Span("*a\nb*")]),
    ("*a*\n*b*", [Span("a", bold=True), Span("\n"), Span("b", bold=True)]),
    ("* a*", [Span("* a*")]),
    ("*a *", [Span("*a *")]),
    ("*a", [Span("*a")]),
    ("a*", [Span("a*")]),
    ("**", [Span("**")]),
    ("* *", [Span("* *")]),
    ("2*3*4", [Span("2*3*4")]),
    ("client_name_de_hoy", [Span("client_name_de_hoy")]),
    ("ñ*a*", [Span("ñ*a*")]),
    ("*a*b", [Span("*a*b")]),
    ("https://e.com/a_b_c?x=~1~2", [Span("https://e.com/a_b_c?x=~1~2")]),
    ("¡*Oferta*!", [Span("¡"), Span("Oferta", bold=True), Span("!")]),
    ("*50%* 😀", [Span("50%", bold=True), Span(" 😀")]),
    ("``` ```", [Span(" ", code=True)]),
    ("``````", [Span("``````")]),
    ("`a` b", [Span("a", code=True), Span(" b")]),
    ("`*a*`", [Span("*a*", code=True)]),
    ("a`b`c", [Span("a"), Span("b", code=True), Span("c")]),
    ("`a\nb`", [Span("`a\nb`")]),
    ("``a``", [Span("``a``")]),
    ("*`a`*", [Span("a", bold=True, code=True)]),
    ("`a", [Span("`a")]),
]


@pytest.mark.parametrize(("text", "read"), READ)
def test_marks_read_as_whatsapp_shows_them(text: str, read: list[Span]) -> None:
    assert [*spans(text)] == read


def is_what_remains(shown: str, text: str) -> bool:
    """Whether a text is another one without some of its marks, and is otherwise the same."""
    rest = iter(text)
    dropped: list[str] = []
    for char in shown:
        for other in rest:
            if other == char:
                break
            dropped.append(other)
        else:
            return False
    dropped.extend(rest)
    return set(dropped) <= MARKS


texts = st.one_of(st.text(), st.text(alphabet="*_~`a ñ.\n1\ue000"))


@given(texts)
@example("*_~" * 50)
@example("* *" * 50)
def test_only_marks_are_ever_taken_out(text: str) -> None:
    shown = "".join(span.text for span in spans(text))

    assert is_what_remains(shown, text)


@given(texts)
def test_no_span_is_empty(text: str) -> None:
    assert all(span.text for span in spans(text))


@given(texts.filter(lambda text: not MARKS & set(text)))
def test_a_text_without_marks_is_one_plain_span(text: str) -> None:
    assert [*spans(text)] == ([Span(text)] if text else [])


@given(st.text(alphabet="abñ 1.,", min_size=1).filter(lambda text: text == text.strip()))
def test_whatever_stands_between_two_marks_is_marked(text: str) -> None:
    assert [*spans(f"*{text}*")] == [Span(text, bold=True)]


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece", ["*_~", "*x ", " *x", "*_~x ", "x*_~", "`", "``` ", "*a*", "_*a ", "* _ ~ "]
)
def test_ten_thousand_hostile_characters_are_a_bounded_number_of_spans(piece: str) -> None:
    text = (piece * 10_000)[:10_000]

    found = [*spans(text)]

    assert len(found) <= len(text)
    assert is_what_remains("".join(span.text for span in found), text)
