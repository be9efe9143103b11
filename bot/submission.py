"""The one door: every send is checked, allowed, asked about and taken here, wherever it comes from."""

import dataclasses
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from bot import sends
from bot.errors import FixTheForm, Problem
from bot.phones import Phone
from bot.policy import gate
from bot.policy.access import Permission
from bot.policy.checks import Asked, SendChecks, Wanted
from bot.policy.gate import Reason, Verdict
from bot.policy.number_facts import NOTHING
from bot.policy.people import Person
from bot.repositories import SendRepository, Told
from bot.retries import retry_of
from bot.send_draft import NumberRules, SendDraft, Subject
from bot.send_ids import new_id
from bot.sends import EXPIRED, Origin, Send, SendId, SendRequest
from bot.templates import Template
from bot.templates.draft_values import contents, is_filled_for, problems_of_values


@dataclass(frozen=True, slots=True)
class Taken:
    """It survives us by now, and goes out."""

    id: SendId


@dataclass(frozen=True, slots=True)
class Confirm:
    """It goes out once a person has looked at these reasons and confirmed each one's subject."""

    reasons: tuple[Reason, ...]
    readings: tuple[Phone, ...]  # what the typed number may mean

    def asks_about(self, field: str) -> Reason | None:
        """Return the first reason that is about a field."""
        return next((each for each in self.reasons if each.field == field), None)


@dataclass(frozen=True, slots=True)
class Outdated:
    """It was filled in for another template, or for one that was changed since."""


@dataclass(frozen=True, slots=True)
class Refused:
    """It isn't taken as it is, and why not, by field; some of it only others can help with."""

    problems: tuple[Problem, ...]
    helpers: tuple[str, ...] = ()  # Slack's ids; none: nobody need be asked


