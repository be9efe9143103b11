"""What is asked before the call: the access and the gate as they are then."""

from collections.abc import Iterable

import pytest

from bot.errors import NotAllowed, TooEarly
from bot.policy.access import Access
from bot.policy.checks import SendChecks
from bot.policy.gate import GateInput, Reason, Verdict
from bot.templates import Template
from tests.builders.sends import ALICE, make_send
from tests.builders.templates import make_template
from tests.fakes.clock import NOON
from tests.fakes.numbers import FakeNumbers
from tests.unit.policy.fakes import FakeDirectory, FakeTemplates


def checks(
    *reasons: Reason, directory: FakeDirectory | None = None, template: Template | None = None
) -> SendChecks:
    """Make checks of which the last one gives these reasons."""

    def says(given: GateInput) -> Iterable[Reason]:
        assert given.now == NOON
        return reasons if given.taken else ()

    access = Access(directory or FakeDirectory(), FakeTemplates((template or make_template(),)))
    return SendChecks(access, lambda: NOON, FakeNumbers(), checks=(says,))


async def test_what_nothing_speaks_against_goes() -> None:
    await checks().check_again(make_send())


async def test_what_is_to_wait_is_told_until_when() -> None:
    reason = Reason(Verdict.HOLD, "quiet.hours", subject=("quiet", "507"), until=NOON)

    with pytest.raises(TooEarly) as told:
        await checks(reason).check_again(make_send())

    assert (told.value.key, told.value.until) == ("quiet.hours", NOON)


@pytest.mark.parametrize("overrode", ["quiet.hours", "quiet.long", "quiet.no_zone"])
async def test_who_chose_anyway_is_not_made_to_wait(overrode: str) -> None:
    reason = Reason(Verdict.HOLD, "quiet.hours", subject=("quiet", "507"), until=NOON)

    await checks(reason).check_again(make_send(overrode=(overrode,)))


@pytest.mark.parametrize("verdict", [Verdict.CONFIRM, Verdict.REFUSE])
async def test_any_reason_that_is_left_keeps_it_from_going_out(verdict: Verdict) -> None:
    reason = Reason(verdict, "twice", values={"minutes": 4})

    with pytest.raises(NotAllowed) as told:
        await checks(reason).check_again(make_send())

    assert (told.value.key, told.value.values) == ("twice", {"minutes": 4})


async def test_what_was_overridden_is_not_asked_again() -> None:
    reason = Reason(Verdict.CONFIRM, "twice")

    await checks(reason).check_again(make_send(overrode=("twice",)))


async def test_what_refuses_can_not_have_been_overridden() -> None:
    reason = Reason(Verdict.REFUSE, "stop")

    with pytest.raises(NotAllowed, match="stop"):
        await checks(reason).check_again(make_send(overrode=("stop",)))


async def test_the_access_is_asked_before_the_gate() -> None:
    template = make_template(active=False)

    with pytest.raises(NotAllowed, match=r"template\.inactive"):
        await checks(Reason(Verdict.REFUSE, "stop"), template=template).check_again(make_send())


async def test_who_may_send_nothing_any_more_is_told_that() -> None:
    with pytest.raises(NotAllowed, match=r"refused\.not_listed"):
        await checks(directory=FakeDirectory(gone={ALICE})).check_again(make_send())
