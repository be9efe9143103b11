"""How the words after the command find their fields, and how the free field is read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import FixTheForm, Problem
from bot.slack.send_form import command_parser
from bot.slack.send_form.command_parser import CommandWords

ID = "AbCdEfGhIjKlMnOpQrSt"

READ = [
    ("", CommandWords()),
    (" \u00a0\n\t ", CommandWords()),
    ('""', CommandWords()),
    (ID, CommandWords(template=ID)),
    ("+507 6123-4567", CommandWords(phone="+507 6123-4567")),
    (f"{ID} +50761234567", CommandWords(template=ID, phone="+50761234567")),
    (f"+507 6123-4567 {ID}", CommandWords(template=ID, phone="+507 6123-4567")),
    ("(55) 1234 5678 recordatorio", CommandWords(template="recordatorio", phone="(55) 1234 5678")),
    ("- +507 61234567", CommandWords(phone="- +507 61234567")),
    ("tel: +50761234567", CommandWords(phone="tel: +50761234567")),
    ("whatsapp:+50761234567", CommandWords(phone="whatsapp:+50761234567")),
    ('"+507 6123-4567"', CommandWords(phone="+507 6123-4567")),
    ("<tel:+50761234567|+507 6123-4567>", CommandWords(phone="+507 6123-4567")),
    ("0" * 20, CommandWords(template="0" * 20)),
    ("00507 6123 4567", CommandWords(phone="00507 6123 4567")),
    ('"Recordatorio de cita"', CommandWords(template="Recordatorio de cita")),
    ("payload", CommandWords(template="payload")),
    ("payload=1", CommandWords(params=(("payload", "1"),))),
    ("client=Rosa Group=Citas", CommandWords(client_name="Rosa", group="Citas")),
    ('CLIENT="Ana María"', CommandWords(client_name="Ana María")),
    ("client=“Ana María”", CommandWords(client_name="Ana María")),
    ("client='Ana María'", CommandWords(client_name="Ana María")),
    ("client=‘Ana María’", CommandWords(client_name="Ana María")),  # noqa: RUF001
    ('client=”Ana María" x=1', CommandWords(client_name="Ana María", params=(("x", "1"),))),
    ("client=O'Brien x=1", CommandWords(client_name="O'Brien", params=(("x", "1"),))),
    ("client='Ana O’Brien' x=1", CommandWords(client_name="Ana O’Brien", params=(("x", "1"),))),  # noqa: RUF001
    (r'client="Ana \"la jefa\" M"', CommandWords(client_name='Ana "la jefa" M')),
    (r"client=\"Ana", CommandWords(client_name='"Ana')),
    (r"x=C:\dir", CommandWords(params=(("x", r"C:\dir"),))),
    ('client="Ana María x=1', CommandWords(client_name="Ana María x=1")),
    ('size=5"', CommandWords(params=(("size", '5"'),))),
    ("name=", CommandWords(params=(("name", ""),))),
    ('name="two words"', CommandWords(params=(("name", "two words"),))),
    ('"Fecha de cita"="3 de mayo"', CommandWords(params=(("Fecha de cita", "3 de mayo"),))),
    ("“Fecha de cita”=“3 de mayo”", CommandWords(params=(("Fecha de cita", "3 de mayo"),))),
    ('"Fecha de cita=3 de mayo"', CommandWords(params=(("Fecha de cita", "3 de mayo"),))),
    ("link=https://example.com/?a=b", CommandWords(params=(("link", "https://example.com/?a=b"),))),
    ("b=2 a=1 b=3", CommandWords(params=(("b", "2"), ("a", "1"), ("b", "3")))),
    ("client_name=Rosa", CommandWords(params=(("client_name", "Rosa"),))),
    ("x=&lt;VIP&gt; y=R&amp;D", CommandWords(params=(("x", "<VIP>"), ("y", "R&D")))),
    ("assign=quizás", CommandWords(unread=("assign=quizás",))),
    ("assign=", CommandWords(unread=("assign=",))),
    ("assign=yes assign=no", CommandWords(assign=True, unread=("assign=no",))),
    ("client=Ana client=Rosa", CommandWords(client_name="Ana", unread=("client=Rosa",))),
    ("+50761234567 +573211234567", CommandWords(phone="+50761234567", unread=("+573211234567",))),
    ("61234567 61234567", CommandWords(phone="61234567", unread=("61234567",))),
    ("6123-4567 a 6123-4567", CommandWords("a", "6123-4567", unread=("6123-4567",))),
    (f"{ID} otra {'1' * 20}", CommandWords(template=ID, unread=("otra", "1" * 20))),
    ("= =x 3,50 😀 -", CommandWords(unread=("=", "=x", "3,50", "😀", "-"))),
]


@pytest.mark.parametrize(("text", "words"), READ)
def test_every_word_finds_its_field(text: str, words: CommandWords) -> None:
    assert command_parser.read(text) == words


def test_a_whole_command_is_read() -> None:
    text = f'{ID} +507 6123-4567 name="two words" client="Ana María" group=Citas assign=yes'

    assert command_parser.read(text) == CommandWords(
        template=ID,
        phone="+507 6123-4567",
        client_name="Ana María",
        group="Citas",
        assign=True,
        params=(("name", "two words"),),
    )


@pytest.mark.parametrize("said", ["yes", "Y", "si", "SÍ", "si\u0301", "sim", "true", "1", '"yes"'])
def test_assign_takes_a_yes_in_three_languages(said: str) -> None:
    assert command_parser.read(f"assign={said}").assign is True


@pytest.mark.parametrize("said", ["no", "N", "não", "nao", "false", "0"])
def test_assign_takes_a_no_in_three_languages(said: str) -> None:
    assert command_parser.read(f"Assign={said}").assign is False


parts = st.permutations(
    [ID, "+507 6123-4567", 'client="Ana María"', "group=Citas", "assign=no", "x=a=b", "y='1 2'"]
)


@given(parts, st.sampled_from([" ", "  ", "\u00a0", "\n", "\t"]))
def test_the_order_of_words_and_the_kind_of_space_do_not_matter(
    words: list[str], space: str
) -> None:
    read = command_parser.read(space.join(words))

    assert (read.template, read.phone, read.client_name) == (ID, "+507 6123-4567", "Ana María")
    assert (read.group, read.assign, read.unread) == ("Citas", False, ())
    assert sorted(read.params) == [("x", "a=b"), ("y", "1 2")]


messy = st.text(alphabet="ab1+-= \"'“”‘’\\\u00a0\n<>&;|@tel:")  # noqa: RUF001


def everything(words: CommandWords) -> str:
    params = [part for param in words.params for part in param]
    fields = [words.template, words.phone, words.client_name, words.group]
    return "".join([*fields, *params, *words.unread])


@given(st.one_of(st.text(), messy))
def test_nothing_typed_is_lost(text: str) -> None:
    words = command_parser.read(text)

    typed = [char for char in command_parser.unescape(text) if char.isalnum()]
    # The names of the three fields are the only words that end in no value.
    named = 6 * bool(words.client_name) + 5 * bool(words.group) + 20 * (words.assign is not None)
    kept = [char for char in everything(words) if char.isalnum()]
    assert len(typed) - named <= len(kept) <= len(typed)


@given(st.lists(st.sampled_from(["a", "bc", "61", "+5", "x=1", "=", "-", "client=b", "😀"])))
def test_every_plain_word_is_in_a_field_or_unread(typed: list[str]) -> None:
    words = command_parser.read(" ".join(typed))

    placed = everything(words) + "".join(name for name in ("=", "client=") for _ in typed)
    assert all(word.removeprefix("client=").replace("=", "") in placed for word in typed)
    count = [words.template, words.phone, words.client_name, *words.params, *words.unread]
    assert sum(bool(one) for one in count) <= len(typed)


UNESCAPED = [
    ("R&amp;D &lt;VIP&gt;", "R&D <VIP>"),
    ("&amp;lt;", "&lt;"),
    ("&quot;", "&quot;"),
    ("<VIP>", "<VIP>"),
    ("<3 <b> <@ana> <#uno> <!>", "<3 <b> <@ana> <#uno> <!>"),
    ("<tel:+50761234567|+507 6123-4567>", "+507 6123-4567"),
    ("<tel:+50761234567>", "+50761234567"),
    ("<tel:+50761234567|Rosa>", "+50761234567"),
    ("<mailto:ana@example.com|ana@example.com>", "ana@example.com"),
    ("<mailto:ana@example.com>", "ana@example.com"),
    ("<http://example.com|example.com>", "example.com"),
    ("<https://example.com/?a=1&amp;b=2>", "https://example.com/?a=1&b=2"),
    ("<https://example.com|a &amp; b>", "a & b"),
    ("<@U012AB3CD|ana> <@W012AB3CD>", "@ana @W012AB3CD"),
    ("<#C012AB3CD|citas> <#C012AB3CD|>", "#citas #C012AB3CD"),
    ("<!here> <!channel|@channel>", "@here @channel"),
    ("<!subteam^S012AB3CD|@ventas> <!subteam^S012AB3CD>", "@ventas @S012AB3CD"),
    ("<!date^1716400000^{date}|22 de mayo>", "22 de mayo"),
]


@pytest.mark.parametrize(("text", "plain"), UNESCAPED)
def test_slacks_forms_become_what_the_person_saw(text: str, plain: str) -> None:
    assert command_parser.unescape(text) == plain


@given(st.text())
def test_text_escaped_as_slack_does_comes_back(text: str) -> None:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    assert command_parser.unescape(escaped) == text


PARAMS = [
    ("", ()),
    ("\n  \n", ()),
    ("name=Rosa", (("name", "Rosa"),)),
    (
        "Fecha de cita = 3 de mayo\r\n\r\nlink=a=b",
        (("Fecha de cita", "3 de mayo"), ("link", "a=b")),
    ),
    ("x=", (("x", ""),)),
    ("Name=1\nname=2", (("Name", "1"), ("name", "2"))),
]


@pytest.mark.parametrize(("text", "params"), PARAMS)
def test_a_line_is_a_parameter(text: str, params: tuple[tuple[str, str], ...]) -> None:
    assert command_parser.read_params(text) == params


def test_every_line_that_cannot_be_read_is_named() -> None:
    with pytest.raises(FixTheForm) as told:
        command_parser.read_params("a=1\n\nRosa\n=2\n a =3")

    assert told.value.problems == (
        Problem("params", "params.no_equals", {"line": 3}),
        Problem("params", "params.no_name", {"line": 4}),
        Problem("params", "params.twice", {"line": 5, "name": "a"}),
    )


names = st.text(min_size=1).filter(
    lambda text: text == text.strip() and not set(text) & set("=\r\n")
)
values = st.text().filter(lambda text: text == text.strip() and not set(text) & set("\r\n"))


@given(st.dictionaries(names, values))
def test_parameters_survive_the_free_field(params: dict[str, str]) -> None:
    pairs = tuple(params.items())

    assert command_parser.read_params(command_parser.params_text(pairs)) == pairs
