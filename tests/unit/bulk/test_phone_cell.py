"""A phone's cell, as spreadsheets leave it."""

import pytest

from bot.bulk.phone_cell import clean
from bot.errors import Problem


@pytest.mark.parametrize(
    ("text", "exact", "number"),
    [
        ("50761234567.0", "", "50761234567"),
        ("50761234567,00", "", "50761234567"),
        ("'+507 6123-4567", "", "+507 6123-4567"),
        ('="50761234567"', "", "50761234567"),
        ('="+50761234567"', "", "+50761234567"),
        ("5.0766E+10", "50761234567", "50761234567"),
        ("6123-4567", "61234567", "61234567"),
        ("6123.4567", "", "6123.4567"),
        ("5511.98765.4321", "", "5511.98765.4321"),
        ("0050761234567", "", "0050761234567"),
    ],
)
def test_what_a_spreadsheet_did_to_a_number_is_undone(text: str, exact: str, number: str) -> None:
    assert clean(text, exact) == number


@pytest.mark.parametrize(
    ("text", "exact", "key"),
    [
        ("5.0766E+10", "", "bulk.phone.power"),
        ("5,07661E+10", "", "bulk.phone.power"),
        ("5e10", "", "bulk.phone.power"),
        ('="5.07E+10"', "", "bulk.phone.power"),
        ("50761234567.5", "", "bulk.phone.fraction"),
        ("1", "50761234567.5", "bulk.phone.fraction"),
        ("1", "-50761234567", "bulk.phone.fraction"),
        ("5076123456700000", "", "bulk.phone.too_many_digits"),
        ("1", "5076123456700000", "bulk.phone.too_many_digits"),
    ],
)
def test_what_can_not_be_undone_is_said(text: str, exact: str, key: str) -> None:
    found = clean(text, exact)

    assert isinstance(found, Problem)
    assert (found.field, found.key) == ("phone", key)
