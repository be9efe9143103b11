"""Who may do what, and who can help those who may not."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from enum import StrEnum

from bot.errors import NotAllowed, TryLater, Unchecked

EVERYONE = "*"
SLACKBOT = "USLACKBOT"  # Slack reports is_bot=false for it


class Right(StrEnum):
    """What a person may be allowed to do."""

    SEND = "send"
    ADMINISTER = "administer"
    APPROVE = "approve"


@dataclass(frozen=True, slots=True)
class Workspace:
    """Where the app is installed: a team, and the Enterprise organization if it is org-wide."""

    team: str
    enterprise: str = ""  # only for an install to a whole organization


@dataclass(frozen=True, slots=True)
class Person:
    """What Slack says of a user. None means that Slack did not say: that lets in nobody."""

    id: str
    team: str | None
    deleted: bool | None
    is_bot: bool | None
    is_guest: bool | None
    is_stranger: bool = False
    enterprise: str = ""
    enterprise_teams: frozenset[str] = frozenset()
    locale: str = ""
    name: str = ""  # what Slack shows
    phone: str = ""  # as they wrote it in their profile
    tz: str = ""  # its IANA name, e.g. America/Panama


# What an admin can change.
_BY_AN_ADMIN = frozenset(
    {
        "approval.nobody",
        "bulk_form.no_catalogue",
        "bulk_form.no_templates",
        "bulk.approval.nobody",
        "refused.do_not_contact",
        "refused.no_marketing",
        "refused.not_admin",
        "refused.not_listed",
        "refused.not_your_details",
        "refused.not_your_list",
        "refused.not_your_messages",
        "refused.not_your_send",
        "refused.only_admins_allow",
    }
)

GroupMembers = Callable[[str], Awaitable[frozenset[str]]]


@dataclass(frozen=True, slots=True)
class Policy:
    """The lists from the settings: users (U…, W…), user groups (S…), or `*`."""

    senders: frozenset[str]
    admins: frozenset[str]
    approvers: frozenset[str] = frozenset()

    async def check(
        self, person: Person, workspace: Workspace, right: Right, members: GroupMembers
    ) -> None:
        """Return if the person may; raise NotAllowed otherwise.

        Only a fact refuses: guests, bots, deactivated and external people never may, whatever is
        listed, and nobody who is in none of the groups. Where Slack did not tell enough to say so,
        it raises TryLater, as `members` may, which answers with the ids of a group's members.
        """
        reason = refusal(person, workspace)
        if reason:
            raise NotAllowed(reason)
        if not is_told_whole(person):
            raise Unchecked("slack.unchecked", code="incomplete")
        if not await is_listed(person.id, self._listed(right), members):
            is_admins = right is Right.ADMINISTER
            raise NotAllowed("refused.not_admin" if is_admins else "refused.not_listed")

    def groups_to_ask(self, user: str, right: Right) -> tuple[str, ...]:
        """Name the user groups whose members matter for this person, if any."""
        return groups_to_ask(user, self._listed(right))

    def _listed(self, right: Right) -> frozenset[str]:
        listed = {Right.ADMINISTER: self.admins, Right.APPROVE: self.approvers}
        return listed.get(right, self.senders | self.admins)


def groups_to_ask(user: str, listed: Collection[str]) -> tuple[str, ...]:
    """Name the user groups of a list whose members matter for this person, if any."""
    if EVERYONE in listed or user in listed:
        return ()
    return tuple(sorted(name for name in listed if name.startswith("S")))


async def is_listed(user: str, listed: Collection[str], members: GroupMembers) -> bool:
    """Say whether a list of users and groups holds this user.

    Raises TryLater if that depends on a group that can't be read now.
    """
    if EVERYONE in listed or user in listed:
        return True
    unread: TryLater | None = None
    for group in groups_to_ask(user, listed):
        try:
            if user in await members(group):
                return True
        except TryLater as error:
            unread = error
    if unread:
        raise unread
    return False


def refusal(person: Person, workspace: Workspace) -> str:
    """Name the fact for which somebody never may, whatever is listed; empty if none is known."""
    if person.deleted:
        return "refused.deactivated"
    if person.is_bot or person.id == SLACKBOT:
        return "refused.bot"
    if person.is_guest:
        return "refused.guest"
    if person.is_stranger or not (person.team is None or _same_workspace(person, workspace)):
        return "refused.external"
    return ""


def can_be_helped(reason: str) -> bool:
    """Say whether an admin could let somebody do what was refused for this reason."""
    return reason in _BY_AN_ADMIN


def is_told_whole(person: Person) -> bool:
    """Whether Slack told all that could refuse somebody: it leaves out what it does not show us."""
    facts = (person.deleted, person.is_bot, person.is_guest, person.team)
    return all(fact is not None for fact in facts)


def _same_workspace(person: Person, workspace: Workspace) -> bool:
    """Compare teams: no single flag of Slack's says that a person is external."""
    if workspace.enterprise and person.enterprise == workspace.enterprise:
        return True
    # An install to a whole organization may have no team, which is nobody's.
    return bool(workspace.team) and workspace.team in {person.team, *person.enterprise_teams}


def helpers(policy: Policy) -> tuple[str, ...]:
    """Name who can help: the listed admins and their groups, as Slack ids, in a stable order."""
    return tuple(sorted(policy.admins - {EVERYONE}))
