"""What is asked about a send, at each door and before its call: the access, and the gate."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.errors import NotAllowed, TooEarly
from bot.phones import Phone
from bot.policy import gate
from bot.policy.access import Access, Permission
from bot.policy.approval_lookup import ApprovalLookup, Requesters, nobody
from bot.policy.approvals import NOT_NEEDED, ApprovalFacts, Approved
from bot.policy.gate import Check, GateInput, Reason, Verdict
from bot.policy.limits import NO_LIMITS, Limits
from bot.policy.number_facts import NOTHING, NumberFacts, NumberLookup
from bot.repositories import NOT_ASKED, Told
from bot.sends import Send, SendAt, SendId, SendRequest


@dataclass(frozen=True, slots=True)
class Asked:
    """What the gate said, and of which sends of the same it knew."""

    reasons: tuple[Reason, ...]
    told: Told
    # The mark of the template's text that a second person must approve; empty: nobody must.
    approval_mark: str = ""

    @property
    def against(self) -> list[Reason]:
        """What keeps it from being taken; what only has to wait is taken, and waits."""
        return [each for each in self.reasons if each.verdict is not Verdict.HOLD]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be sent, as far as the gate is asked about it."""

    template_id: str
    readings: tuple[Phone, ...] = ()  # what the typed number may mean
    phone: Phone | None = None  # the one that is meant, once that is clear
    send_at: SendAt | None = None  # None: now
    changes: Send | None = None  # whose place it takes, before that goes out
    taken: SendRequest | None = None  # what was taken already, or repeats what was
    approval: ApprovalFacts = NOT_NEEDED


@dataclass(frozen=True, slots=True)
class SendChecks:
    """Looks up what the gate has to know, and asks it."""

    access: Access
    now: Callable[[], datetime]
    numbers: NumberLookup
    limits: Limits = NO_LIMITS
    checks: tuple[Check, ...] = gate.CHECKS
    requesters: Requesters = nobody

    async def ask(
        self,
        permission: Permission,
        wanted: Wanted,
        *,
        before_call: bool = False,
        known: NumberFacts | None = None,
    ) -> Asked:
        """Ask the gate about what access has been given to. Raises TryLater.

        What is `known` of the number need not be looked up.
        """
        person, facts = permission.person, NOTHING
        given = GateInput(
            person,
            wanted.template_id,
            permission.template,
            self.now(),
            readings=wanted.readings,
            phone=wanted.phone,
            taken=wanted.taken,
            send_at=wanted.send_at.instant if wanted.send_at else None,
            changes=wanted.changes.id if wanted.changes else None,
            limits=self.limits,
            helpers=self.access.directory.helpers(),
            approval=wanted.approval,
        )
        # What was taken later than a send is no reason to keep that from going out.
        window = timedelta(0) if before_call else self.limits.duplicate_window
        if known is not None:
            facts = known
        elif given.digits:
            facts = await self.numbers.look_up(
                given.digits, wanted.template_id, due=given.due, window=window
            )
        # Asked only where it changes what is said; a card is for everybody.
        asks_admin = facts.contact is not None and not before_call
        is_admin = asks_admin and await self.access.is_known_admin(person.id)
        given = replace(given, facts=facts, is_admin=is_admin)
        earlier = frozenset(each.id for each in facts.earlier)
        reasons = gate.ask(given, self.checks)
        is_held = any(each.subject[0] == gate.APPROVAL for each in reasons)
        return Asked(reasons, Told(window, earlier), wanted.approval.mark if is_held else "")

    @property
    def approvals(self) -> ApprovalLookup:
        """Where it looks up what has to be known of an approval."""
        return ApprovalLookup(self.access, self.requesters)

    async def look_again(
        self,
        request: SendRequest,
        *,
        before_call: bool = False,
        approved: Approved | None = None,
    ) -> Asked:
        """Say why what was checked once may not go out now.

        Raises NotAllowed of the person, and TryLater if it can't be looked up now.
        """
        permission = await self.access.check(
            request.user, request.template, request.asked_in, is_test=request.is_test
        )
        if permission.refusal:
            return Asked((permission.refusal,), NOT_ASKED)
        if before_call:
            approval = await self.approvals.look_again(permission, request, approved)
        else:
            follows = request.replaces or request.changed_from
            approval = await self.approvals.look_up(
                permission, request.phone, is_test=request.is_test, follows=follows
            )
        wanted = Wanted(request.template, taken=request, approval=approval)
        asked = await self.ask(permission, wanted, before_call=before_call)
        return _without_overridden(asked, request)

    async def check_again(self, send: Send) -> None:
        """Look once more before the call: people, templates and lists change while a send waits.

        Raises NotAllowed, TooEarly, and TryLater if that can't be looked up now.
        """
        asked = await self.look_again(send.request, before_call=True, approved=_approved(send))
        if error := _why_not(asked):
            raise error

    async def check_rows(self, rows: Sequence[Send]) -> Mapping[SendId, NotAllowed | TooEarly]:
        """Look once more before the calls of rows of one list: they differ in their numbers alone.

        Returns why some may not go. Raises NotAllowed of the person, and TryLater.
        """
        request = rows[0].request
        permission = await self.access.check(request.user, request.template, request.asked_in)
        if permission.refusal:
            refused = NotAllowed(permission.refusal.key, **permission.refusal.values)
            return {each.id: refused for each in rows}
        approval = await self.approvals.look_again(permission, request, _approved(rows[0]))
        phones = [each.request.phone for each in rows]
        facts = await self.numbers.look_up_all(phones)
        found: dict[SendId, NotAllowed | TooEarly] = {}
        for each in rows:
            wanted = Wanted(request.template, taken=each.request, approval=approval)
            known = facts.get(each.request.phone, NOTHING)
            asked = await self.ask(permission, wanted, before_call=True, known=known)
            if error := _why_not(_without_overridden(asked, each.request)):
                found[each.id] = error
        return found


def _approved(send: Send) -> Approved | None:
    by = send.approved_by
    return Approved(by, send.request.approval_mark) if by else None


def _without_overridden(asked: Asked, request: SendRequest) -> Asked:
    """Leave out what its sender overrode when it was taken."""
    # Who overrode quiet hours overrode them however they are said later.
    is_anyway = any(each.startswith("quiet.") for each in request.overrode)
    confirmed = {
        each.subject
        for each in asked.reasons
        if each.key in request.overrode or (is_anyway and each.subject[0] == gate.QUIET)
    }
    return replace(asked, reasons=gate.unanswered(asked.reasons, confirmed))


def _why_not(asked: Asked) -> NotAllowed | TooEarly | None:
    """Say what the worst reason means for what was taken."""
    for reason in asked.reasons:
        if reason.until:
            return TooEarly(reason.key, until=reason.until)
        return NotAllowed(reason.key, **reason.values)
    return None
