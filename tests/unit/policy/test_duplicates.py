"""Duplicates: what counts as one, how far apart, and which of several is told."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.policy.duplicates import NOT_SENT, Earlier, look
from bot.sends import SendId, Status
from tests.builders import ALICE
from tests.fakes import NOON

WINDOW = timedelta(hours=24)
NEW = SendId("V0NEW")


def earlier(
    minutes: float = 4, status: Status = Status.SENT, send_id: str = "V0001", user: str = ALICE
) -> Earlier:
    return Earlier(SendId(send_id), status, user, NOON - timedelta(minutes=minutes))


@pytest.mark.parametrize("status", Status)
def test_all_that_may_have_reached_somebody_or_still_will_counts(status: Status) -> None:
    found = look([earlier(status=status)], due=NOON, window=WINDOW)

    assert (found is None) == (status in NOT_SENT)
    if found:
        assert found.distance == timedelta(minutes=4)
        assert found.is_unsure == (status is Status.UNKNOWN)
        assert found.is_ahead == (not status.is_final)


@pytest.mark.parametrize(
    ("minutes", "counts"),
    [(0, True), (24 * 60 - 1, True), (24 * 60, False), (-24 * 60 + 1, True), (-24 * 60, False)],
)
def test_it_is_judged_between_due_moments_in_both_directions(minutes: int, *, counts: bool) -> None:
    found = look([earlier(minutes)], due=NOON, window=WINDOW)

    assert (found is not None) == counts


def test_a_window_of_nothing_finds_nothing() -> None:
    assert look([earlier(0)], due=NOON, window=timedelta(0)) is None


def test_of_several_the_nearest_is_told_and_the_others_counted() -> None:
    several = [earlier(60), earlier(-3, Status.QUEUED, "V0002", "U0BRUNO0001"), earlier(5)]
    several.append(earlier(1, Status.FAILED, "V0003"))

    found = look(several, due=NOON, window=WINDOW)

    assert found is not None
    assert (found.earlier.id, found.distance, found.others) == ("V0002", timedelta(minutes=-3), 2)


def test_the_tries_of_one_request_are_no_duplicates_of_each_other() -> None:
    first, second = earlier(9, send_id="V1"), earlier(5, Status.UNKNOWN, "V2")
    tries = [first, replace(second, replaces=first.id)]

    assert look(tries, due=NOON, window=WINDOW, replaces=second.id) is None
    # For whoever asks anew they are.
    assert look(tries, due=NOON, window=WINDOW) is not None


def test_what_is_sent_again_is_a_duplicate_of_what_came_since_and_of_nothing_before() -> None:
    before, unknown, since = (earlier(9 - n, send_id=f"V{n}") for n in range(3))

    found = look([before, unknown, since], due=NOON, window=WINDOW, replaces=unknown.id)

    assert found is not None
    assert found.ids == (since.id,)


def test_tries_that_replace_each_other_in_a_circle_end() -> None:
    circle = [replace(earlier(), replaces=SendId("V0001"))]

    assert look(circle, due=NOON, window=WINDOW, replaces=SendId("V0001")) is None


def test_what_a_person_confirmed_is_not_asked_again_but_what_came_since_is() -> None:
    told, since = earlier(), earlier(1, send_id="V0002")
    confirmed = frozenset({told.id})

    again = look([told], due=NOON, window=WINDOW, confirmed=confirmed)
    newer = look([told, since], due=NOON, window=WINDOW, confirmed=confirmed)

    assert again is None
    assert newer is not None
    assert newer.earlier == since


@given(st.lists(st.tuples(st.integers(-3000, 3000), st.sampled_from(Status)), max_size=6))
def test_two_sends_see_each_other_alike(others: list[tuple[int, Status]]) -> None:
    sends = [earlier(minutes, status, f"V{n}") for n, (minutes, status) in enumerate(others)]

    for each in sends:
        seen = look([each], due=NOON, window=WINDOW)
        mine = Earlier(NEW, each.status, ALICE, NOON)
        back = look([mine], due=each.due, window=WINDOW)
        assert (seen is None) == (back is None)
