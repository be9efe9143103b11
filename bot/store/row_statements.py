"""What is done to a send that is a row of a list, as SQL.

What people were told of such a row is always what is so: nobody is told of it by itself, so the
sweep of single sends never finds it.
"""

import sqlalchemy as sa

from bot.events import Kind
from bot.sends import Status
from bot.store import statements
from bot.store.prepared import Prepared
from bot.store.statements import given, is_given
from bot.store.tables import sends
from bot.store.transitions import Change, Transition, TransitionAll

APART = 6.0  # seconds between two messages to one number, as WhatsApp asks for

_NEVER_CALLED = (
    Status.QUEUED,
    Status.SCHEDULED,
    Status.AWAITING_APPROVAL,
    Status.CANCELLED,
)
_OTHER = sends.alias("other")
# A little later than now: two readings of a clock may differ.
LATE = sa.bindparam("b_late", type_=sends.c.updated.type)
_IS_ROW = is_given("batch")
_NEW = (*statements.NEW, "told", "approved_by", "batch", "batch_line")
INSERTS = statements.inserts(_NEW)

# A number that was called a moment ago, by whatever send, waits.
_IS_APART = ~sa.exists(
    sa.select(_OTHER.c.id).where(
        _OTHER.c.canonical == sends.c.canonical,
        _OTHER.c.id != sends.c.id,
        *(_OTHER.c.status != each for each in _NEVER_CALLED),
        _OTHER.c.updated > sa.bindparam("b_apart", type_=sends.c.updated.type),
        # What a clock that was ahead wrote keeps nobody waiting.
        _OTHER.c.updated <= LATE,
    )
)
_IS_DUE = sa.or_(
    sends.c.next_try.is_(None), sends.c.next_try <= statements.NOW, sends.c.updated > LATE
)
NEXT = Prepared(
    sa.select(sends)
    .where(_IS_ROW, statements.QUEUED, _IS_DUE, _IS_APART)
    .order_by(sends.c.batch_line)
    .limit(sa.bindparam("b_limit", type_=sa.Integer))
)
CLAIM = Transition(
    Status.QUEUED,
    _IS_ROW,
    _IS_APART,
    after=Status.SENDING,
    values={
        "told": Status.SENDING,
        "next_try": None,
        "runner": sa.bindparam("b_process", type_=sa.Text),
        # It is tried for so long from its first call on, whenever a list comes to it.
        "give_up_at": sa.case(
            (sends.c.tries == 0, sa.bindparam("b_give_up_at", type_=sends.c.updated.type)),
            else_=sends.c.give_up_at,
        ),
    }
    | given("claim"),
)
_WAITS = given("next_try", "reason") | {"told": Status.QUEUED}
_GIVE_UP_LATER = given("give_up_at")
UNCLAIM = Transition(
    Status.SENDING,
    is_given("claim"),
    after=Status.QUEUED,
    kind=Kind.POSTPONED,
    values=_WAITS | {"tries": sends.c.tries + 1, "runner": "", "claim": ""},
)
POSTPONE = Change(
    statements.change(statements.QUEUED, **_WAITS, **_GIVE_UP_LATER),
    Kind.POSTPONED,
    after=Status.QUEUED,
)
# Whoever lets a list go on lets its rows be tried for as long as at first.
TRY_ANEW = Prepared(
    sa.update(sends)
    .where(_IS_ROW, statements.QUEUED, sends.c.tries > 0)
    .values(give_up_at=sa.bindparam("b_give_up_at", type_=sends.c.updated.type), next_try=None)
)
_STATUS = sa.bindparam("b_status", type_=sa.Text)
_ENDS = {"next_try": None, "ended": statements.NOW, "told": _STATUS, "runner": ""}
_OUTCOME = _ENDS | given("reason", "conversation", "said", "http_status", "execution_id", "trace")
_ENDS_AS = {after: _ENDS | {"told": after} for after in Status}
SETTLE = Transition(Status.SENDING, is_given("claim"), values=_OUTCOME)
# Another process may have said by now that it is unknown: what is known counts more.
SETTLE_LATE = Transition(Status.UNKNOWN, is_given("claim"), values=_OUTCOME | {"decided_by": ""})
REFUSE = Transition(Status.QUEUED, values=_ENDS | given("reason"))
INTERRUPT = TransitionAll(
    Status.SENDING, _IS_ROW, after=Status.UNKNOWN, values=_ENDS_AS[Status.UNKNOWN] | given("reason")
)
_DECIDED = given("reason") | {"decided_by": statements.ACTOR}
CANCEL = TransitionAll(
    Status.QUEUED,
    # Some at a time: others write in between.
    sends.c.id.in_(
        sa.select(sends.c.id)
        .where(_IS_ROW, statements.QUEUED)
        .order_by(sends.c.batch_line)
        .limit(sa.bindparam("b_limit", type_=sa.Integer))
    ),
    after=Status.CANCELLED,
    kind=Kind.DECIDED,
    values=_ENDS_AS[Status.CANCELLED] | _DECIDED,
)
_UNDECIDED = sends.c.decided_by == ""
ARRIVED = TransitionAll(
    Status.UNKNOWN,
    _UNDECIDED,
    _IS_ROW,
    after=Status.SENT,
    kind=Kind.DECIDED,
    values=_ENDS_AS[Status.SENT] | _DECIDED,
)
# A person's word beside what is known: it stays unknown, and they say that it did not arrive.
LEFT = TransitionAll(
    Status.UNKNOWN,
    _UNDECIDED,
    _IS_ROW,
    after=Status.UNKNOWN,
    kind=Kind.DECIDED,
    values={"decided_by": statements.ACTOR, "ended": statements.NOW},
)
