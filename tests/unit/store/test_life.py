"""Any order of what people, Atom, Slack, the clock and the power do to sends that were planned."""

import asyncio
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    multiple,
    rule,
    run_state_machine_as_test,
)
from typing_extensions import override

from bot.delivery import Delivery
from bot.events import Kind
from bot.sends import Send, SendId, Status
from bot.store import statements
from bot.store.database import Database, open_engine
from bot.store.sends import SendStore
from bot.store.tables import sends
from bot.store.transitions import Change
from tests.migrated import copy_file
from tests.unit.store.life import ANSWERS, Life

AFTER = st.sampled_from([timedelta(minutes=5), timedelta(hours=5), timedelta(days=20)])
PASSES = st.sampled_from([1.0, 11.0, 301.0, 3500.0, 5 * 3600.0, 9 * 3600.0, 20 * 86400.0])
JUMPS = st.sampled_from([-3600.0, -60.0, 60.0, 3600.0])


class LifeMachine(RuleBasedStateMachine):
    """Whatever happens: called once at most, and never when somebody stopped it."""

    file: Path
    taken = Bundle("taken")

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.loop = asyncio.new_event_loop()

    @initialize()
    def begin(self) -> None:
        url = copy_file(self.file, Path(self.folder.name))
        self.engine = open_engine(url)
        self.database = Database(self.engine)
        self.life = Life(self.database)

    def do(self, work: Any) -> Any:
        return self.loop.run_until_complete(work)

    @rule(target=taken, after=st.none() | AFTER, needs_approval=st.booleans())
    def take(self, after: timedelta | None, *, needs_approval: bool) -> SendId:
        made: SendId = self.do(self.life.take(after, needs_approval=needs_approval))
        return made

    @rule(target=taken, send_id=taken, after=AFTER)
    def change(self, send_id: SendId, after: timedelta) -> Any:
        changed = self.do(self.life.change(send_id, after))
        return changed or multiple()

    @rule(send_id=taken)
    def cancel(self, send_id: SendId) -> None:
        self.do(self.life.cancel(send_id))

    @rule(send_id=taken)
    def send_now(self, send_id: SendId) -> None:
        self.do(self.life.send_now(send_id))

    @rule(send_id=taken)
    def approve(self, send_id: SendId) -> None:
        self.do(self.life.approve(send_id))

    @rule(send_id=taken)
    def decline(self, send_id: SendId) -> None:
        self.do(self.life.decline(send_id))

    @rule(seconds=PASSES)
    def time_passes(self, seconds: float) -> None:
        self.life.clock.pass_by(seconds)
        self.do(self.life.sweep())

    @rule()
    def sweep(self) -> None:
        self.do(self.life.sweep())

    @rule()
    def restart(self) -> None:
        self.life.start()

    @rule(answer=st.sampled_from(ANSWERS))
    def atom_is(self, answer: str) -> None:
        self.life.answer = answer

    @rule(is_away=st.booleans())
    def slack_is(self, *, is_away: bool) -> None:
        self.life.slack_is_away = is_away

    @override
    def teardown(self) -> None:
        try:
            if hasattr(self, "life"):
                self.do(self.life.end())
        finally:
            if hasattr(self, "life"):
                self.database.close()
                self.engine.dispose()
            self.loop.close()
            self.folder.cleanup()


class JumpingMachine(LifeMachine):
    """The same with a clock that is set forward and back: nothing is lost or called twice."""

    @rule(seconds=JUMPS)
    def clock_jumps(self, seconds: float) -> None:
        self.life.clock_is_right = False
        self.life.clock.jump(seconds)
        self.do(self.life.sweep())


def run(machine: type[LifeMachine], file: Path, examples: int, steps: int = 25) -> None:
    wanted = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=[*HealthCheck],
        # What was found is enough: made small, it is found again and again.
        phases=[Phase.generate],
        derandomize=True,
        database=None,
    )
    run_state_machine_as_test(type(machine.__name__, (machine,), {"file": file}), settings=wanted)


@pytest.mark.slow
@pytest.mark.parametrize("machine", [LifeMachine, JumpingMachine])
def test_it_is_never_sent_twice_nor_when_stopped_and_always_ends(
    machine: type[LifeMachine], migrated_file: Path
) -> None:
    run(machine, migrated_file, 50)


def anyhow(**values: object) -> Change:
    """Return a statement that changes a send however it stands."""
    return Change(
        sa.update(sends)
        .where(sends.c.id == sa.bindparam("b_id", type_=sa.Text))
        .values(**values)
        .returning(*sends.c),
        Kind.CHANGED,
    )


GO = anyhow(status=Status.QUEUED, due_at=None, told="")


def send_early(patch: pytest.MonkeyPatch) -> None:
    async def fires(self: Delivery, send: Send) -> Send:
        if send.status is not Status.SCHEDULED:
            return send
        return await self.sends._change(send, GO, values={})  # type: ignore[attr-defined, no-any-return]  # noqa: SLF001

    patch.setattr(Delivery, "_when_due", fires)


def approve_whenever(patch: pytest.MonkeyPatch) -> None:
    """Let one go on by itself when the time to approve it is over."""

    async def expire(self: SendStore, send: Send) -> Send:
        return await self._change(send, GO, values={}, why="approval.expired")

    patch.setattr(SendStore, "expire", expire)


def call_again_after_a_kill(patch: pytest.MonkeyPatch) -> None:
    attempt = Delivery.attempt

    async def again(self: Delivery, send: Send) -> Send:
        if send.status is Status.SENDING:
            send = await self.sends._change(send, GO, values={})  # type: ignore[attr-defined]  # noqa: SLF001
        return await attempt(self, send)

    patch.setattr(Delivery, "attempt", again)


def cancel_in_words_only(patch: pytest.MonkeyPatch) -> None:
    async def cancel(self: SendStore, send_id: SendId, *, user: str) -> bool:
        send = await self.get(send_id)
        return bool(user) and not send.status.is_final and send.status is not Status.SENDING

    patch.setattr(SendStore, "cancel", cancel)


def change_without_an_end(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(statements, "REPLACE", {"": anyhow(decided_by="somebody")})


def call_at_once(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Delivery, "_may_be_undone", lambda _self, _send: False)


def forget_what_is_due(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(statements, "DUE_NOW", statements.DUE_NOW.where(sa.false()))


PLANTED = {
    "sent before its time": (send_early, "called before its time"),
    "sent though cancelled": (cancel_in_words_only, "called though it was stopped"),
    "sent though changed": (change_without_an_end, "called though it was stopped"),
    "sent though nobody approved": (approve_whenever, "called though nobody approved it"),
    "sent while it could be undone": (call_at_once, "called while it could be undone"),
    "sent twice after a kill": (call_again_after_a_kill, "called twice|called, and then"),
    "lost when it was due": (forget_what_is_due, "no outcome"),
}


@pytest.mark.slow
@pytest.mark.parametrize("fault", PLANTED)
def test_a_planted_fault_is_found(
    fault: str, migrated_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant, said = PLANTED[fault]
    plant(monkeypatch)

    with pytest.raises(AssertionError, match=said):
        run(LifeMachine, migrated_file, 300)
