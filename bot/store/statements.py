"""What is done to a send, as SQL: made once, since making a statement costs more than running it.

Each looks before it writes, so that twice is once. What is not there any more, or is another's by
now, is left alone. Parameters are called `b_` and a column's name.
"""

from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import ReturningUpdate

from bot.events import Kind
from bot.sends import CHANGED, LATE, PAUSED, PLANNED, Status
from bot.store.prepared import Prepared
from bot.store.tables import events, request_key, sends
from bot.store.transitions import Change, Transition

IS_OPEN = sends.c.told != sends.c.status  # as in the index that finds what is open


def given(*names: str) -> dict[str, Any]:
    """Set these columns to the parameters of their names."""
    return {name: sa.bindparam(f"b_{name}", type_=sends.c[name].type) for name in names}


def is_given(name: str) -> sa.ColumnElement[bool]:
    """Compare a column with the parameter of its name."""
    return sends.c[name] == sa.bindparam(f"b_{name}", type_=sends.c[name].type)


NOW = sa.bindparam("b_now", type_=sends.c.updated.type)
OURS = sends.c.runner == sa.bindparam("b_process", type_=sa.Text)
QUEUED = sends.c.status == Status.QUEUED
SENDING = sends.c.status == Status.SENDING


def change(*which: sa.ColumnElement[bool], **values: object) -> ReturningUpdate[Any]:
    """Change one send if it is so."""
    return (
        sa.update(sends)
        .where(is_given("id"), *which)
        .values(updated=NOW, **values)
        .returning(*sends.c)
    )


# What is given of a new send; all else stands as it does before anything happens.
NEW = (
    *(
        "id",
        "request_key",
        "overrode",
        "status",
        "template",
        "template_name",
        "is_test",
        "phone",
        "canonical",
        "country",
    ),
    *("client_name", "group_name", "assign", "params", "user_id", "channel", "thread_ts"),
    *("response_url", "replaces", "created", "updated", "give_up_at", "runner", "runs"),
    *("reason", "next_try", "due_at", "needs_approval", "approval_mark"),
    *("changed_from", "corrects"),
    *("send_at", "send_at_wall", "send_at_zone", "send_at_rules"),
)
_DEFAULTS = {
    column.name: column.default.arg
    for column in sends.c
    if isinstance(column.default, sa.ColumnDefault)
}
FIND = Prepared(sa.select(sends).where(is_given("id")))
FIND_BY_KEY = Prepared(
    sa.select(sends).where(request_key() == sa.bindparam("b_request_key", type_=sa.Text))
)


_Insert = sqlite.Insert | postgresql.Insert
_INSERT: dict[str, Callable[[sa.Table], _Insert]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}


def inserts(columns: Sequence[str]) -> dict[str, Change]:
    """Make what inserts a new send with these columns given, by the kind of database.

    Whether it was new is said by RETURNING: the driver for PostgreSQL counts no rows of an insert.
    """
    values = _DEFAULTS | given(*columns)
    return {name: _taking(insert(sends).values(values)) for name, insert in _INSERT.items()}


def insert_unless(dialect_name: str, fails: sa.ColumnElement[bool]) -> Change:
    """Make what inserts a new send unless something is so."""
    values = {
        name: value
        if isinstance(value, sa.ColumnElement)
        else sa.literal(value, type_=sends.c[name].type)
        for name, value in (_DEFAULTS | given(*NEW)).items()
    }
    row = sa.select(*values.values()).where(sa.not_(fails))
    return _taking(_INSERT[dialect_name](sends).from_select([*values], row))


def _taking(insert: _Insert) -> Change:
    return Change(insert.on_conflict_do_nothing().returning(*sends.c), Kind.TAKEN)


INSERTS = inserts(NEW)

IS_DUE = sends.c.due_at <= NOW
_TO_BE_TOLD = {"told": "", "tell_tries": 0}
# It is to be called now: what it waited for came.
_GOES_OUT = _TO_BE_TOLD | {"due_at": None, "next_try": None, "reason": ""} | given("give_up_at")
FIRE = Transition(Status.SCHEDULED, OURS, IS_DUE, after=Status.QUEUED, values=_GOES_OUT)
# Found long after its moment: a person says what is to become of it.
ASK_LATE = Change(
    change(
        sends.c.status == Status.SCHEDULED,
        OURS,
        IS_DUE,
        due_at=None,
        reason=LATE,
        **_TO_BE_TOLD,
    ),
    Kind.POSTPONED,
    before=Status.SCHEDULED,
    after=Status.SCHEDULED,
)
CLAIM = Transition(
    Status.QUEUED, OURS, after=Status.SENDING, values={"next_try": None} | given("claim")
)
CLAIMED = Prepared(sa.select(sends).where(is_given("id"), SENDING, is_given("claim")))
_WAIT = given("next_try", "reason") | {"tries": sends.c.tries + 1, "runner": "", "claim": ""}
POSTPONE = Change(change(QUEUED, OURS, **_WAIT), Kind.POSTPONED, after=Status.QUEUED)
WAIT_UNTIL = Change(
    change(QUEUED, OURS, runner="", claim="", **given("next_try", "reason", "give_up_at")),
    Kind.POSTPONED,
    after=Status.QUEUED,
)
UNCLAIM = Transition(
    Status.SENDING, is_given("claim"), after=Status.QUEUED, kind=Kind.POSTPONED, values=_WAIT
)

