"""Who may decide about a list, and whether it may go out as it stands: asked again at each press."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.bulk.batches import OLD_AFTER, Batch, BatchId, BatchStatus
from bot.bulk.ports import BatchRepository
from bot.errors import NotAllowed, Refused
from bot.policy.access import Access
from bot.policy.people import Right
from bot.slack.bulk.shown import ListRules, requesters
from bot.templates import Approval, Template, fingerprint


@dataclass(frozen=True, slots=True)
class ListDoor:
    """Raises NotAllowed, Refused or TryLater where something speaks against it."""

    batches: BatchRepository
    access: Access
    now: Callable[[], datetime]
    rules: ListRules

    async def decided_by(self, user: str, batch_id: BatchId) -> Batch:
        """Return a list about which this person may decide: its sender, or an admin."""
        # Asked before anything is said of the list: a stranger learns nothing.
        await self.access.directory.check(user, Right.SEND)
        batch = await self.found(batch_id)
        if batch.request.user != user and not await self.access.directory.is_admin(user):
            raise NotAllowed("refused.not_your_list", sender=f"<@{batch.request.user}>")
        return batch

    async def read_by(self, user: str, batch_id: BatchId) -> Batch:
        """Return a list that this person may see whole: its sender, an admin, or an approver."""
        batch = await self.found(batch_id)
        directory = self.access.directory
        if batch.request.user == user or await directory.is_admin(user):
            return batch
        try:
            await directory.check(user, Right.APPROVE)
        except NotAllowed as error:
            sender = f"<@{batch.request.user}>"
            raise NotAllowed("refused.not_your_messages", sender=sender) from error
        return batch

    async def found(self, batch_id: BatchId) -> Batch:
        """Return a list that there is."""
        batch = await self.batches.find(batch_id)
        if batch is None:
            raise Refused("bulk.gone")
        return batch

    async def template_for(self, batch: Batch, *, sender: str, presser: str) -> Template:
        """Return its template if its sender may send that, now and from where it was asked for."""
        request = batch.request
        try:
            permission = await self.access.check(sender, request.template, request.origin.channel)
        except NotAllowed as error:
            if presser == sender:
                raise
            # It speaks of somebody else than of who reads it.
            raise Refused("bulk.sender_may_not", sender=f"<@{sender}>") from error
        if refusal := permission.refusal:
            # Where nobody else can help, it is no matter of what this person may.
            error_of = NotAllowed if refusal.helpers else Refused
            raise error_of(refusal.key, **refusal.values)
        if permission.template is None:
            raise Refused("bulk.template_gone")
        return permission.template

    async def check_fresh(self, batch: Batch, template: Template) -> None:
        """Let it be looked at again, and say so, if its template was changed or it was long ago."""
        if fingerprint(template) != batch.report.fingerprint:
            key = "bulk.look_again.template"
        elif batch.checked is None or self.now() - batch.checked > OLD_AFTER:
            key = "bulk.look_again.old"
        else:
            return
        if await self.batches.look_again(batch.id):
            raise Refused(key)
        raise stands(await self.found(batch.id))

    async def needs_approval(
        self, batch: Batch, template: Template, *, with_recent: bool, presser: str
    ) -> bool:
        """Say whether a second person must approve it, which somebody must be able to."""
        limit, directory = self.rules.approval_over, self.access.directory
        is_over = 0 < limit < batch.report.sendable(with_recent=with_recent)
        # Who is free of the template's approval sends one by one without it, and not many at once.
        free = template.approval_free
        is_free = bool(free) and await directory.is_among(batch.request.user, free)
        is_asked = template.approval is Approval.ALWAYS and not is_free
        if not is_over and not is_asked:
            return False
        if (await directory.approvers()).without(requesters(batch) | {presser}):
            return True
        if is_asked:
            raise NotAllowed("approval.nobody")
        raise NotAllowed("bulk.approval.nobody", limit=limit)


def stands(batch: Batch) -> Refused:
    """Say how a list stands by now, to whoever wanted something else of it."""
    key = f"bulk.stands.{batch.status}"
    by = {
        BatchStatus.AWAITING_APPROVAL: batch.started_by,
        # Whoever paused it last resumed it, too, or somebody else did.
        BatchStatus.RUNNING: batch.decided_by or batch.started_by,
        BatchStatus.PAUSED: batch.decided_by,
        BatchStatus.STOPPED: batch.decided_by,
    }.get(batch.status, "")
    return Refused(f"{key}.by", user=f"<@{by}>") if by else Refused(key)
