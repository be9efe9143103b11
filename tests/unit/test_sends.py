"""Where a send may stand, and what everyone may see of it."""

import pytest

from bot.sends import Status
from tests.builders import make_send
from tests.fakes import NOON


@pytest.mark.parametrize("status", Status)
def test_a_send_is_under_way_or_has_ended(status: Status) -> None:
    assert status.is_final is (
        status not in {Status.SCHEDULED, Status.AWAITING_APPROVAL, Status.QUEUED, Status.SENDING}
    )


NEXT = {
    "awaiting_approval": {"scheduled", "queued", "cancelled"},
    "scheduled": {"queued", "cancelled"},
    "queued": {"sending", "failed", "cancelled"},
    "sending": {"queued", "sent", "pending", "rejected", "failed", "unknown"},
    "unknown": {"sent", "pending", "rejected", "failed"},
}


@pytest.mark.parametrize("before", Status)
def test_a_send_goes_only_where_it_may(before: Status) -> None:
    assert {after for after in Status if before.may_become(after)} == NEXT.get(before, set())


def test_a_send_waits_only_while_a_person_may_stop_it() -> None:
    assert make_send(Status.QUEUED, next_try=NOON, reason="gave_up").waits
    assert not make_send(Status.QUEUED, next_try=NOON).waits  # for nothing but its turn
    assert not make_send(Status.QUEUED).waits
    assert not make_send(Status.SENDING, next_try=NOON).waits
    assert not make_send(Status.SENT, next_try=NOON).waits


def test_of_a_number_four_digits_are_for_everyone() -> None:
    assert make_send().masked_phone == "•••• 4567"
