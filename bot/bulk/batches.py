"""A list on its way: what was asked for, how its file was read, and where it stands."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

from bot.bulk.columns import Question
from bot.errors import Problem
from bot.policy.duplicates import NOT_SENT
from bot.sends import Origin, Params, Send, SendAt, Status

BatchId = NewType("BatchId", str)

SHOWN_PROBLEMS = 100  # of a dry run, kept with the list; all of them are with its rows
SHOWN_MESSAGES = 3
OLD_AFTER = timedelta(days=1)  # then a dry run is made again before anything goes out


class BatchStatus(StrEnum):
    """Where a list stands."""

    READING = "reading"  # its file is fetched and looked at
    ASKING = "asking"  # a person must say which column is what, or which rows are meant
    UNREADABLE = "unreadable"  # its file is no list; nothing went out
    CHECKED = "checked"  # waits for Start
    AWAITING_APPROVAL = "awaiting_approval"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    DONE = "done"

    @property
    def is_final(self) -> bool:
        """Whether no row is called any more."""
        return self in {BatchStatus.UNREADABLE, BatchStatus.STOPPED, BatchStatus.DONE}

    def may_become(self, other: "BatchStatus") -> bool:
        """Whether a list that stands here may come to stand there next."""
        return other in TRANSITIONS[self]


_LOOKED_AT = frozenset({BatchStatus.ASKING, BatchStatus.UNREADABLE, BatchStatus.CHECKED})
TRANSITIONS = {
    BatchStatus.READING: _LOOKED_AT | {BatchStatus.STOPPED},
    BatchStatus.ASKING: frozenset({BatchStatus.READING, BatchStatus.STOPPED}),
    BatchStatus.CHECKED: frozenset(
        {
            BatchStatus.READING,
            BatchStatus.AWAITING_APPROVAL,
            BatchStatus.RUNNING,
            BatchStatus.STOPPED,
        }
    ),
    BatchStatus.AWAITING_APPROVAL: frozenset({BatchStatus.RUNNING, BatchStatus.STOPPED}),
    BatchStatus.RUNNING: frozenset({BatchStatus.PAUSED, BatchStatus.STOPPED, BatchStatus.DONE}),
    BatchStatus.PAUSED: frozenset({BatchStatus.RUNNING, BatchStatus.STOPPED}),
    **dict.fromkeys(
        (BatchStatus.UNREADABLE, BatchStatus.STOPPED, BatchStatus.DONE), frozenset[BatchStatus]()
    ),
}


class RowKind(StrEnum):
    """How the dry run judged a row."""

    GOOD = "good"
    WRONG = "wrong"  # it has problems
    DUPLICATE = "duplicate"  # an earlier row of the file goes to the same number
    RECENT = "recent"  # the number had, or will have, the same template within DUPLICATE_WINDOW
    REFUSED = "refused"  # the number is not to be written to


class Hidden(StrEnum):
    """What becomes of rows that a spreadsheet does not show."""

    ASK = ""
    INCLUDE = "include"
    SKIP = "skip"


class PauseReason(StrEnum):
    """Why a list is paused, where no person paused it."""

    TOKEN = "token"  # noqa: S105 - Atom refuses it
    REFUSALS = "refusals"  # too many rows in a row
    SHARE = "share"  # too large a share of the last rows
    UNCLEAR = "unclear"  # of too many rows in a row nobody knows what became
    LATE = "late"  # found running, or due, long after anything happened to it
    ACCESS = "access"  # its sender may not send any more
    TEMPLATE = "template"  # it was changed, or may not be sent any more


@dataclass(frozen=True, slots=True)
class ListFile:
    """A file in Slack."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Mapped:
    """What a person said of a file: which column is what, which sheet and rows are meant."""

    columns: Mapping[str, int | None] = field(default_factory=dict)  # by field; None: no column
    sheet: str = ""  # empty: the only one, or it is asked
    hidden: Hidden = Hidden.ASK


