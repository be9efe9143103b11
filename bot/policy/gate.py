"""The gate: what speaks against a send, as reasons that a person may override or not.

It is asked when a send is submitted and again before its call. To put a check into it:

1. Write a plain function `(given: GateInput) -> Iterable[Reason]` in a file of its own beside this
   one, and name it in `CHECKS`. It is then asked at every door, and before the call.
2. What it has to know of the number becomes a field of `NumberFacts`, read with all the rest in
   one go; what it has to know besides becomes a field of `GateInput`, which `SendChecks.ask`
   (bot/policy/checks.py) fills.
3. A reason's `subject` is the question's name and what it was asked of, such as
   `("duplicate", send_id)`: who confirmed one hasn't confirmed another. Its `key` is the sentence
   in the catalogues; the keys of what was overridden stay with the send, as `overrode`, and what
   stands there is not asked again.
4. Before the call nobody is there to be asked: any reason that is left keeps it from going out. A
   check that only makes sense while the person looks returns nothing if `given.taken`. A retry
   is asked in the same way; `taken.replaces` names the send whose place it takes.
5. What is to wait rather than to be asked or refused is `HOLD`: for a moment `until` which it
   waits, and that is for what is taken already; or, without one, for a second person.
"""

import dataclasses
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from bot.phones import Phone
from bot.phones.zones import zones_of
from bot.policy import approvals, do_not_contact, duplicates, quiet_hours
from bot.policy.approvals import NOT_NEEDED, ApprovalFacts
from bot.policy.limits import NO_LIMITS, Limits
from bot.policy.number_facts import NOTHING, NumberFacts
from bot.policy.people import Person
from bot.policy.quiet_hours import Quiet
from bot.send_draft import Subject, is_template_id
from bot.sends import SendId, SendRequest
from bot.templates import Template

# What is asked, as the first half of a subject.
PHONE, PHONE_CHOICE, TEMPLATE = "phone", "phone_choice", "template"
DUPLICATE, QUIET, APPROVAL = "duplicate", "quiet", "approval"
SEND = "send"  # no field: the whole of it
LOOK_AGAIN = timedelta(days=1)  # after which, where nobody knows when quiet hours end
MOST_ASKED = 10  # duplicates that one question is about; a newer one is always nearer
TWO_READINGS = "phone.two_readings"
UNUSUAL_ID = "template.unusual"
# The same refusals, as those read them who can take the number off the list.
TO_ADMINS = {
    "refused.do_not_contact": "refused.do_not_contact.admin",
    "refused.no_marketing": "refused.no_marketing.admin",
}