_ENDS = {"next_try": None, "due_at": None, "ended": NOW}
EXPIRE = Transition(
    Status.AWAITING_APPROVAL,
    OURS,
    IS_DUE,
    after=Status.CANCELLED,
    values=_ENDS | _TO_BE_TOLD | given("reason"),
)
REFUSE = Transition(Status.QUEUED, OURS, values=_ENDS | given("reason"))
_OUTCOME = (
    _ENDS
    | given("reason", "conversation", "said", "http_status", "execution_id", "trace")
    | given("nudge_at")
)
SETTLE = Transition(Status.SENDING, is_given("claim"), values=_OUTCOME)
# Another process may have said by now that it is unknown: what is known counts more.
SETTLE_LATE = Transition(Status.UNKNOWN, is_given("claim"), values=_OUTCOME | {"decided_by": ""})
ACTOR = sa.bindparam("b_actor", type_=sa.Text)
_DECISION = _ENDS | {"tell_tries": 0, "decided_by": ACTOR} | given("reason")
# What a person says of one that waits, and of one of which nobody knows what became.
_UNDECIDED = sends.c.decided_by == ""
DECIDE = {
    before: Transition(before, _UNDECIDED, kind=Kind.DECIDED, values=_DECISION)
    for before in (*sorted(PLANNED), Status.QUEUED, Status.UNKNOWN)
}
# A person's word beside what Atom said: status and reason stay, and it is told once more.
BESIDE: dict[str, object] = {
    "told": "",
    "next_try": None,
    "ended": NOW,
    "tell_tries": 0,
    "decided_by": ACTOR,
}
LEAVE = Change(
    change(sends.c.status == Status.UNKNOWN, _UNDECIDED, **BESIDE),
    Kind.DECIDED,
    before=Status.UNKNOWN,
    after=Status.UNKNOWN,
)
# Not while a refused token pauses all of them: the admins let one of those try.
TRY_NOW = Change(
    change(QUEUED, sends.c.next_try.is_not(None), sends.c.reason != PAUSED, next_try=NOW),
    Kind.DECIDED,
    before=Status.QUEUED,
    after=Status.QUEUED,
)
SEND_NOW = Transition(Status.SCHEDULED, after=Status.QUEUED, kind=Kind.DECIDED, values=_GOES_OUT)
# A decision is told apart by who made it, and when.
IS_MADE = sa.select(events.c.id).where(
    events.c.send_id == sa.bindparam("b_id", type_=sa.Text),
    events.c.actor == ACTOR,
    events.c.at == NOW,
)
# In time, and unless somebody else decided; it goes on as it would have without this question.
_APPROVED = _TO_BE_TOLD | given("due_at", "give_up_at") | {"next_try": None, "approved_by": ACTOR}
APPROVE = Transition(
    Status.AWAITING_APPROVAL,
    sends.c.due_at > NOW,
    kind=Kind.APPROVED,
    values=_APPROVED,
)
DECLINE = Transition(
    Status.AWAITING_APPROVAL,
    after=Status.CANCELLED,
    kind=Kind.REFUSED,
    values=_DECISION | _TO_BE_TOLD | given("note"),
)
# Replaced by one with other contents: its card goes on as that one's, and nobody need be told.
_REPLACED = _ENDS | {"decided_by": ACTOR, "runner": ""} | given("reason")
REPLACE = {
    before: Transition(
        before,
        after=Status.CANCELLED,
        kind=Kind.DECIDED,
        values=_REPLACED | {"told": Status.CANCELLED, "card_channel": "", "card_ts": ""},
    )
    for before in sorted(PLANNED)
}
# Its card is where whoever asked for the other one reads nothing: it stays, and says so.
REPLACE_APART = {
    before: Transition(
        before,
        after=Status.CANCELLED,
        kind=Kind.DECIDED,
        values=_REPLACED | _TO_BE_TOLD,
    )
    for before in sorted(PLANNED)
}
DECIDED = sa.select(sends.c.id).where(
    is_given("id"),
    is_given("status"),
    sends.c.ended == NOW,
    sends.c.decided_by == ACTOR,
)

