"""A send: one request to send one template to one number, and what became of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

SendId = NewType("SendId", str)
Params = tuple[tuple[str, str], ...]

PAUSED = "atom.held"  # the reason of those that wait for a token that Atom takes
UNDO = "undo"  # the reason of those that may still be undone
LATE = "late"  # of those that were found long after the moment they were to go out
CHANGED = "changed"  # of those whose place another one took before they went out
EXPIRED = "approval.expired"  # of those that nobody approved in time
DECLINED = "approval.refused"  # of those that somebody refused to approve
SAID_LIMIT = 500  # characters of Atom's own words that are kept


class Status(StrEnum):
    """Where a send stands."""

    SCHEDULED = "scheduled"
    AWAITING_APPROVAL = "awaiting_approval"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    PENDING = "pending"
    REJECTED = "rejected"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"

    @property
    def is_final(self) -> bool:
        """Whether the bot itself does nothing more about it."""
        return self not in {*PLANNED, Status.QUEUED, Status.SENDING}

    @property
    def is_planned(self) -> bool:
        """Whether it waits for a moment or a person, and not for Atom."""
        return self in PLANNED

    def may_become(self, other: "Status") -> bool:
        """Whether a send that stands here may come to stand there next."""
        return other in TRANSITIONS[self]


class Arrival(StrEnum):
    """What its sender says became of a pending one, of which nobody else reports."""

    ARRIVED = "arrived"
    NOT_ARRIVED = "not_arrived"


PLANNED = frozenset({Status.SCHEDULED, Status.AWAITING_APPROVAL})
_ANSWERED = frozenset({Status.SENT, Status.PENDING, Status.REJECTED, Status.FAILED})
TRANSITIONS = {
    Status.AWAITING_APPROVAL: frozenset({Status.SCHEDULED, Status.QUEUED, Status.CANCELLED}),
    Status.SCHEDULED: frozenset({Status.QUEUED, Status.CANCELLED}),
    Status.QUEUED: frozenset({Status.SENDING, Status.FAILED, Status.CANCELLED}),
    # Back to the queue if nothing went out.
    Status.SENDING: _ANSWERED | {Status.QUEUED, Status.UNKNOWN},
    # A person says what became of it, or the answer to its very call comes late.
    Status.UNKNOWN: _ANSWERED,
    **dict.fromkeys((*_ANSWERED, Status.CANCELLED), frozenset[Status]()),
}


@dataclass(frozen=True, slots=True)
class SendAt:
    """When a send is to go out: the instant, and the wall time and zone that a person asked for.

    `rules` is the version of the zones' rules by which one was made of the other.
    """

    instant: datetime
    wall: datetime  # without a zone
    zone: str  # its IANA name
    rules: str


@dataclass(frozen=True, slots=True)
class Periods:
    """How long a send may wait for what, as an operator decided."""

    give_up_after: timedelta
    undo: timedelta = timedelta(0)
    late_after: timedelta = timedelta(hours=1)
    approval_expires: timedelta = timedelta(hours=8)
    nudge: timedelta = timedelta(0)  # on *pending*, until its sender is asked; 0: never
    # Within which the same template to the same number is a duplicate; 0: none is.
    duplicates: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where in Slack a send was asked for, and so where its outcome belongs."""

    channel: str  # C…, G…, D…, or the user's own id for a direct message
    thread_ts: str = ""  # the message's thread, when it began at a message
    response_url: str = ""  # Slack's 30-minute way to answer where the bot may not post


