"""Who may decide about a send, and who may see all of it."""

import pytest

from bot.errors import NotAllowed
from bot.policy.access import Access
from bot.policy.approvals import Approvers
from tests.builders import ALICE, CARLA, make_send
from tests.unit.policy.fakes import FakeDirectory, FakeTemplates

BRUNO, DIEGO = "U0BRUNO0001", "U0DIEGO0001"
SEND = make_send(user=ALICE)


@pytest.fixture
def access() -> Access:
    return Access(
        FakeDirectory(admins={CARLA}, known_approvers=Approvers((DIEGO,))), FakeTemplates()
    )


@pytest.mark.parametrize("user", [ALICE, CARLA])
async def test_its_sender_and_admins_decide_about_a_send(access: Access, user: str) -> None:
    await access.check_may_decide(user, SEND)


@pytest.mark.parametrize("user", [BRUNO, DIEGO])
async def test_nobody_else_decides_and_is_told_who_may(access: Access, user: str) -> None:
    with pytest.raises(NotAllowed) as refused:
        await access.check_may_decide(user, SEND)

    assert refused.value.key == "refused.not_your_send"
    assert refused.value.values == {"sender": f"<@{ALICE}>"}


@pytest.mark.parametrize("user", [ALICE, CARLA, DIEGO])
async def test_approvers_see_all_of_a_send_as_well(access: Access, user: str) -> None:
    await access.check_may_read(user, SEND)


async def test_nobody_else_sees_it_and_is_told_who_may(access: Access) -> None:
    with pytest.raises(NotAllowed) as refused:
        await access.check_may_read(BRUNO, SEND)

    assert refused.value.key == "refused.not_your_details"
    assert refused.value.values == {"sender": f"<@{ALICE}>"}
