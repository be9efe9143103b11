"""What one person may send from one place: the catalogue, as the policy and the templates allow."""

import asyncio
import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from operator import attrgetter
from typing import Protocol

from bot.errors import NotAllowed, TryLater
from bot.policy.approvals import Approvers
from bot.policy.gate import Reason, Verdict
from bot.policy.people import Person, Right
from bot.repositories import TemplateRepository
from bot.sends import Send
from bot.templates import Template, fingerprint
from bot.templates.index import Index

logger = logging.getLogger(__name__)

NOT_HERE = "template.not_here"
AT_ONCE = 50  # lists of people that are looked through before others have their turn


class Directory(Protocol):
    """What is known of people. What can't be looked up now raises TryLater."""

    async def check(self, user: str, right: Right = Right.SEND) -> Person:
        """Return who this is, if they may; raise NotAllowed otherwise."""
        ...

    async def is_admin(self, user: str) -> bool: ...

    async def is_among(self, user: str, listed: Collection[str]) -> bool: ...

    def helpers(self) -> tuple[str, ...]:
        """Name who can help those who may not, as Slack's ids."""
        ...

    async def approvers(self) -> Approvers:
        """Say who may approve what needs a second person."""
        ...

    def begin_to_ask(self, user: str, listed: Collection[str]) -> None:
        """Begin to look up what the lists need of a person; never waited for."""
        ...


@dataclass(frozen=True, slots=True)
class Allowed:
    """What one person may send from one place."""

    templates: tuple[Template, ...]
    any_id_allowed: bool = False  # there is no catalogue: any id may be sent, with any parameters
    is_admin: bool = False  # and may send ids that the catalogue does not have
    index: Index | None = None  # of the templates, if there is one

    def get(self, template_id: str) -> Template | None:
        return next((each for each in self.templates if each.id == template_id), None)


@dataclass(frozen=True, slots=True)
class Permission:
    """Whether somebody may send one template from one place."""

    person: Person
    template: Template | None  # of the catalogue; None: a bare id
    refusal: Reason | None = None
    revision: int = -1  # of the catalogue, where it was not asked for anew


@dataclass(frozen=True)
class Listing:
    """A catalogue, arranged once for all who ask, as far as anybody does."""

    known: tuple[Template, ...] = ()

    @cached_property
    def by_id(self) -> Mapping[str, Template]:
        return {each.id: each for each in self.known}

    @cached_property
    def active(self) -> tuple[Template, ...]:
        """By name."""
        return _by_name(each for each in self.known if each.active)

    @cached_property
    def for_all(self) -> tuple[Template, ...]:
        """Those that everybody may send from everywhere, by name."""
        return tuple(each for each in self.active if not (each.allowed or each.channels))

    @cached_property
    def limited(self) -> tuple[Template, ...]:
        """Those for some people, or from some channels, by name."""
        return tuple(each for each in self.active if each.allowed or each.channels)

    @cached_property
    def index(self) -> Index:
        """Of those for all."""
        return Index().adding(self.for_all)


