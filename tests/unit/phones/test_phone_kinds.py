"""Kinds of typed numbers that once reached a stranger; each has its rule, and a table of siblings."""

import pytest

from bot import phones
from bot.errors import FixTheForm, Problem
from bot.phones import Phone, Warn
from tests.unit.phones.examples import UNSEEN

FIXED, POSSIBLE = Warn.FIXED_LINE, Warn.POSSIBLE


def problem_of(typed: str, region: str | None, countries: frozenset[str] = frozenset()) -> Problem:
    with pytest.raises(FixTheForm) as told:
        phones.read(typed, region=region, countries=countries)
    (problem,) = told.value.problems
    return problem


def digits_of(typed: str, region: str | None, *countries: str) -> list[str]:
    found = phones.read(typed, region=region, countries=frozenset(countries))
    return [phone.digits for phone in found]


# What stands behind a whole number is an extension or another number: it is refused, and said.
TRAILING = [
    ("(601) 2345678 (1)", "CO", "(1)"),
    ("601 2345678 - 1", "CO", "- 1"),
    ("601 2345678 1", "CO", "1"),
    ("601 2345678-1", "CO", "-1"),
    ("321 123 4567 [2]", "CO", "(2)"),
    ("(11) 2345-6789/12", "BR", "/12"),
    ("(11) 6123-4567/12", "BR", "/12"),
    ("(11) 96123-4567 / 68", "BR", "/ 68"),
    ("(11) 2345-6789;12", "BR", ";12"),
    ("6123-4567/68", "PA", "/68"),
    ("6123-4567 (2)", "PA", "(2)"),
    ("200-1234, 15", "PA", ", 15"),
    ("2001234–5", "PA", "-5"),  # noqa: RUF001
    ("222 123 4567 x12", "MX", "x12"),
    ("222 123 4567 (ext. 12)", "MX", "(ext. 12)"),
    ("222 123 4567 p. 3", "MX", "p. 3"),
    ("222 123 4567 opción 2", "MX", "opción 2"),
    ("222 123 4567 * 9", "MX", "* 9"),
    ("+507 6123-4567 (1)", "CO", "(1)"),
    ("+57 601 2345678 - 1", None, "- 1"),
    ("0057 601 2345678/1", None, "/1"),
    ("+49 30 123456 (1)", "PA", "(1)"),
    ("49 30 123456 / 7", "PA", "/ 7"),
    ("601 2345678 - 1", None, "- 1"),
    ("601 2345678 1", None, "1"),
]


@pytest.mark.parametrize(("typed", "region", "word"), TRAILING)
def test_what_trails_a_number_is_refused_with_the_word(
    typed: str, region: str | None, word: str
) -> None:
    problem = problem_of(typed, region)

    assert (problem.key, problem.values) == ("phone.extension", {"word": word})


@pytest.mark.parametrize(
    ("typed", "region", "word"),
    [
        ("6123-4567 6123-4568", "PA", "6123 4568"),
        ("cel 6123-4567 tel 223-1234", "PA", "223-1234"),
        ("6123-4567/6123-4568", "PA", "6123-4568"),
        ("+57 321 1234567, 321 1234568", None, "321 1234568"),
        ("912345678 y 912345679", "PE", "912345679"),
    ],
)
def test_a_second_number_is_refused_with_the_number(
    typed: str, region: str | None, word: str
) -> None:
    problem = problem_of(typed, region)

    assert (problem.key, problem.values) == ("phone.several", {"word": word})


# A decimal that is all zeros is a spreadsheet's, and goes.
DECIMALS = [
    ("(601) 2345678.0", "CO", ["576012345678"]),
    ("551196123456.0", "BR", ["551196123456"]),
    ("5511961234567,0", "BR", ["5511961234567"]),
    ("50761234567.00", None, ["50761234567"]),
    ("61234567.0", "PA", ["50761234567"]),
    ("6123-4567.0", "PA", ["50761234567"]),
    ("+573211234567.0", "PA", ["573211234567"]),
    ("3211234567,00", "CO", ["573211234567", "3211234567"]),
    ("2015550123.00", "US", ["12015550123", "2015550123"]),
]


@pytest.mark.parametrize(("typed", "region", "digits"), DECIMALS)
def test_a_spreadsheets_zeros_are_left_out(
    typed: str, region: str | None, digits: list[str]
) -> None:
    assert digits_of(typed, region) == digits