@dataclass(frozen=True, slots=True)
class SendRequest:
    """A checked request, ready to be taken: what to send, who asked, and where."""

    id: SendId  # what people read and say
    key: str  # names what asked for it: the same key twice is one send
    template: str
    phone: str  # digits as Atom wants them
    country: str
    client_name: str
    group: str
    assign: bool
    params: Params
    user: str
    origin: Origin
    replaces: SendId | None = None
    template_name: str = ""  # the catalogue's, when it was taken
    is_test: bool = False  # an admin tries a template, active or not
    overrode: tuple[str, ...] = ()  # keys of what was said against it, which `user` overrode
    send_at: SendAt | None = None  # None: at once
    needs_approval: bool = False
    approval_mark: str = ""  # of the template's text for which that is asked
    changed_from: SendId | None = None  # what it takes the place of, before that went out
    corrects: SendId | None = None  # what did not go out, which a person put right
    batch: str = ""  # the list whose row it is
    batch_line: int = 0  # that row's line in the list's file

    @property
    def asked_in(self) -> str:
        """The channel that its template must be for; empty: any.

        What goes out once more may be told elsewhere than where it was first asked for.
        """
        return "" if self.replaces else self.origin.channel

    @property
    def title(self) -> str:
        """What people see the template called."""
        return self.template_name or self.template


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is known about a call to Atom, and no more than that."""

    status: Status
    reason: str  # a key of `outcome.*` in the words
    conversation: str = ""
    vendor_message: str = ""  # Atom's own words, as text
    http_status: int = 0
    execution_id: str = ""
    trace: str = ""
    pauses_queue: bool = False  # the next call would meet the same refusal


@dataclass(frozen=True, slots=True)
class Send:
    """A request that was taken, with all that happened to it so far."""

    request: SendRequest
    status: Status
    created: datetime
    updated: datetime
    give_up_at: datetime
    reason: str = ""
    conversation: str = ""
    vendor_message: str = ""
    claim: str = ""  # names the call that has begun
    tries: int = 0
    next_try: datetime | None = None  # when it is called, or told, again
    due_at: datetime | None = None  # when it goes out, or when the time to approve it ends
    approved_by: str = ""
    note: str = ""  # what somebody wrote beside their decision
    card_channel: str = ""
    card_ts: str = ""
    question_channel: str = ""  # where people were asked what became of an unknown one
    question_ts: str = ""
    announced_status: str = ""  # the status that the people were last told
    tell_tries: int = 0  # how often telling them failed
    ended: datetime | None = None  # when its outcome was known, or decided last
    runner: str = ""  # the process that carries it at this moment
    runs: int = 0  # how many times it was taken up
    decided_by: str = ""  # who said what became of an unknown one
    http_status: int = 0
    execution_id: str = ""
    trace: str = ""
    arrival: Arrival | None = None  # what `decided_by` says of a pending one
    nudge_at: datetime | None = None  # when its sender is asked whether it arrived
    nudges: int = 0  # how often they were
    nudge_tries: int = 0  # how often asking them failed

    @property
    def id(self) -> SendId:
        return self.request.id

    @property
    def is_open(self) -> bool:
        """Whether something is left to do: to call Atom, or to tell the people."""
        return self.announced_status != self.status

    @property
    def waits(self) -> bool:
        """Whether it waits for a reason and a person may still stop it."""
        return self.status is Status.QUEUED and self.next_try is not None and bool(self.reason)

    @property
    def can_be_undone(self) -> bool:
        """Whether it waits only so that its sender may think again."""
        return self.waits and self.reason == UNDO

    @property
    def is_late(self) -> bool:
        """Whether it was found long after its moment, so that a person must say what to do."""
        return self.status is Status.SCHEDULED and self.reason == LATE

    @property
    def masked_phone(self) -> str:
        """The number for everyone but the sender: its last four digits."""
        return "•••• " + self.request.phone[-4:]


@dataclass(frozen=True, slots=True)
class Card:
    """Where a send's card stands in Slack; `ts` is empty where it can't be changed."""

    channel: str
    ts: str


@dataclass(frozen=True, slots=True)
class Due:
    """A send for which something is to be done, and who carries it."""

    id: SendId
    status: Status
    runner: str
    runs: int
    late: timedelta  # since when it is due; below zero where a clock was ahead


class Checked(StrEnum):
    """What comes of an admin's wish to try at once whether Atom takes the token."""

    BEGUN = "begun"
    NOTHING_WAITS = "nothing_waits"  # the next send tries
    NOT_HELD = "not_held"


class Taken(StrEnum):
    """What became of a request that was handed in."""

    NEW = "new"
    AGAIN = "again"  # the same form, delivered once more
    CHANGED = "changed"  # the same form with other contents: the first one counts
    DUPLICATE = "duplicate"  # not taken: one like it came in between, and nobody was told of it


@dataclass(frozen=True, slots=True)
class TakenSend:
    """The send that stands for a request now, and whether it is this very request's."""

    send: Send
    how: Taken
