"""What is done to a send, as SQL: made once, since making a statement costs more than running it.

Each looks before it writes, so that twice is once. What is not there any more, or is another's by
now, is left alone. Parameters are called `b_` and a column's name.
"""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from bot.sends import HELD, Status
from bot.store.tables import sends

IS_OPEN = sends.c.told != sends.c.status  # as in the index that finds what is open


def _given(*names: str) -> dict[str, sa.BindParameter[object]]:
    return {name: sa.bindparam(f"b_{name}", type_=sends.c[name].type) for name in names}


def _is(name: str) -> sa.ColumnElement[bool]:
    return sends.c[name] == sa.bindparam(f"b_{name}", type_=sends.c[name].type)


NOW = sa.bindparam("b_now", type_=sends.c.updated.type)
OURS = sends.c.runner == sa.bindparam("b_process", type_=sa.Text)
QUEUED = sends.c.status == Status.QUEUED
SENDING = sends.c.status == Status.SENDING


def _change(*which: sa.ColumnElement[bool], **values: object) -> sa.Update:
    return (
        sa.update(sends).where(_is("id"), *which).values(updated=NOW, **values).returning(*sends.c)
    )


FIND = sa.select(sends).where(_is("id"))
# Whether it was new is said by RETURNING: the driver for PostgreSQL counts no rows of an insert.
INSERTS = {
    "sqlite": sqlite.insert(sends).on_conflict_do_nothing().returning(*sends.c),
    "postgresql": postgresql.insert(sends).on_conflict_do_nothing().returning(*sends.c),
}

CLAIM = _change(OURS, QUEUED, status=Status.SENDING, next_try=None, **_given("claim"))
CLAIMED = sa.select(sends).where(_is("id"), SENDING, _is("claim"))
_WAIT = _given("next_try", "reason") | {"tries": sends.c.tries + 1, "runner": "", "claim": ""}
POSTPONE = _change(QUEUED, OURS, **_WAIT)
UNCLAIM = _change(SENDING, _is("claim"), status=Status.QUEUED, **_WAIT)

REFUSE = _change(QUEUED, OURS, next_try=None, ended=NOW, **_given("status", "reason"))
_OUTCOME = _given(
    "status", "reason", "conversation", "said", "http_status", "execution_id", "trace"
) | {"next_try": None, "ended": NOW}
# Another process may have said by now that it is unknown: what is known counts more.
SETTLE = _change(_is("claim"), sends.c.status.in_([Status.SENDING, Status.UNKNOWN]), **_OUTCOME)
SETTLE_UNKNOWN = _change(_is("claim"), SENDING, **_OUTCOME)
DECIDE = (
    sa.update(sends)
    .where(_is("id"), sends.c.status == sa.bindparam("b_before", type_=sa.Text))
    .values(
        updated=NOW,
        ended=NOW,
        next_try=None,
        tell_tries=0,
        decided_by=sa.bindparam("b_user", type_=sa.Text),
        **_given("status", "reason"),
    )
)

DECIDED = sa.select(sends.c.id).where(
    _is("id"),
    _is("status"),
    sends.c.ended == NOW,
    sends.c.decided_by == sa.bindparam("b_user", type_=sa.Text),
)

# Not by a process that was taken for dead: another one's card may stand by now.
CARD_POSTED = (
    sa.update(sends)
    .where(_is("id"), sa.or_(OURS, sends.c.runner == ""))
    .values(**_given("card_channel", "card_ts"))
)
QUESTION_POSTED = (
    sa.update(sends)
    .where(_is("id"), sa.or_(OURS, sends.c.runner == ""))
    .values(**_given("question_channel", "question_ts"))
)
TOLD = _change(
    OURS,
    told=sa.bindparam("b_status", type_=sa.Text),
    next_try=None,
    tell_tries=0,
    runner="",
    **_given("card_channel", "card_ts"),
)
TELL_LATER = _change(
    OURS,
    _is("status"),
    tell_tries=sends.c.tell_tries + 1,
    runner="",
    **_given("next_try"),
)

DUE = (
    sa.select(
        sends.c.id,
        sends.c.status,
        sends.c.runner,
        sends.c.runs,
        sends.c.next_try,
        sends.c.updated,
    )
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
        _is("id"),
        IS_OPEN,
        sends.c.runner == sa.bindparam("b_seen_runner", type_=sa.Text),
        sends.c.runs == sa.bindparam("b_seen_runs", type_=sa.Integer),
    )
    .values(runner=sa.bindparam("b_process", type_=sa.Text), runs=sends.c.runs + 1)
    .returning(*sends.c)
)
# Those that waited for the end of a hold need not wait longer.
RESUME = (
    sa.update(sends)
    .where(IS_OPEN, QUEUED, sends.c.reason == HELD, sends.c.next_try.is_not(None))
    .values(next_try=NOW)
)
# A few of them: one is to try, but some may have lost the right meanwhile.
WAKE_SOME = (
    sa.update(sends)
    .where(
        sends.c.id.in_(
            sa.select(sends.c.id)
            .where(IS_OPEN, QUEUED, sends.c.reason == HELD, sends.c.next_try.is_not(None))
            .order_by(sends.c.created)
            .limit(5)
        )
    )
    .values(next_try=NOW)
    .returning(sends.c.id)
)
HAND_OVER = sa.update(sends).where(IS_OPEN, OURS, sa.not_(SENDING)).values(runner="")
