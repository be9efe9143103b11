"""Looks up what has to be known of the approval of a send."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot import phones
from bot.errors import FixTheForm, NotAllowed
from bot.phones.canonical import canonical
from bot.policy import approvals
from bot.policy.access import Access, Permission
from bot.policy.approvals import NOT_NEEDED, ApprovalFacts, Approved
from bot.policy.people import Right
from bot.sends import SendId, SendRequest
from bot.templates import Approval, text_mark

# Who asked for a send or for one whose place it takes, as Slack's ids.
Requesters = Callable[[SendId], Awaitable[frozenset[str]]]


async def nobody(_: SendId) -> frozenset[str]:
    """Know of no sends before this one."""
    return frozenset()


@dataclass(frozen=True, slots=True)
class ApprovalLookup:
    """Asks the directory, and the sends for those before this one."""

    access: Access
    requesters: Requesters = nobody

    async def look_up(
        self, permission: Permission, digits: str, *, is_test: bool, follows: SendId | None
    ) -> ApprovalFacts:
        """Look whether a send that is asked for needs approval. Raises TryLater.

        It may take the place of the one that it `follows`.
        """
        if not await self._is_needed(permission, digits, is_test=is_test):
            return NOT_NEEDED
        before = await self.requesters(follows) if follows else frozenset[str]()
        known = await self.access.directory.approvers()
        others = known.without({permission.person.id, *before})
        return ApprovalFacts(is_needed=True, can_be_given=bool(others), mark=_mark(permission))

    async def look_again(
        self, permission: Permission, request: SendRequest, approved: Approved | None
    ) -> ApprovalFacts:
        """Look whether what was taken may go out with the approval that it has. Raises TryLater."""
        needs = request.needs_approval or await self._is_needed(
            permission, request.phone, is_test=request.is_test
        )
        if not needs:
            return NOT_NEEDED
        return ApprovalFacts(
            is_needed=True,
            mark=_mark(permission),
            is_call=True,
            approved=approved,
            approver_may=approved is not None and await self._may_approve(approved.by),
        )

    async def _is_needed(self, permission: Permission, digits: str, *, is_test: bool) -> bool:
        template = permission.template
        if template is None or template.approval is not Approval.ALWAYS:
            return False
        is_free = await self.access.directory.is_among(permission.person.id, template.approval_free)
        is_own = is_test and _is_number_of(permission.person.phone, digits)
        return approvals.is_needed(template, is_free=is_free, is_own_test=is_own)

    async def _may_approve(self, user: str) -> bool:
        try:
            await self.access.directory.check(user, Right.APPROVE)
        except NotAllowed:
            return False
        return True


def _mark(permission: Permission) -> str:
    return text_mark(permission.template) if permission.template else ""


def _is_number_of(written: str, digits: str) -> bool:
    """Whether these digits are the number that somebody wrote in their profile."""
    try:
        readings = phones.read(written, region=None)
    except FixTheForm:
        return False
    return canonical(digits) in {canonical(each.digits) for each in readings}
