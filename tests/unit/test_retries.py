"""A send in the place of one that did not arrive: the same one, whichever version makes it."""

import pytest

from bot.retries import retry_key, retry_of
from bot.sends import SendId, Status
from tests.builders import CARLA, make_send


@pytest.mark.parametrize(
    ("send_id", "key"),
    [
        ("V0A1B2C3D4E", "V0A1B2C3D4E-again-1"),
        ("V0A1B2C3D4E-again-1", "V0A1B2C3D4E-again-2"),
        ("K7R2-M9T5W", "K7R2-M9T5W-again-1"),
        ("K7R2-M9T5W-again-11", "K7R2-M9T5W-again-12"),
    ],
)
def test_its_key_is_the_id_that_an_older_version_gives_it(send_id: str, key: str) -> None:
    assert retry_key(SendId(send_id)) == key


def test_what_was_overridden_for_that_moment_alone_is_not_overridden_again() -> None:
    overrode = ("phone.possible", "duplicate.sent", "quiet.hours", "template.unusual")

    again = retry_of(make_send(Status.UNKNOWN, overrode=overrode), user=CARLA)

    assert again.overrode == ("phone.possible", "template.unusual")


def test_it_has_an_id_of_its_own_and_names_what_it_replaces() -> None:
    old = make_send(Status.UNKNOWN, id=SendId("K7R2-M9T5W"))

    first, second = retry_of(old, user=CARLA), retry_of(old, user=CARLA)

    assert (first.key, first.replaces, first.user) == (retry_key(old.id), old.id, CARLA)
    assert first.key == second.key
    assert len({old.id, first.id, second.id}) == 3


def test_a_row_sent_again_by_itself_is_no_row_any_more() -> None:
    row = make_send(Status.UNKNOWN, batch="K7R2-M9T5W", batch_line=7)

    again = retry_of(row, user=CARLA)

    assert (again.batch, again.batch_line) == ("", 0)
