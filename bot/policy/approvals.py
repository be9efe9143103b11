"""A second pair of eyes: whether a send needs it, who may give it, and whether it still counts."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from bot.templates import Approval, Template

# What an approval asks for: the keys of sentences in the catalogues.
NEEDED = "approval.needed"
NOBODY = "approval.nobody"  # there is nobody who could give it
MISSING = "approval.missing"  # it goes out only with one, and has none
TEXT_CHANGED = "approval.text_changed"
APPROVER_GONE = "approval.approver_gone"


@dataclass(frozen=True, slots=True)
class Approvers:
    """Who may approve, as far as it is known."""

    people: tuple[str, ...] = ()  # Slack's ids
    is_open: bool = False  # others may, too: everybody, or a group that can't be read now

    def without(self, requesters: Collection[str]) -> "Approvers":
        """Leave out who asked for it: nobody approves their own."""
        return replace(self, people=tuple(each for each in self.people if each not in requesters))

    def __bool__(self) -> bool:
        """Whether there is, or may be, anybody."""
        return bool(self.people) or self.is_open


@dataclass(frozen=True, slots=True)
class Approved:
    """Who approved a send, and the mark of the template's text of which they did."""

    by: str
    mark: str


@dataclass(frozen=True, slots=True)
class ApprovalFacts:
    """What has to be known to say what an approval asks for."""

    is_needed: bool = False
    can_be_given: bool = True  # by somebody who did not ask for it
    mark: str = ""  # of the template's text as it is now
    is_call: bool = False  # it is to go out now
    approved: Approved | None = None
    approver_may: bool = True  # still, who approved it


NOT_NEEDED = ApprovalFacts()


def is_needed(template: Template | None, *, is_free: bool, is_own_test: bool) -> bool:
    """Say whether a second person must approve; not what an admin tries on their own number."""
    asks = template is not None and template.approval is Approval.ALWAYS
    return asks and not (is_free or is_own_test)


def look(facts: ApprovalFacts) -> str:
    """Name what an approval asks for; empty: nothing.

    An approval counts for the text that was approved, and as long as whoever gave it may give it.
    Without one nothing goes out. It is not asked for anew by itself: whoever sends it has not seen
    the other text either, and so corrects and sends it again.
    """
    if not facts.is_needed:
        return ""
    if not facts.is_call:
        return NEEDED if facts.can_be_given else NOBODY
    if facts.approved is None:
        return MISSING
    if facts.approved.mark != facts.mark:
        return TEXT_CHANGED
    return "" if facts.approver_may else APPROVER_GONE
