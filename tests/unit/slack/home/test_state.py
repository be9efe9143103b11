"""Where a person is in Home comes back as it went."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.home.state import SEARCH_LIMIT, HomeState, read_spot


@given(st.integers(0, 999_999), st.text(), st.integers(0, 999))
def test_a_state_comes_back_as_it_went(page: int, search: str, number: int) -> None:
    state = HomeState(field=number).searching(search).at(page)

    assert read_spot(state.write()) == state
    assert len(state.search) <= SEARCH_LIMIT


@pytest.mark.parametrize(
    "odd",
    ["", "{", "[]", "7", '{"page": -1}', '{"page": "9999999"}', '{"page": "٣"}', None, 5, {}],
)
def test_a_state_that_is_not_ours_is_the_first_page(odd: object) -> None:
    assert read_spot(odd) == HomeState()
