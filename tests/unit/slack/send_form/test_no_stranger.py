"""No valid full number of any country is read as another's, by any way in, whatever stands round it.

All of the library's example numbers; noises, the ways to write a number and the countries that need
no code take turns.
"""

from collections.abc import Iterator, Sequence

import phonenumbers
import pytest
from phonenumbers import PhoneNumber, PhoneNumberFormat

from bot import phones
from bot.errors import FixTheForm
from bot.phones import in_text
from bot.send_draft import NumberRules
from bot.slack.send_form import command_parser
from tests.unit.phones.examples import REACHABLE, e164

pytestmark = pytest.mark.slow

REGIONS = ("PA", "CO", None, "MX", "BR", "AR", "CL", "PE", "EC", "CR", "GT", "US", "ES", "DE")

# Noise that is no part of a number: it is read without, or refused.
IN_THE_FORM = (
    "{}", " {} ", "({})", "[{}],", "tel:{}", "cel: {}", "{} (WhatsApp)", "Nro. {}", "\u200e{}\u2069",
    "{}\ufe0f\u3164", "<tel:{}>", "<tel:{}|6123-4567>", "{}.0", "{},00", "{} (1)", "{}/12", "{} - 1",
    "{}, 3", "{} x12", "{} ext. 5", "{}#4", "{} / 6123-4567", "tel {} cel 6123-4567", "{} Rosa",
)  # fmt: skip
# Noise in a message: nobody else is found in it.
IN_A_MESSAGE = (
    "{}", "Rosa: {}.", "*{}*", "_{}_", "`{}`", "cel {} gracias", "(cel: {})", ":iphone: {} :100:",
    "Póliza 61234568, {}", "RUC 8-123-4567 / tel {}", "{} 3 cajas", "3/3 {}", "el 22/05/2024 10:30 {}",
    "{}\nTotal $ 61.234.567", "CPF 123.456.789-09 {}", "<tel:{}|6123-4567>", "<@U61234567> {}",
    "{}\u200b\ufeff", "{} ext 12", "{}/12", "{}, 25.50", "-{}-", "factura 61234568: {}",
    "Hola,\n\n{}\n\nPedido 61234568", "<https://wa.me/{}|6123-4567>",
)  # fmt: skip
# Words of a command that are no part of the number.
IN_A_COMMAND = (
    "aviso {}", "{} aviso", "aviso 3/3 {}", "aviso 25.50 {}", "aviso {} 5", "aviso {}, 4/5",
    "aviso ({})", "12 {} aviso 3", "x=5 {} aviso", "aviso {} client = «Ana 3»", "aviso tel: {} 2",
    "aviso <tel:{}|6123-4567> 3", "aviso \u200e{}\u200f 1/2", "aviso 61234 {}",
)  # fmt: skip


def written(number: PhoneNumber, turn: int) -> str:
    international = phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)
    return (
        e164(number),
        international,
        f"00{e164(number)[1:]}",
        international.replace(" ", "\u202f"),
    )[turn % 4]


def cases(noises: Sequence[str], each: int) -> Iterator[tuple[str, str, str | None]]:
    """Give what is typed, the number's own digits, and the country that needs no code.

    Every number meets `each` of the noises, and every noise as many of the numbers.
    """
    for turn, (_, number) in enumerate(REACHABLE):
        for noise in range(turn, turn + each):
            template = noises[noise % len(noises)]
            shown = written(number, turn // len(noises) + noise)
            if "wa.me" in template:
                shown = e164(number)[1:]
            region = REGIONS[(turn + noise) % len(REGIONS)]
            yield template.format(shown), e164(number)[1:], region


def reached(typed: str, region: str | None) -> set[str]:
    try:
        return {phone.digits for phone in phones.read(typed, region=region)}
    except FixTheForm:
        return set()


def test_in_the_form() -> None:
    found = [(each, reached(each[0], each[2])) for each in cases(IN_THE_FORM, 8)]

    assert [each for each in found if each[1] - {each[0][1]}] == []
    assert sum(bool(digits) for _, digits in found) > len(found) / 2


def test_in_a_message() -> None:
    found = []
    for each in cases(IN_A_MESSAGE, 8):
        numbers = in_text.find(each[0], each[2])
        found.append((each, [{phone.digits for phone in one.readings} for one in numbers]))

    # One is filled in; of several a person chooses.
    assert [one for one in found if len(one[1]) == 1 and one[1][0] - {one[0][1]}] == []
    assert [one for one in found if len(one[1]) > 1 and {one[0][1]} not in one[1]] == []
    assert sum([{own}] == sets for (_, own, _), sets in found) > len(found) * 0.85


def test_in_a_command() -> None:
    found = []
    for typed, own, region in cases(IN_A_COMMAND, 4):
        words = command_parser.read(typed, NumberRules(region))
        found.append((typed, own, region, reached(words.phone, region)))

    assert [one for one in found if one[3] - {one[1]}] == []
    assert sum(one[3] == {one[1]} for one in found) > len(found) * 0.85


@pytest.mark.parametrize("template", ["{}", "tel {}", "{}.0", "{} (1)", "({})"])
def test_without_a_plus_it_is_one_of_the_readings_or_refused(template: str) -> None:
    for typed, own, region in cases([template], 1):
        bare = typed.replace("+", "").replace("00", "", typed.lstrip("tel (").startswith("00"))
        found = reached(bare, region)

        assert not found or own in found, (bare, region)