# Not by a process that was taken for dead: another one's card may stand by now.
_IS_CARRIED = sa.and_(sa.or_(OURS, sends.c.runner == ""), sends.c.reason != CHANGED)
CARD_POSTED = (
    sa.update(sends).where(is_given("id"), _IS_CARRIED).values(**given("card_channel", "card_ts"))
)
QUESTION_POSTED = (
    sa.update(sends)
    .where(is_given("id"), _IS_CARRIED)
    .values(**given("question_channel", "question_ts"))
)
_ANNOUNCED = change(
    OURS,
    # What was decided while it was told is to be told, too, though the status is the same.
    told=sa.case((is_given("decided_by"), sa.bindparam("b_status", type_=sa.Text)), else_=""),
    next_try=None,
    tell_tries=0,
    runner="",
    **given("card_channel", "card_ts"),
)
TOLD = Change(_ANNOUNCED, Kind.TOLD)
NOT_TOLD = Change(_ANNOUNCED, Kind.NOT_TOLD)
TELL_LATER = change(
    OURS,
    is_given("status"),
    tell_tries=sends.c.tell_tries + 1,
    runner="",
    **given("next_try"),
)

_DUE_COLUMNS = (
    sends.c.id,
    sends.c.status,
    sends.c.runner,
    sends.c.runs,
    sends.c.next_try,
    sends.c.updated,
    sends.c.due_at,
)
# What waits for its moment or for a person, once that moment has come; no other has one.
DUE_NOW = (
    sa.select(*_DUE_COLUMNS)
    .where(IS_DUE)
    .order_by(sends.c.due_at, sends.c.id)
    .limit(sa.bindparam("b_limit", type_=sa.Integer))
)
DUE = (
    sa.select(*_DUE_COLUMNS)
    .where(
        IS_OPEN,
        sa.or_(
            sends.c.next_try.is_(None),
            sends.c.next_try <= NOW,
            # A pause that has not begun yet: a clock that was ahead wrote it.
            sends.c.updated > sa.bindparam("b_late", type_=sends.c.updated.type),
        ),
    )
    # What is only to be told first: it waits for no permit. Then by since when it is due, so that
    # nothing that waited has to let all pass that came after it.
    .order_by(
        sa.case((QUEUED, 1), else_=0),
        sa.func.coalesce(sends.c.next_try, sends.c.updated),
        sends.c.id,
    )
    .limit(sa.bindparam("b_limit", type_=sa.Integer))
)
TAKE_UP = (
    sa.update(sends)
    .where(
        is_given("id"),
        sa.or_(IS_OPEN, IS_DUE),
        sends.c.runner == sa.bindparam("b_seen_runner", type_=sa.Text),
        sends.c.runs == sa.bindparam("b_seen_runs", type_=sa.Integer),
    )
    .values(runner=sa.bindparam("b_process", type_=sa.Text), runs=sends.c.runs + 1)
    .returning(*sends.c)
)
# Those that waited for the end of a pause need not wait longer.
RESUME = (
    sa.update(sends)
    .where(IS_OPEN, QUEUED, sends.c.reason == PAUSED, sends.c.next_try.is_not(None))
    .values(next_try=NOW)
)
# A few of them: one is to try, but some may have lost the right meanwhile.
WAKE_SOME = (
    sa.update(sends)
    .where(
        sends.c.id.in_(
            sa.select(sends.c.id)
            .where(IS_OPEN, QUEUED, sends.c.reason == PAUSED, sends.c.next_try.is_not(None))
            .order_by(sends.c.created)
            .limit(5)
        )
    )
    .values(next_try=NOW)
    .returning(sends.c.id)
)
# Whose instant was made by other rules of the zones than the present ones.
OTHER_RULES = sa.select(sends).where(
    sends.c.due_at.is_not(None),
    sends.c.send_at.is_not(None),
    sends.c.status.in_(sorted(PLANNED)),
    sends.c.send_at_rules != sa.bindparam("b_rules", type_=sa.Text),
)
_MOVED = given("send_at", "send_at_rules", "due_at", "give_up_at")
MOVE = Change(
    change(is_given("status"), sends.c.due_at.is_not(None), **_MOVED, **_TO_BE_TOLD),
    Kind.MOVED,
)
RULES = Change(change(is_given("status"), **given("send_at_rules")), Kind.MOVED)
HAND_OVER = sa.update(sends).where(IS_OPEN, OURS, sa.not_(SENDING)).values(runner="")
