"""What nobody can see is nobody's letter, wherever it is typed."""

from datetime import date

import pytest

from bot.send_draft import NumberRules
from bot.slack.send_form import command_parser, param_inputs
from bot.templates import names
from bot.templates.dates import read_day
from bot.templates.numbers import is_number
from bot.templates.params import Kind, Param
from bot.typed_text import visible
from tests.unit.phones.examples import UNSEEN

# In these, what joins letters or makes a picture is seen.
SEEN = [
    "Ana María", "👨\u200d👩\u200d👧", "❤\ufe0f", "1\ufe0f\u20e3", "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "🏃🏾\u200d♀\ufe0f", "\u0645\u06cc\u200c\u062e\u0648", "क्\u200dष", "a\nb\tc\r\n", "🐦\u200d🔥", "👁\ufe0f\u200d🗨\ufe0f",
]  # fmt: skip


@pytest.mark.parametrize("text", SEEN)
def test_what_is_seen_stays(text: str) -> None:
    assert visible(text) == text


@pytest.mark.parametrize("char", UNSEEN)
class TestUnseen:
    """Each character that nobody sees."""

    def test_it_is_dropped(self, char: str) -> None:
        assert visible(f"{char}A{char}na{char}") == "Ana"

    def test_it_makes_no_name_another(self, char: str) -> None:
        assert names.fold(f"Recordatorio{char} de{char}cita") == "recordatorio decita"

    def test_it_makes_no_date_another(self, char: str) -> None:
        found = read_day(f"3{char}/5/2027{char}", ("es",), date(2026, 11, 27))

        assert found == date(2027, 5, 3)

    def test_it_is_no_part_of_a_command(self, char: str) -> None:
        words = command_parser.read(
            f"a{char}viso client{char}=Ana{char} x=25{char} 6123{char}-4567", NumberRules("PA")
        )

        assert (words.template, words.client_name, words.phone) == ("aviso", "Ana", "6123-4567")
        assert words.params == (("x", "25"),)

    def test_it_is_no_part_of_what_stands_in_a_field(self, char: str) -> None:
        param = Param("Total", kind=Kind.NUMBER)

        assert is_number(param_inputs.read(param, {"value": f"25{char}"}))
        assert param_inputs.read(Param("x"), {"value": f" {char} "}) == ""
