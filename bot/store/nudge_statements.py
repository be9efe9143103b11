"""What is done to a pending send whose sender is asked whether it arrived, as SQL."""

import sqlalchemy as sa

from bot.events import Kind
from bot.sends import Status
from bot.store.statements import BESIDE, NOW, change, given, is_given
from bot.store.tables import sends
from bot.store.transitions import Change

# Nobody is asked about what they were not told of yet.
IS_TOLD = sends.c.told == sends.c.status
OPEN = (sends.c.status == Status.PENDING, sends.c.decided_by == "", IS_TOLD)
SEEN = sa.bindparam("b_seen", type_=sends.c.nudge_at.type)
# What a process took just now is not there for the others; what it did not do is, a while later.
FREE = sa.or_(sends.c.nudge_claim == "", sends.c.nudge_at <= NOW)
# Only what is open has a moment, so that the index of those moments is all that it takes to find
# it; more conditions, and the bare user, would let SQLite choose others, through thousands of sends.
_whom = sends.c.user_id.concat(sa.literal_column("''"))
WHO = (
    sa.select(_whom)
    .where(sends.c.nudge_at <= NOW, IS_TOLD)
    .group_by(_whom)
    .order_by(sa.func.min(sends.c.nudge_at))
    .limit(sa.bindparam("b_limit", type_=sa.Integer))
)
WAITING = (
    sa.select(sends)
    .where(
        _whom == sa.bindparam("b_user", type_=sa.Text),
        sends.c.nudge_at <= sa.bindparam("b_until", type_=sends.c.nudge_at.type),
        FREE,
        IS_TOLD,
    )
    .order_by(sends.c.nudge_at, sends.c.id)
    .limit(sa.bindparam("b_limit", type_=sa.Integer))
)
# Twice is once: committed already, if only the answer was lost.
_OURS = is_given("nudge_claim")
CLAIM = (
    sa.update(sends)
    .where(is_given("id"), sa.or_(sa.and_(sends.c.nudge_at == SEEN, FREE), _OURS), *OPEN)
    .values(given("nudge_at", "nudge_claim"))
    .returning(*sends.c)
)
MOVE = (
    sa.update(sends)
    .where(is_given("id"), sends.c.nudge_at == SEEN, FREE, *OPEN)
    .values(nudge_claim="", **given("nudge_at"))
)
_ENDS = {"nudge_at": None, "nudge_claim": "", "nudge_tries": 0}
_ASKED = change(_OURS, **(_ENDS | {"nudges": sends.c.nudges + 1}))
ASKED = Change(_ASKED, Kind.NUDGED)
NEVER_ASKED = Change(change(_OURS, **_ENDS), Kind.NOT_TOLD)
ASK_LATER = (
    sa.update(sends)
    .where(is_given("id"), _OURS)
    .values(nudge_claim="", nudge_tries=sends.c.nudge_tries + 1, **given("nudge_at"))
)
# A person's word beside what Atom said: status and reason stay, and the card says it, too.
ANSWER = Change(
    change(
        sends.c.status == Status.PENDING,
        sends.c.decided_by == "",
        **(BESIDE | _ENDS | given("arrival")),
    ),
    Kind.DECIDED,
    before=Status.PENDING,
    after=Status.PENDING,
)
REMIND = Change(
    change(
        sends.c.status == Status.PENDING,
        sends.c.decided_by == "",
        sends.c.nudge_at.is_(None),
        sends.c.nudges.between(1, sa.bindparam("b_most", type_=sa.Integer)),
        **given("nudge_at"),
    ),
    Kind.DECIDED,
    before=Status.PENDING,
    after=Status.PENDING,
)
