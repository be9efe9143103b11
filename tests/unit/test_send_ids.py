"""Ids of sends: safe to say aloud, and found again however they are typed."""

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.send_ids import DIGITS, LETTERS, new_id, read_id
from bot.sends import SendId

IDS = [new_id() for _ in range(2000)]
# What is drawn or said like something else, in English, Spanish or Portuguese.
CONFUSED = ["0OQ", "1IL", "2Z", "5S", "6G", "8B", "MN", "UV", "BV"]
VOWELS = "AEIOUY0134"  # and the digits that are read as such


@pytest.mark.parametrize("alike", CONFUSED)
def test_of_what_looks_or_sounds_alike_there_is_one_at_most(alike: str) -> None:
    assert len(set(alike) & set(LETTERS + DIGITS)) <= 1


def test_no_id_is_a_word() -> None:
    assert not set(VOWELS) & set(LETTERS + DIGITS)
    assert [each for each in IDS if re.search("[A-Z]{2}|[0-9]{2}", each.replace("-", ""))] == []


def test_ids_are_short_and_differ() -> None:
    assert {len(each) for each in IDS} == {10}
    assert len(set(IDS)) >= len(IDS) - 1


@given(
    st.sampled_from(IDS), st.sampled_from(["-", " ", ""]), st.sampled_from([str.lower, str.upper])
)
def test_an_id_is_read_however_it_is_typed(
    send_id: SendId, dash: str, case: Callable[[str], str]
) -> None:
    assert read_id(case(send_id.replace("-", dash))) == send_id


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("v0a1b2c3d4e", "V0A1B2C3D4E"),
        ("V0A1B2C3D4E-AGAIN-12", "V0A1B2C3D4E-again-12"),
        ("k7r2m9t5w-again-1", "K7R2-M9T5W-again-1"),
    ],
)
def test_an_id_of_an_older_version_is_read(typed: str, expected: str) -> None:
    assert read_id(typed) == expected


@pytest.mark.parametrize(
    "typed", ["", "4567", "K7R2-M9T5", "K7R2M9T5WX", "K0R2-M9T5W", "KR72-M9T5W", "V0", "ventas"]
)
def test_what_is_no_id_is_none(typed: str) -> None:
    assert read_id(typed) is None