# What people write between the parts of one number changes nothing.
APART = [
    ("(11) 96123-4567", "BR", "5511961234567"),
    ("507.6123.4567", "PA", "50761234567"),
    ("03-321-123-4567", "CO", "573211234567"),
    ("+49 (0) 1512 3456789", "PA", "4915123456789"),
    ("6123 - 4567", "PA", "50761234567"),
    ("6123/4567", "PA", "50761234567"),
    ("222 - 123 - 4567", "MX", "522221234567"),
    ("(222) (123) 4567", "MX", "522221234567"),
    ("06.12.34.56.00", "FR", "33612345600"),
    ("321.123.4500", "CO", "573211234500"),
    ("+57 321 123 45 67", None, "573211234567"),
    ("6.1.2.3.4.5.6.7", "PA", "50761234567"),
]


@pytest.mark.parametrize(("typed", "region", "digits"), APART)
def test_marks_between_the_parts_of_a_number_change_nothing(
    typed: str, region: str, digits: str
) -> None:
    assert digits in digits_of(typed, region)


# A 0 too many is left out where that gives a valid number, and keeping it does not.
NEEDLESS_ZERO = [
    ("+57 (0) 321 123 4567", "CO", "573211234567"),
    ("0321 123 4567", "CO", "573211234567"),
    ("09 6123 4567", "CL", "56961234567"),
    ("+56 (0)9 6123 4567", None, "56961234567"),
    ("0573211234567", "CO", "573211234567"),
    ("+57 0321 123 4567", "PA", "573211234567"),
    ("57 0 321 123 4567", "CO", "573211234567"),
    ("+507 (0) 6123-4567", "MX", "50761234567"),
    ("06123-4567", "PA", "50761234567"),
    ("050761234567", "PA", "50761234567"),
    ("+0 507 6123 4567", None, "50761234567"),
    ("+52 (0) 222 123 4567", None, "522221234567"),
    ("0222 123 4567", "MX", "522221234567"),
    ("+506 (0) 8312 3456", None, "50683123456"),
    ("00506 0 8312 3456", "PA", "50683123456"),
    ("+51 (0) 912 345 678", None, "51912345678"),
]


@pytest.mark.parametrize(("typed", "region", "digits"), NEEDLESS_ZERO)
def test_a_needless_zero_is_left_out(typed: str, region: str | None, digits: str) -> None:
    assert digits_of(typed, region) == [digits]


def test_a_zero_that_belongs_to_the_number_stays() -> None:
    assert digits_of("+39 06 1234567", None) == ["39061234567"]
    assert digits_of("02 1234567", "IT") == ["39021234567"]


def test_a_zero_before_another_countrys_code_is_left_out_only_where_it_may_be_written_to() -> None:
    assert digits_of("0573211234567", "PA", "PA", "CO") == ["573211234567"]
    assert digits_of("0573211234567", None, "CO") == ["573211234567"]
    assert problem_of("0573211234567", "PA").key == "phone.too_long"
    assert problem_of("0573211234567", None).key == "phone.needs_country"


# Digits that begin as the country's mobiles do and are one or two short or long are no other
# country's number.
ONE_OFF = [
    ("6123456", "PA", 8, 7),
    ("612345678", "PA", 8, 9),
    ("6123-45", "PA", 8, 6),
    ("6123-456789", "PA", 8, 10),
    ("321 123 456", "CO", 10, 9),
    ("321 123 45678", "CO", 10, 11),
    ("222 123 456", "MX", 10, 9),
    ("(11) 9612-345", "BR", 11, 9),
    ("(11) 96123-45678", "BR", 11, 12),
    ("9 6123 456", "CL", 9, 8),
    ("99 123 456", "EC", 9, 8),
    ("099 123 456", "EC", 9, 8),
    ("0991 234 5678", "EC", 9, 10),
    ("91234567", "PE", 9, 8),
    ("91234567890", "PE", 9, 11),
    ("8312 345", "CR", 8, 7),
    ("5123-45678", "GT", 8, 9),
    ("6581234567", "PA", 8, 10),  # Singapore's, without its +
]


