"""A send in the place of one that did not arrive."""

import dataclasses

from bot.send_ids import new_id
from bot.sends import Origin, Send, SendId, SendRequest

# As older versions called such a send, so that what one of them made is the same one here.
AGAIN = "-again-"


# What was overridden for the moment at which it was first asked for, and for no later one.
FOR_ITS_MOMENT = ("duplicate.", "quiet.")


def retry_key(send_id: SendId) -> str:
    """Name the one request that may take this send's place."""
    first, _, number = send_id.partition(AGAIN)
    return f"{first}{AGAIN}{int(number or 0) + 1}"


def retry_of(old: Send, *, user: str) -> SendRequest:
    """Make the request that repeats an old one at once, in the old one's thread."""
    return dataclasses.replace(
        old.request,
        id=new_id(),
        key=retry_key(old.id),
        user=user,
        origin=_where_it_goes_on(old),
        replaces=old.id,
        # It goes out now, and whoever approved the old one did not approve this.
        send_at=None,
        changed_from=None,
        corrects=None,
        # It is a send of its own, which nobody would be told of as a row.
        batch="",
        batch_line=0,
        overrode=tuple(
            each for each in old.request.overrode if not each.startswith(FOR_ITS_MOMENT)
        ),
    )


def _where_it_goes_on(old: Send) -> Origin:
    """Return the thread in which the old one was told."""
    origin = old.request.origin
    if old.card_channel in {"", origin.channel}:
        return Origin(origin.channel, origin.thread_ts or old.card_ts)
    # It was told in a direct message: in another channel the first thread means nothing.
    return Origin(old.card_channel, old.card_ts)
