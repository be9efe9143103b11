"""What is asked about a send, at each door and before its call: the access, and the gate."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.errors import NotAllowed, TooEarly
from bot.phones import Phone
from bot.policy import gate
from bot.policy.access import Access, Permission
from bot.policy.approval_lookup import ApprovalLookup, Requesters, nobody
from bot.policy.approvals import NOT_NEEDED, ApprovalFacts, Approved
from bot.policy.gate import Check, GateInput, Reason
from bot.policy.limits import NO_LIMITS, Limits
from bot.policy.number_facts import NOTHING, NumberLookup
from bot.repositories import NOT_ASKED, Told
from bot.sends import Send, SendAt, SendRequest


@dataclass(frozen=True, slots=True)
class Asked:
    """What the gate said, and of which sends of the same it knew."""

    reasons: tuple[Reason, ...]
    told: Told
    # The mark of the template's text that a second person must approve; empty: nobody must.
    approval_mark: str = ""


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
        self, permission: Permission, wanted: Wanted, *, before_call: bool = False
    ) -> Asked:
        """Ask the gate about what access has been given to. Raises TryLater."""
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
        if given.digits:
            facts = await self.numbers.look_up(
                given.digits, wanted.template_id, due=given.due, window=window
            )
        # Asked only where it changes what is said; a card is for everybody.
        asks_admin = facts.contact is not None and not before_call
        is_admin = asks_admin and await self.access.is_known_admin(person.id)
        given = replace(given, facts=facts, is_admin=is_admin)
        known = frozenset(each.id for each in facts.earlier)
        reasons = gate.ask(given, self.checks)
        is_held = any(each.subject[0] == gate.APPROVAL for each in reasons)
        return Asked(reasons, Told(window, known), wanted.approval.mark if is_held else "")

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
        # Who overrode quiet hours overrode them however they are said later.
        is_anyway = any(each.startswith("quiet.") for each in request.overrode)
        confirmed = {
            each.subject
            for each in asked.reasons
            if each.key in request.overrode or (is_anyway and each.subject[0] == gate.QUIET)
        }
        return replace(asked, reasons=gate.unanswered(asked.reasons, confirmed))

    async def check_again(self, send: Send) -> None:
        """Look once more before the call: people, templates and lists change while a send waits.

        Raises NotAllowed, TooEarly, and TryLater if that can't be looked up now.
        """
        by, mark = send.approved_by, send.request.approval_mark
        approved = Approved(by, mark) if by else None
        asked = await self.look_again(send.request, before_call=True, approved=approved)
        for reason in asked.reasons:
            if reason.until:
                raise TooEarly(reason.key, until=reason.until)
            raise NotAllowed(reason.key, **reason.values)