@dataclass(slots=True)
class Access:
    """Looks it up."""

    directory: Directory
    templates: TemplateRepository
    _listing: Listing = field(default_factory=Listing)

    async def list_allowed(self, user: str, channel: str = "") -> Allowed:
        """Say what a person may send from a channel; empty: from anywhere. Raises TryLater.

        The right to send at all is asked for elsewhere, and first. Whom a template is for does not bind an admin, who could send its bare id.
        """
        listing = await self._read()
        limited = [each for each in listing.limited if _is_for(each, channel)]
        # Side by side: all of it must fit into the three seconds of a trigger.
        self.directory.begin_to_ask(user, {name for each in limited for name in each.allowed})
        is_admin = await self.is_known_admin(user)
        if not is_admin:
            limited = await self._surely_for_person(limited, user)
        found, index = listing.for_all, listing.index
        if limited:
            found, index = _by_name([*found, *limited]), index.adding(limited)
        return Allowed(found, any_id_allowed=not listing.known, is_admin=is_admin, index=index)

    async def find(self, template_id: str) -> Template | None:
        """Return a template of the catalogue, whoever may send it. Raises TryLater."""
        return (await self._read()).by_id.get(template_id) if template_id else None

    async def find_drawn(self, template_id: str, drawn_of: str) -> Template | None:
        """Return a template for a form that was drawn of it; `drawn_of` is its fingerprint then.

        What is known here already is not asked for again if the form was drawn of just that: what
        it says by now is looked at where it is sent. Raises TryLater.
        """
        known = self._listing.by_id.get(template_id)
        if known is not None and fingerprint(known) == drawn_of:
            return known
        return await self.find(template_id)

    async def with_names(self, sends: Sequence[Send]) -> tuple[Send, ...]:
        """Name the templates of sends that were asked for by a bare id, as far as they are known.

        Raises TryLater.
        """
        by_id = (await self._read()).by_id if any(not _has_name(each) for each in sends) else {}
        return tuple(each if _has_name(each) else _with_name(each, by_id) for each in sends)

    async def check(
        self, user: str, template_id: str, channel: str, *, is_test: bool = False
    ) -> Permission:
        """Look whether this person may send this template, or a bare id, from here.

        Raises NotAllowed if they may send nothing, and TryLater if that can't be looked up now.
        Only admins may test, and then also what nobody may send.
        """
        person = await self.directory.check(user, Right.ADMINISTER if is_test else Right.SEND)
        listing = await self._read()
        return await self._judged(person, listing, template_id, channel, is_test=is_test)

    async def check_by_last(
        self, user: str, template_id: str, channel: str, *, is_test: bool = False
    ) -> Permission | None:
        """Look the same up in the catalogue as it was read last; None if it was not yet.

        That it has still this revision must be looked at where the send is taken.
        """
        person = await self.directory.check(user, Right.ADMINISTER if is_test else Right.SEND)
        if (last := self.templates.last()) is None:
            return None
        revision, known = last
        listing = self._arranged(known)
        judged = await self._judged(person, listing, template_id, channel, is_test=is_test)
        return replace(judged, revision=revision)

    async def _judged(
        self, person: Person, listing: Listing, template_id: str, channel: str, *, is_test: bool
    ) -> Permission:
        template = listing.by_id.get(template_id)
        if is_test:
            return Permission(person, template)
        is_theirs = await self._is_theirs(template, person.id, listing)
        if key := refusal(template, channel, is_theirs=is_theirs):
            reason = Reason(Verdict.REFUSE, key, helpers=self.directory.helpers())
            return Permission(person, template, reason)
        return Permission(person, template)

    async def check_may_decide(self, user: str, send: Send) -> None:
        """Let its sender and admins decide about a send. Raises NotAllowed or TryLater."""
        if not await self.may_decide(user, send):
            raise NotAllowed("refused.not_your_send", sender=f"<@{send.request.user}>")

    async def check_may_read(self, user: str, send: Send) -> None:
        """Let its sender, admins and approvers see all of a send. Raises NotAllowed or TryLater."""
        if await self.may_decide(user, send):
            return
        try:
            await self.directory.check(user, Right.APPROVE)
        except NotAllowed as error:
            sender = f"<@{send.request.user}>"
            raise NotAllowed("refused.not_your_details", sender=sender) from error

    async def may_decide(self, user: str, send: Send) -> bool:
        """Whether a person is a send's sender or an admin. Raises TryLater."""
        return send.request.user == user or await self.directory.is_admin(user)

    async def _is_theirs(self, template: Template | None, user: str, listing: Listing) -> bool:
        """Whether this person may send it from somewhere. Raises TryLater."""
        if template is None:
            return not listing.known or await self.directory.is_admin(user)
        # What is switched off is for nobody, whoever it was for.
        return template.active and await self._may_send(template, user)

    async def _may_send(self, template: Template, user: str) -> bool:
        """Say whether a template is for this person, or they are an admin. Raises TryLater."""
        if not template.allowed:
            return True
        if await self.is_known_admin(user) or await self._is_for_person(template, user):
            return True
        # Only who is known to be no admin is refused.
        return await self.directory.is_admin(user)

    async def is_known_admin(self, user: str) -> bool:
        """Say whether a person is known to be an admin, which only adds to what they may."""
        try:
            return await self.directory.is_admin(user)
        except TryLater:
            return False

    async def _read(self) -> Listing:
        return self._arranged(await self.templates.all())

    def _arranged(self, known: tuple[Template, ...]) -> Listing:
        if known is not self._listing.known:
            self._listing = Listing(known)
        return self._listing

    async def _surely_for_person(self, limited: list[Template], user: str) -> list[Template]:
        """Leave out what is for others; many templates are for the same people."""
        theirs: dict[tuple[str, ...], bool] = {}
        for each in limited:
            if each.allowed not in theirs:
                theirs[each.allowed] = await self._is_surely_for_person(each, user)
                if len(theirs) % AT_ONCE == 0:
                    await asyncio.sleep(0)
        return [each for each in limited if theirs[each.allowed]]

    async def _is_surely_for_person(self, template: Template, user: str) -> bool:
        try:
            return await self._is_for_person(template, user)
        except TryLater as error:
            # Its group can't be read now, which must not take the others away.
            logger.info("template not offered", extra={"reason": error.key})
            return False

    async def _is_for_person(self, template: Template, user: str) -> bool:
        return not template.allowed or await self.directory.is_among(user, template.allowed)


def _has_name(send: Send) -> bool:
    return bool(send.request.template_name)


def _with_name(send: Send, by_id: Mapping[str, Template]) -> Send:
    template = by_id.get(send.request.template)
    if template is None:
        return send
    return replace(send, request=replace(send.request, template_name=template.name))


def refusal(template: Template | None, channel: str, *, is_theirs: bool) -> str:
    """Name why a template, or a bare id, may not be sent from a channel; empty if it may."""
    if template is None:
        return "" if is_theirs else "template.not_listed"
    if not template.active:
        return "template.inactive"
    if not is_theirs:
        return "template.not_yours"
    return "" if _is_for(template, channel) else NOT_HERE


def _by_name(templates: Iterable[Template]) -> tuple[Template, ...]:
    return tuple(sorted(templates, key=attrgetter("folded")))


def _is_for(template: Template, channel: str) -> bool:
    return not channel or not template.channels or channel in template.channels
