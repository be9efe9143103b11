"""Where sends and templates are written down, as those see it who take, read and decide.

What a listener asks for is answered or raises TryLater in time for Slack; what says that it waits
takes as long as the database does.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.events import Event
from bot.sends import (
    Arrival,
    Checked,
    Send,
    SendId,
    SendRequest,
    TakenSend,
)
from bot.templates import Template


@dataclass(frozen=True, slots=True)
class Told:
    """Of which sends of the same template to the same number a person was told."""

    window: timedelta = timedelta(0)  # within which such a send is a duplicate; 0: none is
    sends: frozenset[SendId] = frozenset()


NOT_ASKED = Told()


@dataclass(frozen=True, slots=True)
class ApprovalQuestion:
    """Where somebody was asked to approve a send; in the card's thread if `user` is empty."""

    send: SendId
    user: str
    channel: str
    ts: str


class ApprovalQuestions(Protocol):
    """Where it still stands that a send is to be approved; all of it waits."""

    async def of(self, send_id: SendId) -> tuple[ApprovalQuestion, ...]:
        """Read them, of a send and of all that it changes."""
        ...

    async def posted(self, question: ApprovalQuestion) -> None:
        """Remember where one stands."""
        ...

    async def closed(self, question: ApprovalQuestion) -> None:
        """Forget one in whose place it stands what was decided."""
        ...


@dataclass(frozen=True, slots=True)
class SendChange:
    """That something happened to a send: whose it is, and whether it waits, or waited, for its moment."""

    user: str
    is_planned: bool = False


class SendRepository(Protocol):
    """The sends. What they go through on their way to Atom is asked of `delivery.DeliveryRepository`."""

    async def take(self, request: SendRequest, told: Told = NOT_ASKED) -> TakenSend:
        """Write down a request so that it survives us; that is all it takes to be carried out.

        Not if a duplicate that nobody was told of came in between.
        """
        ...

    async def take_unless_known(
        self, request: SendRequest, window: timedelta, *, revision: int
    ) -> TakenSend | None:
        """Take one if nothing is known of its number, and no send of the same within `window`.

        None if something is: that is to be looked up, and a person asked about it; or if the
        catalogue is not of this revision any more.
        """
        ...

    async def send_again(self, request: SendRequest, told: Told = NOT_ASKED) -> SendId | None:
        """Take one in the place of an unknown one.

        None if that was decided already, or a duplicate that nobody was told of came in between.
        """
        ...

    async def take_instead(self, request: SendRequest, told: Told = NOT_ASKED) -> TakenSend | None:
        """Take one in the place of one that has not gone out; None if it is too late for that."""
        ...

    async def approve(self, send_id: SendId, *, user: str) -> bool:
        """Let one go on that waits for a second person; False if it waits no more."""
        ...

    async def decline(self, send_id: SendId, *, user: str, note: str = "") -> bool:
        """Refuse to approve one; False if that was decided already."""
        ...

    async def requesters(self, send_id: SendId) -> frozenset[str]:
        """Name who asked for a send, or for any one whose place it takes."""
        ...

    async def awaiting_approval(self, user: str, limit: int) -> tuple[Send, ...]:
        """Read what waits for a second person, who is not `user` if they asked for it."""
        ...

    async def planned(self, user: str, limit: int) -> tuple[Send, ...]:
        """Read what waits for its moment or a person, of one person or (empty) of everybody."""
        ...

    async def count_planned(self, user: str) -> int:
        """Count what waits for its moment or a person, of one person or (empty) of everybody."""
        ...

    async def cancel(self, send_id: SendId, *, user: str) -> bool:
        """Stop a send before its call; False if it is too late."""
        ...

    async def resolve_sent(self, send_id: SendId, *, user: str) -> bool:
        """Take a person's word that an unknown one arrived; False if that was decided already."""
        ...

    async def resolve_not_sent(self, send_id: SendId, *, user: str) -> bool:
        """Take a person's word that an unknown one did not arrive and is left so.

        False if that was decided already.
        """
        ...

    async def send_now(self, send_id: SendId, *, user: str) -> bool:
        """Let one that waits try at once; False if it waits no more, or for a token."""
        ...

    async def say_arrival(self, send_id: SendId, arrival: Arrival, *, user: str) -> bool:
        """Take its sender's word whether a pending one arrived; False if that was said already."""
        ...

    async def remind(self, send_id: SendId, moment: datetime, *, user: str) -> bool:
        """Ask its sender about it once more; False if that can't be wished any more."""
        ...

    async def check_now(self) -> Checked:
        """Let one send try at once whether Atom takes the token again."""
        ...

    async def find(self, send_id: SendId) -> Send | None: ...

    async def recent(self, user: str, limit: int) -> tuple[Send, ...]:
        """Read a person's last sends, the newest first."""
        ...

    async def recent_templates(self, user: str) -> tuple[str, ...]:
        """Name the templates that a person sent last, each once, the newest first."""
        ...

    async def ending_in(self, digits: str, *, user: str, limit: int) -> tuple[Send, ...]:
        """Read the last sends to numbers that end so, of one person or (empty) of everybody."""
        ...

    async def whose_changed(self, after: int) -> Mapping[int, SendChange]:
        """Say whose sends changed, by the number of the event, all greater than `after`.

        Of many, the last ones.
        """
        ...

    async def get(self, send_id: SendId) -> Send:
        """Read a send that there is; waits."""
        ...

    async def tries(self, send_id: SendId) -> tuple[Send, ...]:
        """Read every try of what was asked for, the first one first; waits."""
        ...

    async def timeline(self, send_id: SendId) -> tuple[Event, ...]:
        """Read what happened to a send, the first event first."""
        ...

    async def card_posted(self, send_id: SendId, channel: str, ts: str) -> None:
        """Remember where the card stands; waits."""
        ...

    async def question_posted(self, send_id: SendId, channel: str, ts: str) -> None:
        """Remember where people were asked what became of an unknown one; waits."""
        ...


class TemplateRepository(Protocol):
    """The catalogue: read whole, changed one template at a time."""

    async def all(self) -> tuple[Template, ...]: ...

    def last(self) -> tuple[int, tuple[Template, ...]] | None:
        """Return the catalogue as it was read last, and its revision; None if it was not yet."""
        ...

    async def get(self, template_id: str) -> Template | None: ...

    async def save(self, template: Template, *, actor: str, was: str = "", seen: str = "") -> None:
        """Put a template in place of the one with the id `was`; empty: it is a new one.

        `seen` is the fingerprint of what it replaces. Raises FixTheForm or Refused.
        """
        ...

    async def set_active(self, template_id: str, *, active: bool, actor: str) -> bool:
        """Let a template be sent, or keep it from being sent; False if there is none."""
        ...

    async def delete(self, template_id: str, *, seen: str, actor: str) -> bool:
        """Take a template out of the catalogue; False if there is none. Its sends stay.

        `seen` is its fingerprint. Raises Refused if it is not as it was seen, or the last one.
        """
        ...

    def forget(self) -> None:
        """Read everything anew the next time."""
        ...
