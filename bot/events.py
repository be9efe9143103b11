"""What happened to a send or a template: who did what, when and why. Nothing personal is in it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.sends import SendId

BOT = "bot"  # did it by itself
OPERATOR = "operator"  # whoever sits at the terminal


class Kind(StrEnum):
    """What happened."""

    TAKEN = "taken"
    CHANGED = "changed"  # from one status to another
    DECIDED = "decided"  # the same, by a person
    POSTPONED = "postponed"  # it waits, for a reason that it did not have before
    APPROVED = "approved"
    REFUSED = "refused"  # by who was asked to approve it
    MOVED = "moved"  # the rules of its time zone changed
    OVERRODE = "overrode"  # a person was warned, and sent it all the same
    NUDGED = "nudged"  # its sender was asked whether it arrived
    TOLD = "told"
    NOT_TOLD = "not_told"  # Slack refused to tell it, for so long that nobody tries any more
    RECORDED = "recorded"  # as it stood when events began to be kept
    TEMPLATE_ADDED = "template_added"
    TEMPLATE_CHANGED = "template_changed"
    TEMPLATE_REMOVED = "template_removed"
    TEMPLATES_REORDERED = "templates_reordered"


@dataclass(frozen=True, slots=True)
class Source:
    """The process that writes an event, and how it hears of people."""

    transport: str = ""  # http, socket, worker or terminal
    process: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened; a status stands in `before` and `after` as text."""

    at: datetime
    kind: Kind
    actor: str  # a person's Slack id, or BOT, or OPERATOR
    source: Source
    send: SendId | None = None
    template: str = ""
    before: str = ""
    after: str = ""
    why: str = ""  # a key, as in the send's own reason
    fields: tuple[str, ...] = ()  # of a template, that changed