class Verdict(IntEnum):
    """What a reason asks for, the worst one highest."""

    CONFIRM = 1
    HOLD = 2
    REFUSE = 3


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a send should not go out as it is: a sentence for people, and what it is about."""

    verdict: Verdict
    key: str
    field: str = TEMPLATE  # of the form
    subject: Subject = ("", "")
    also: tuple[Subject, ...] = ()  # what the same question is about besides
    values: Mapping[str, str | int] = dataclasses.field(default_factory=dict)
    helpers: tuple[str, ...] = ()  # Slack's ids of who can help; none: nobody need be asked
    until: datetime | None = None  # it waits so long
    card: tuple[str, str] = ("", "")  # the channel and the time of the message to look at


@dataclass(frozen=True, slots=True)
class GateInput:
    """All that a check may look at."""

    person: Person
    template_id: str
    template: Template | None  # of the catalogue
    now: datetime
    readings: tuple[Phone, ...] = ()  # what the typed number may mean
    phone: Phone | None = None  # the one that is meant, once that is clear
    send_at: datetime | None = None  # None: now
    changes: SendId | None = None  # the send whose place it takes, before that goes out
    taken: SendRequest | None = None  # what was taken already, or repeats what was
    facts: NumberFacts = NOTHING  # of the number; nothing while that is not clear
    helpers: tuple[str, ...] = ()  # Slack's ids of the admins
    is_admin: bool = False  # the person is known to be one
    limits: Limits = NO_LIMITS
    approval: ApprovalFacts = NOT_NEEDED

    @property
    def digits(self) -> str:
        """The number that is meant; empty while that is not clear."""
        if self.taken:
            return self.taken.phone
        return self.phone.digits if self.phone else ""

    @property
    def due(self) -> datetime:
        """When it is to go out."""
        return self.send_at or self.now

    @property
    def category(self) -> str:
        """What WhatsApp approved the template for; empty if nobody knows."""
        return self.template.category if self.template else ""


Check = Callable[[GateInput], Iterable[Reason]]


def stopped(given: GateInput) -> Iterator[Reason]:
    """Refuse who is not to be written to; an admin is told how to allow it."""
    problem = do_not_contact.refuse(given.facts.contact, given.category)
    if problem is None:
        return
    if given.is_admin:
        values = {**problem.values, "phone": f"+{given.digits}"}
        yield Reason(Verdict.REFUSE, TO_ADMINS[problem.key], PHONE, values=values)
        return
    values = dict(problem.values)
    yield Reason(Verdict.REFUSE, problem.key, PHONE, values=values, helpers=given.helpers)


def number(given: GateInput) -> Iterator[Reason]:
    """Ask which reading of the number is meant, and warn of an odd one.

    Only while it is submitted: the number stays as the person saw it.
    """
    if given.taken:
        return
    digits = given.phone.digits if given.phone else ""
    if len(given.readings) > 1:
        yield Reason(Verdict.CONFIRM, TWO_READINGS, PHONE, (PHONE_CHOICE, digits))
    for warning in given.phone.warnings if given.phone else ():
        yield Reason(Verdict.CONFIRM, warning, PHONE, (PHONE, digits))


def template_id(given: GateInput) -> Iterator[Reason]:
    """Warn of an id of unusual shape that the catalogue does not have; only while submitted."""
    typed = given.template_id
    if not (given.taken or given.template or is_template_id(typed)):
        yield Reason(Verdict.CONFIRM, UNUSUAL_ID, TEMPLATE, (TEMPLATE, typed), values={"id": typed})


def duplicate(given: GateInput) -> Iterator[Reason]:
    """Ask about what went, goes or will go to the same number anyway.

    Before the call it finds nothing: what was taken later was confirmed beside it.
    """
    replaces = given.taken.replaces if given.taken else None
    window = given.limits.duplicate_window
    changed = frozenset({given.changes} if given.changes else ())
    found = duplicates.look(
        given.facts.earlier, due=given.due, window=window, replaces=replaces, confirmed=changed
    )
    if found is None:
        return
    earlier = found.earlier
    key = "duplicate.unsure" if found.is_unsure else "duplicate.sent"
    values: dict[str, str | int] = {
        "by": earlier.user,
        "ago": int((given.now - earlier.due).total_seconds()),
        "status": earlier.status,
        "others": found.others,
    }
    if earlier.status.is_planned:
        key = "duplicate.planned"
        values["due"] = int(earlier.due.timestamp())
    elif found.is_ahead:
        key = "duplicate.ahead"
    first, *also = ((DUPLICATE, each) for each in found.ids[:MOST_ASKED])
    card = (earlier.channel, earlier.card_ts)
    yield Reason(
        Verdict.CONFIRM,
        key,
        SEND,
        first,
        tuple(also),
        values,
        card=card,
    )


def quiet(given: GateInput) -> Iterator[Reason]:
    """Ask in quiet hours, by the clock where the number is; what was taken waits for their end."""
    hours, template = given.limits.quiet_hours, given.template
    if hours is None or not given.digits:
        return
    own = template.quiet if template else None
    quiet_for = given.limits.quiet_for
    if not quiet_hours.applies(category=given.category, template=own, quiet_for=quiet_for):
        return
    found = quiet_hours.look(hours, given.due, zones_of(given.digits))
    # Who was asked of one moment was not asked of another.
    moment = f" {given.send_at:%Y-%m-%dT%H:%M}" if given.send_at else ""
    subject = (QUIET, f"{given.digits}{moment}")
    if isinstance(found, Quiet):
        values = {"zone": found.zone, "local": found.local.isoformat()}
        if found.local_until:
            values["until"] = found.local_until.isoformat()
        verdict = Verdict.HOLD if given.taken else Verdict.CONFIRM
        key = "quiet.hours" if found.until else "quiet.long"
        until = found.until or given.due + LOOK_AGAIN
        yield Reason(verdict, key, SEND, subject, values=values, until=until)
    elif found and not given.taken:
        yield Reason(Verdict.CONFIRM, "quiet.no_zone", SEND, subject)


def approval(given: GateInput) -> Iterator[Reason]:
    """Let wait for a second person what needs one; before the call, refuse it without."""
    key = approvals.look(given.approval)
    if key == approvals.NEEDED:
        yield Reason(Verdict.HOLD, key, SEND, (APPROVAL, given.template_id))
    elif key:
        yield Reason(Verdict.REFUSE, key, helpers=given.helpers)


CHECKS: tuple[Check, ...] = (stopped, duplicate, quiet, approval, template_id, number)


def ask(given: GateInput, checks: Sequence[Check] = CHECKS) -> tuple[Reason, ...]:
    """Ask every check; what is worst comes first. No reason: it may go."""
    reasons = [reason for check in checks for reason in check(given)]
    return tuple(sorted(reasons, key=lambda each: -each.verdict))


def unanswered(reasons: Iterable[Reason], confirmed: Collection[Subject]) -> tuple[Reason, ...]:
    """Leave out what a person was asked and confirmed; what refuses can't be confirmed."""
    return tuple(
        each
        for each in reasons
        if each.verdict is Verdict.REFUSE or not {each.subject, *each.also} <= {*confirmed}
    )