@dataclass(frozen=True, slots=True)
class BatchRequest:
    """What somebody asked for with the form."""

    id: BatchId
    key: str  # names what asked for it: the same key twice is one list
    user: str
    origin: Origin
    template: str  # its id
    template_name: str
    file: ListFile | None = None  # None: the rows of `retries` that did not go out
    group: str = ""  # of rows that name none; empty: the template's
    assign: bool | None = None  # of rows that say nothing; None: as the template says
    send_at: SendAt | None = None  # None: at once
    mapped: Mapped = Mapped()
    retries: BatchId | None = None
    prepared_by: tuple[str, ...] = ()  # who else had a hand in its rows, and so approves none


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong with a row, by its line and the title of the column."""

    line: int
    column: str  # the header's words; empty: the whole row
    problem: Problem


@dataclass(frozen=True, slots=True)
class Report:
    """What the dry run found; its sentences are keys, so that each reader has their language."""

    titles: tuple[str, ...] = ()  # the header's words, or a letter as Excel has it
    places: Mapping[str, int] = field(default_factory=dict)  # which column each field is
    unknown: tuple[int, ...] = ()  # columns that are nothing of the template's
    questions: tuple[Question, ...] = ()
    missing: tuple[str, ...] = ()  # fields without which no row can be sent
    sheet: str = ""
    sheets: tuple[str, ...] = ()  # more than one: which one is meant is asked
    hidden: int = 0  # rows that a spreadsheet does not show
    left_out_from: int = 0  # the line from which on nothing was read, after many blank rows
    delimiter: str = ""  # between the cells of its lines; empty: it is a spreadsheet
    counts: Mapping[RowKind, int] = field(default_factory=dict)
    unusual: int = 0  # good rows with a number to be looked at
    quiet: Mapping[str, int] = field(default_factory=dict)  # good rows by country, quiet as they go
    problems: tuple[RowProblem, ...] = ()  # the first SHOWN_PROBLEMS
    messages: tuple[str, ...] = ()  # the first SHOWN_MESSAGES, as their customers read them
    fingerprint: str = ""  # of the template that was looked at
    mark: str = ""  # of its text, to which an approval is bound
    rate: float = 0.0  # calls a second that the estimate is made of
    daily_limit: int = 0  # WHATSAPP_DAILY_LIMIT; 0: off
    reached_today: int = 0  # numbers that were written to within 24 hours
    reached_after: int = 0  # and with all good rows of this list

    @property
    def rows(self) -> int:
        return sum(self.counts.values())

    def count(self, kind: RowKind) -> int:
        """How many rows are of a kind."""
        return self.counts.get(kind, 0)

    def sendable(self, *, with_recent: bool) -> int:
        """How many rows Start sends."""
        return self.count(RowKind.GOOD) + (self.count(RowKind.RECENT) if with_recent else 0)

    def seconds(self, *, with_recent: bool) -> float:
        """How long that takes at the configured rate."""
        return self.sendable(with_recent=with_recent) / self.rate if self.rate else 0.0


NO_REPORT = Report()


@dataclass(frozen=True, slots=True)
class ListRow:
    """A row as it was read, which stays as it is whatever becomes of the file."""

    line: int
    cells: tuple[str, ...]
    kind: RowKind
    problems: tuple[RowProblem, ...] = ()
    same_as: int = 0  # the line of the earlier row to the same number
    phone: str = ""  # digits as Atom wants them; empty: it has problems
    country: str = ""
    client_name: str = ""
    group: str = ""
    assign: bool = False
    params: Params = ()  # as the customer reads them


@dataclass(frozen=True, slots=True)
class RowResult:
    """A row and what became of it; no send if it was never to go out."""

    row: ListRow
    send: Send | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How a list's rows stand now."""

    counts: Mapping[Status, int] = field(default_factory=dict)
    skipped: int = 0  # of those that failed: the gate said no at the last moment
    rate: float = 0.0  # rows a second that came to their end lately; 0: not known
    undecided: int = 0  # of those unknown: nobody said yet what became of them
    replaced: int = 0  # of those that did not go out: each goes on as a send of its own
    resting: int = 0  # of those that did not go out and are left so: WhatsApp wants them to wait

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def left(self) -> int:
        """How many are still to be called."""
        return self.count(Status.QUEUED)

    @property
    def not_sent(self) -> int:
        """How many did not go out and are left so, also those of which a person says it."""
        return sum(map(self.count, NOT_SENT)) + self.said_lost - self.replaced

    @property
    def may_go_again(self) -> int:
        """How many of those can be sent again now."""
        return self.not_sent - self.resting

    @property
    def said_lost(self) -> int:
        """How many of those that are unconfirmed did not arrive, as a person says."""
        return self.count(Status.UNKNOWN) - self.undecided

    @property
    def under_way(self) -> int:
        """How many calls go on at this moment."""
        return self.count(Status.SENDING)

    def count(self, status: Status) -> int:
        """How many rows stand so."""
        return self.counts.get(status, 0)


@dataclass(frozen=True, slots=True)
class Batch:
    """A list that was taken, with all that happened to it so far."""

    request: BatchRequest
    status: BatchStatus
    created: datetime
    updated: datetime  # when anything happened to it last, or to a row of it
    reason: str = ""  # a PauseReason, or the key of why its file is no list
    values: Mapping[str, str | int] = field(default_factory=dict)  # of that key's sentence
    report: Report = NO_REPORT
    checked: datetime | None = None  # when the dry run ended
    with_recent: bool = False  # rows that the number had lately go out, too
    started_by: str = ""
    started: datetime | None = None
    going_since: datetime | None = None  # when it was started or resumed last
    approved_by: str = ""
    approve_until: datetime | None = None
    decided_by: str = ""  # who paused, stopped, or refused it last
    note: str = ""  # what somebody wrote beside that
    ended: datetime | None = None
    card_channel: str = ""
    card_ts: str = ""
    announced_status: str = ""  # the status whose telling is complete
    tell_tries: int = 0
    runner: str = ""  # the process that carries it at this moment
    runs: int = 0
    next_try: datetime | None = None

    @property
    def id(self) -> BatchId:
        return self.request.id

    @property
    def kinds_sent(self) -> tuple[RowKind, ...]:
        """The kinds of rows that it sends, as whoever started it chose."""
        return (RowKind.GOOD, RowKind.RECENT) if self.with_recent else (RowKind.GOOD,)

    @property
    def title(self) -> str:
        """What people see the template called."""
        return self.request.template_name or self.request.template


def row_key(batch: BatchId, line: int) -> str:
    """Name what asks for a row's send: a list and a row are one send, however often it is taken."""
    return f"batch:{batch}:{line}"


@dataclass(frozen=True, slots=True)
class DueBatch:
    """A list for which something is to be done, and who carries it."""

    id: BatchId
    runner: str
    runs: int
