"""A list of the rows of another one that did not go out."""

from bot.bulk.batches import Batch, BatchId, BatchRequest, BatchStatus
from bot.bulk.ports import BatchRepository
from bot.errors import Refused
from bot.send_ids import new_id
from bot.sends import Origin
from bot.slack.bulk.shown import never_approved, requesters


async def request_of(batch: Batch, batches: BatchRepository, *, user: str) -> BatchRequest:
    """Ask for such a list, once: not beside one that was started, or still may be.

    Raises Refused or TryLater.
    """
    if never_approved(batch):
        raise Refused("bulk.nothing_again")
    progress = await batches.progress(batch.id)
    if any(count for status, count in progress.counts.items() if not status.is_final):
        # A row that comes to its end a moment later would be in neither list.
        raise Refused("bulk.again_soon")
    if not progress.may_go_again:
        raise Refused("bulk.resting" if progress.resting else "bulk.nothing_again")
    before = await batches.retries_of(batch.id)
    for each in before:
        if not _was_discarded(each):
            raise Refused("bulk.sent_again", user=f"<@{each.request.user}>")
    request = batch.request
    return BatchRequest(
        id=BatchId(new_id()),
        # Two who press at once ask for the same list.
        key=f"batch:{batch.id}:again:{len(before)}",
        user=user,
        origin=_origin(batch, user),
        template=request.template,
        template_name=request.template_name,
        group=request.group,
        assign=request.assign,
        retries=batch.id,
        # Whose rows they are does not approve them in somebody else's name.
        prepared_by=tuple(sorted(requesters(batch) - {user})),
    )


def _was_discarded(batch: Batch) -> bool:
    """Whether nothing of it went out, nor will."""
    is_over = batch.status in {BatchStatus.STOPPED, BatchStatus.UNREADABLE}
    return is_over and (batch.started is None or never_approved(batch))


def _origin(batch: Batch, user: str) -> Origin:
    origin = batch.request.origin
    if user == batch.request.user or origin.channel.startswith(("C", "G")):
        # An answer by its address is over by now.
        return Origin(origin.channel, origin.thread_ts)
    return Origin(user)
