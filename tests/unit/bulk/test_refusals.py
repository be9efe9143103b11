"""Too many refusals pause a list; those that are about the number alone say nothing of the rest."""

import pytest

from bot.bulk.batches import PauseReason
from bot.bulk.refusals import IN_A_ROW, LAST, Refusals, is_about_frequency, is_about_number
from bot.sends import Outcome, Status


def outcome(said: str = "", status: Status = Status.REJECTED) -> Outcome:
    return Outcome(status, "rejected", vendor_message=said)


SENT = outcome(status=Status.SENT)


@pytest.mark.parametrize(
    ("said", "is_number"),
    [
        ("Invalid phoneNumber", True),
        ("El número no es válido", True),
        ("O telefone não existe", True),
        ("(#131026) Message undeliverable", True),
        ("Recipient is not on WhatsApp", True),
        ("Número de teléfono inválido", True),
        ("This number is not on WhatsApp", True),
        ("El número no tiene WhatsApp", True),
        ("No hay datos para enviar", False),
        ("Missing template parameter", False),
        ("(#132000) Number of parameters does not match the expected number of params", False),
        ("Número de parámetros incorrecto", False),
        ("Invalid parameter phone_number_id", False),
        ("Invalid phone number id", False),
        ("(#133010) Phone number not registered", False),
        ("Falta el teléfono de soporte en la plantilla", False),
        ("", False),
    ],
)
def test_what_is_about_the_number(said: str, is_number: bool) -> None:  # noqa: FBT001 - a table
    assert is_about_number(said) is is_number


@pytest.mark.parametrize(
    ("said", "is_frequency"),
    [
        ("(#131049) not delivered to maintain healthy ecosystem engagement", True),
        ("Límite de frecuencia de marketing", True),
        ("Frequency cap reached", True),
        ("No hay datos para enviar", False),
    ],
)
def test_what_is_about_the_frequency(said: str, is_frequency: bool) -> None:  # noqa: FBT001 - a table
    assert is_about_frequency(said) is is_frequency


def test_an_outcome_that_nobody_knows_is_neither_a_refusal_nor_ends_a_row_of_them() -> None:
    refusals = Refusals()
    found = []

    for _ in range(IN_A_ROW):
        found += [refusals.add(outcome(status=Status.UNKNOWN)), refusals.add(outcome())]

    assert [each for each in found if each] == [PauseReason.REFUSALS]


def test_twenty_in_a_row_that_nobody_knows_pause_it() -> None:
    refusals = Refusals()

    found = [refusals.add(outcome(status=Status.UNKNOWN)) for _ in range(IN_A_ROW)]

    assert found == [None] * (IN_A_ROW - 1) + [PauseReason.UNCLEAR]


def test_twenty_in_a_row_and_not_nineteen() -> None:
    refusals = Refusals()
    for _ in range(IN_A_ROW - 1):
        assert refusals.add(outcome()) is None

    assert refusals.add(outcome()) is PauseReason.REFUSALS


def test_bad_numbers_between_do_not_end_a_row_of_refusals() -> None:
    refusals = Refusals()
    for _ in range(IN_A_ROW - 1):
        refusals.add(outcome())
        refusals.add(outcome("Invalid phoneNumber"))

    assert refusals.add(outcome()) is PauseReason.REFUSALS


def test_more_than_thirty_of_the_last_hundred() -> None:
    found = [outcome() if number % 3 == 0 else SENT for number in range(LAST)]

    assert [each for each in map(Refusals().add, found) if each] == [PauseReason.SHARE]


def test_it_goes_on_counting_what_came_before() -> None:
    refusals = Refusals([outcome()] * (IN_A_ROW - 1))

    assert refusals.add(outcome()) is PauseReason.REFUSALS