@dataclass(frozen=True, slots=True)
class Submission:
    """Takes a send if nothing speaks against it; asks or refuses otherwise."""

    checks: SendChecks
    sends: SendRepository
    rules: NumberRules

    async def submit(
        self,
        draft: SendDraft,
        actor: Person,
        origin: Origin,
        *,
        key: str,
        problems: Iterable[Problem] = (),
        changes: Send | None = None,
    ) -> Taken | Confirm | Outdated | Refused:
        """Take a draft. With one `key`, twice is once; `problems` are those of reading it.

        `changes` is a send that has not gone out, whose place it takes.

        Raises NotAllowed if this person may send nothing, and TryLater.
        """
        permission = await self.checks.access.check(
            actor.id, draft.template, origin.channel, is_test=draft.is_test
        )
        refusal = permission.refusal
        if draft.template and not refusal and not is_filled_for(draft, permission.template):
            return Outdated()
        try:
            readings = self._readings(draft, permission, problems)
        except FixTheForm as error:
            return Refused(error.problems, refusal.helpers if refusal else ())
        phone = draft.chosen(readings)
        follows = changes.id if changes else None
        approval = await self.checks.approvals.look_up(
            permission, phone.digits if phone else "", is_test=draft.is_test, follows=follows
        )
        wanted = Wanted(draft.template, readings, phone, draft.send_at, changes, approval=approval)
        make = partial(
            make_request, draft, permission.template, user=actor.id, origin=origin, key=key
        )
        # Whoever confirmed something is asked about it in full.
        if not (changes or draft.confirmed) and (
            taken := await self._take_at_once(permission, wanted, make)
        ):
            return taken
        return await self._take_asked(permission, wanted, make, draft.confirmed)

    async def _take_at_once(
        self, permission: Permission, wanted: Wanted, make: Callable[[Phone], SendRequest]
    ) -> Taken | Refused | None:
        """Take it if nothing is known of its number, as of most: that is found while it is taken.

        None if something is, or has to be asked anyway.
        """
        if wanted.phone is None:
            return None
        asked = await self.checks.ask(permission, wanted, known=NOTHING)
        if asked.against:
            return None
        request = with_approval(make(wanted.phone), asked)
        taken = await self.sends.take_unless_known(request, asked.told.window)
        return _refused_or_taken(taken) if taken else None

    async def _take_asked(
        self,
        permission: Permission,
        wanted: Wanted,
        make: Callable[[Phone], SendRequest],
        confirmed: frozenset[Subject],
    ) -> Taken | Confirm | Refused:
        """Take it once all that is known of it was asked about."""
        while True:
            asked = await self.checks.ask(permission, wanted)
            left = gate.unanswered(asked.against, confirmed)
            if refusing := [each for each in left if each.verdict is Verdict.REFUSE]:
                return _refused(refusing)
            if left or wanted.phone is None:
                return Confirm(left, wanted.readings)
            request = dataclasses.replace(
                make(wanted.phone),
                overrode=tuple(dict.fromkeys(str(each.key) for each in asked.against)),
                changed_from=wanted.changes.id if wanted.changes else None,
            )
            taken = await self._take(with_approval(request, asked), asked.told)
            if taken is not None:
                return taken
            # Somebody sent the same at this very moment: that is asked about, too.

    def _readings(
        self, draft: SendDraft, permission: Permission, problems: Iterable[Problem]
    ) -> tuple[Phone, ...]:
        """Return what the number may mean. Raises FixTheForm with all that is wrong, at once."""
        wrong = problems_of_values(draft, permission.template)
        return draft.check(self.rules, *problems, *wrong, *_as_problems(permission.refusal))

    async def retry(self, old: Send, actor: Person) -> Taken | Refused:
        """Send anew what a person says did not arrive, once; it goes on in the old one's thread.

        Raises NotAllowed if this person may send nothing, and TryLater.
        """
        request = retry_of(old, user=actor.id)
        asked, against = await self._against(request)
        if against:
            return _refused(against)
        if taken := await self.sends.send_again(with_approval(request, asked), asked.told):
            return Taken(taken)
        # Somebody decided it already, or sent the same at this very moment.
        _, against = await self._against(request)
        return _refused(against or [Reason(Verdict.REFUSE, "button.decided", "")])

    async def ask_again(self, old: Send, actor: Person) -> Taken | Refused:
        """Ask anew to approve what nobody approved in time, once; it goes on in its thread.

        Raises NotAllowed if this person may send nothing, and TryLater.
        """
        if old.reason != EXPIRED:
            return _refused([Reason(Verdict.REFUSE, "button.decided", "")])
        wanted, request = old.request.send_at, retry_of(old, user=actor.id)
        if wanted and wanted.instant > self.checks.now():
            request = dataclasses.replace(request, send_at=wanted)
        asked, against = await self._against(request)
        if against:
            return _refused(against)
        taken = await self.sends.take(with_approval(request, asked), asked.told)
        if taken.how is sends.Taken.NEW:
            return Taken(taken.send.id)
        # It was asked already, or somebody sent the same at this very moment.
        _, against = await self._against(request)
        return _refused(against or [Reason(Verdict.REFUSE, "approval.asked_again", "")])

    async def _against(self, request: SendRequest) -> tuple[Asked, list[Reason]]:
        """Find what keeps from going out what a button alone asks for: it asks nothing more."""
        asked = await self.checks.look_again(request)
        return asked, asked.against[:1]

    async def _take(self, request: SendRequest, told: Told) -> Taken | Refused | None:
        if request.changed_from:
            changed = await self.sends.take_instead(request, told)
            if changed is None:
                return Refused((Problem(gate.TEMPLATE, "button.too_late_to_change"),))
            taken = changed
        else:
            taken = await self.sends.take(request, told)
        if taken.how is sends.Taken.DUPLICATE:
            return None
        return _refused_or_taken(taken)


def with_approval(request: SendRequest, asked: Asked) -> SendRequest:
    """Let a request wait for a second person if the gate says so."""
    mark = asked.approval_mark
    return dataclasses.replace(request, needs_approval=bool(mark), approval_mark=mark)


def make_request(
    draft: SendDraft,
    template: Template | None,
    phone: Phone,
    *,
    user: str,
    origin: Origin,
    key: str,
) -> SendRequest:
    """Make the request of a draft that was checked, with its values as the customer reads them."""
    shown = contents(draft, template)
    return SendRequest(
        id=new_id(),
        key=key,
        template=draft.template,
        phone=phone.digits,
        country=phone.country,
        client_name=shown.client_name,
        group=shown.group,
        assign=draft.assign,
        params=shown.params,
        user=user,
        origin=origin,
        template_name=template.name if template else "",
        is_test=draft.is_test,
        send_at=draft.send_at,
        corrects=draft.corrects,
    )


def _refused_or_taken(taken: sends.TakenSend) -> Taken | Refused:
    """Refuse what was taken before with other contents."""
    if taken.how is sends.Taken.CHANGED:
        return Refused((Problem(gate.TEMPLATE, "form.taken"),))
    return Taken(taken.send.id)


def _as_problems(reason: Reason | None) -> tuple[Problem, ...]:
    return (Problem(reason.field, reason.key, reason.values),) if reason else ()


def _refused(reasons: Iterable[Reason]) -> Refused:
    found = tuple(reasons)
    helpers = dict.fromkeys(one for each in found for one in each.helpers)
    problems = tuple(problem for each in found for problem in _as_problems(each))
    return Refused(problems, tuple(helpers))
