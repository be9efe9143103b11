"""What is looked up to show a list to people. Pure."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.bulk.batches import Batch, BatchStatus, Progress
from bot.slack.notifications import cards
from bot.templates import Template

EMOJI = {
    BatchStatus.READING: ":hourglass_flowing_sand:",
    BatchStatus.ASKING: ":question:",
    BatchStatus.UNREADABLE: ":x:",
    BatchStatus.CHECKED: ":mag:",
    BatchStatus.AWAITING_APPROVAL: ":eyes:",
    BatchStatus.RUNNING: ":outbox_tray:",
    BatchStatus.PAUSED: ":double_vertical_bar:",
    BatchStatus.STOPPED: ":octagonal_sign:",
    BatchStatus.DONE: ":white_check_mark:",
}

# Why a list was stopped that nobody pressed Stop for.
DECLINED = "refused"
NO_PROGRESS = Progress()


@dataclass(frozen=True, slots=True)
class ListRules:
    """What an operator decided about lists."""

    duplicate_window: timedelta = timedelta(0)
    approval_over: int = 0  # BULK_APPROVAL: more rows than this need an approver; 0: never


NO_RULES = ListRules()


@dataclass(frozen=True, slots=True)
class Shown:
    """A list with what is looked up for it."""

    batch: Batch
    now: datetime
    progress: Progress = NO_PROGRESS
    names: cards.Names = field(default_factory=dict)
    template: Template | None = None  # the catalogue's, as it is now
    rules: ListRules = NO_RULES
    in_private: bool = False  # nobody reads it who may not see numbers, names and values

    @property
    def is_planned(self) -> bool:
        """Whether its rows wait for a moment that is still to come."""
        send_at = self.batch.request.send_at
        return send_at is not None and send_at.instant > self.now

    @property
    def ended(self) -> int:
        """How many rows' sends came to their end."""
        return sum(count for status, count in self.progress.counts.items() if status.is_final)

    @property
    def never_began(self) -> bool:
        """Whether it ended before any row was taken."""
        return self.batch.status.is_final and (
            never_approved(self.batch) or not self.progress.total
        )


def never_approved(batch: Batch) -> bool:
    """Whether it waited for a second person, who did not let it go."""
    return batch.approve_until is not None and not batch.approved_by


def requesters(batch: Batch) -> frozenset[str]:
    """Name who asked for it or prepared it, and so does not decide whether it may go out."""
    request = batch.request
    return frozenset({request.user, batch.started_by, *request.prepared_by}) - {""}