@pytest.mark.parametrize(("typed", "region", "digits", "has"), ONE_OFF)
def test_a_mobile_with_a_slip_of_the_finger_is_told_how_many_digits_it_has(
    typed: str, region: str, digits: int, has: int
) -> None:
    problem = problem_of(typed, region)

    values = {"country": region, "digits": digits, "typed": has}
    assert (problem.key, problem.values) == ("phone.one_off", values)


@pytest.mark.parametrize("typed", ["+6581234567", "006581234567"])
def test_another_countrys_number_with_its_plus_is_no_slip(typed: str) -> None:
    assert digits_of(typed, "PA") == ["6581234567"]


def test_a_valid_number_of_a_country_that_may_be_written_to_is_no_slip() -> None:
    assert digits_of("6581234567", "PA", "PA", "SG") == ["6581234567"]
    # Australia's 612345678 is only possible.
    assert problem_of("612345678", "PA", frozenset({"PA", "AU"})).key == "phone.one_off"


# A prefix may be younger than the library: it is asked about, and not another country's alone.
YOUNG = [
    ("327 123 4567", "CO", ["573271234567", "3271234567"]),
    ("329 123 4567", "CO", ["573291234567"]),
    ("0327 123 4567", "CO", ["573271234567"]),
    ("327-123-4567", "CO", ["573271234567", "3271234567"]),
    ("(327) 1234567", "CO", ["573271234567", "3271234567"]),
    ("328 123 4567", "CO", ["573281234567", "3281234567"]),
]


@pytest.mark.parametrize(("typed", "region", "digits"), YOUNG)
def test_a_prefix_that_may_be_new_is_asked_about(
    typed: str, region: str, digits: list[str]
) -> None:
    found = phones.read(typed, region=region)

    assert [phone.digits for phone in found] == digits
    assert POSSIBLE in found[0].warnings


@pytest.mark.parametrize("char", UNSEEN)
def test_what_nobody_sees_is_no_part_of_a_number(char: str) -> None:
    typed = f"{char}+507{char}6123{char}-{char}4567{char}"

    assert phones.read(typed, region="CR") == (Phone("50761234567", "PA"),)


# A link's target is the number; its label only where both have the same digits.
LINKS = [
    ("<tel:+50661234567|6123-4567>", "50661234567"),
    ("<tel:+50661234567|+507 6123-4567>", "50661234567"),
    ("<tel:+50761234567|Rosa 61234567>", "50761234567"),
    ("<tel:50761234567|6123-4567>", "50761234567"),
    ("<tel:61234567|6123-4567>", "50761234567"),
    ("https://wa.me/50661234567", "50661234567"),
    ("<https://wa.me/50661234567|6123-4567>", "50661234567"),
    ("wa.me/50661234567?text=Hola%206123-4567", "50661234567"),
    ("https://api.whatsapp.com/send?phone=50661234567", "50661234567"),
    ("api.whatsapp.com/send/?phone=%2B506+6123-4567&text=1", "50661234567"),
    ("https://web.whatsapp.com/send?text=a&phone=50661234567", "50661234567"),
    ("whatsapp://send?phone=+50661234567", "50661234567"),
    ("<whatsapp://send?phone=50661234567|6123-4567>", "50661234567"),
    ("https://wa.me/p/4567890123456789/50661234567", "50661234567"),
]


@pytest.mark.parametrize(("typed", "digits"), LINKS)
def test_a_link_is_read_for_where_it_leads(typed: str, digits: str) -> None:
    assert digits_of(typed, "PA") == [digits]


# What a telephone is called is no part of its number, wherever it stands.
CALLED = [
    "+507 (cel) 6123-4567", "(+507) tel: 6123-4567", "Tel. +507 6123-4567", "+507 • 6123-4567",
    "cel:+50761234567", "Móvil: +507 6123-4567", "+507 6123-4567 (WhatsApp)", "WhatsApp +50761234567",
    "Telefone: +507 6123-4567", "+507 celular 6123-4567", "Nro. +507 6123-4567",
    "N° +507 6123-4567", "número: +507 6123-4567", "+507 · 6123 · 4567", "wsp +50761234567",
]  # fmt: skip


@pytest.mark.parametrize("typed", CALLED)
def test_what_a_phone_is_called_is_no_part_of_it(typed: str) -> None:
    assert phones.read(typed, region="CR") == (Phone("50761234567", "PA"),)
