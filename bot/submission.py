"""The one door: every send is checked, allowed, asked about and taken here, wherever it comes from."""

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass

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
from bot.send_draft import NumberRules, SendDraft
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
        given = _HandedIn(draft, actor, origin, key, tuple(problems), changes)
        # Whoever changes or confirmed something is asked about it in full.
        if not (changes or draft.confirmed) and (taken := await self._take_at_once(given)):
            return taken
        permission = await self.checks.access.check(
            actor.id, draft.template, origin.channel, is_test=draft.is_test
        )
        wanted = await self._wanted(given, permission)
        if not isinstance(wanted, Wanted):
            return wanted
        return await self._take_asked(given, permission, wanted)

    async def _wanted(
        self, given: "_HandedIn", permission: Permission
    ) -> Wanted | Outdated | Refused:
        """Read what is wanted, or say what is wrong with it as it is."""
        draft, refusal = given.draft, permission.refusal
        if draft.template and not refusal and not is_filled_for(draft, permission.template):
            return Outdated()
        try:
            readings = self._readings(draft, permission, given.problems)
        except FixTheForm as error:
            return Refused(error.problems, refusal.helpers if refusal else ())
        phone, changes = draft.chosen(readings), given.changes
        approval = await self.checks.approvals.look_up(
            permission,
            phone.digits if phone else "",
            is_test=draft.is_test,
            follows=changes.id if changes else None,
        )
        return Wanted(draft.template, readings, phone, draft.send_at, changes, approval=approval)

    async def _take_at_once(self, given: "_HandedIn") -> Taken | Refused | None:
        """Take it if all is as it is known here, and nothing of its number: so most of them are.

        Whether that holds is found where it is written down. None if it does not, or if something
        is to be asked or said anyway.
        """
        draft = given.draft
        permission = await self.checks.access.check_by_last(
            given.actor.id, draft.template, given.origin.channel, is_test=draft.is_test
        )
        if permission is None:
            return None
        wanted = await self._wanted(given, permission)
        if not isinstance(wanted, Wanted) or wanted.phone is None:
            return None
        asked = await self.checks.ask(permission, wanted, known=NOTHING)
        if asked.against:
            return None
        request = with_approval(given.request(permission.template, wanted.phone), asked)
        taken = await self.sends.take_unless_known(
            request, asked.told.window, revision=permission.revision
        )
        return _refused_or_taken(taken) if taken else None

    async def _take_asked(
        self, given: "_HandedIn", permission: Permission, wanted: Wanted
    ) -> Taken | Confirm | Refused:
        """Take it once all that is known of it was asked about."""
        while True:
            asked = await self.checks.ask(permission, wanted)
            left = gate.unanswered(asked.against, given.draft.confirmed)
            if refusing := [each for each in left if each.verdict is Verdict.REFUSE]:
                return _refused(refusing)
            if left or wanted.phone is None:
                return Confirm(left, wanted.readings)
            request = dataclasses.replace(
                given.request(permission.template, wanted.phone),
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


@dataclass(frozen=True, slots=True)
class _HandedIn:
    """A draft, who hands it in and where, and what was found wrong with it so far."""

    draft: SendDraft
    actor: Person
    origin: Origin
    key: str
    problems: tuple[Problem, ...]
    changes: Send | None

    def request(self, template: Template | None, phone: Phone) -> SendRequest:
        return make_request(
            self.draft, template, phone, user=self.actor.id, origin=self.origin, key=self.key
        )


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
