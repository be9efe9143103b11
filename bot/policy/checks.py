"""What is asked about a send, at each door and before its call: the access, and the gate."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.errors import NotAllowed
from bot.phones import Phone
from bot.policy import gate
from bot.policy.access import Access, Permission
from bot.policy.gate import Check, GateInput, Reason
from bot.policy.number_facts import NOTHING, NumberLookup
from bot.sends import Send, SendRequest


@dataclass(frozen=True, slots=True)
class SendChecks:
    """Looks up what the gate has to know, and asks it."""

    access: Access
    now: Callable[[], datetime]
    numbers: NumberLookup
    checks: tuple[Check, ...] = gate.CHECKS

    async def ask(
        self,
        permission: Permission,
        template_id: str,
        readings: tuple[Phone, ...] = (),
        phone: Phone | None = None,
        taken: SendRequest | None = None,
        *,
        before_call: bool = False,
    ) -> tuple[Reason, ...]:
        """Ask the gate about what access has been given to. Raises TryLater."""
        digits = taken.phone if taken else phone.digits if phone else ""
        facts = await self.numbers.look_up(digits) if digits else NOTHING
        person = permission.person
        given = GateInput(
            person,
            template_id,
            permission.template,
            self.now(),
            readings=readings,
            phone=phone,
            taken=taken,
            facts=facts,
            helpers=self.access.directory.helpers(),
            # Asked only where it changes what is said; a card is for everybody.
            is_admin=facts.contact is not None
            and not before_call
            and await self.access.is_known_admin(person.id),
        )
        return gate.ask(given, self.checks)

    async def why_not(self, request: SendRequest, *, before_call: bool = False) -> Reason | None:
        """Say why what was checked once may not go out now; None if it may.

        Raises NotAllowed of the person, and TryLater if it can't be looked up now.
        """
        permission = await self.access.check(
            request.user, request.template, request.asked_in, is_test=request.is_test
        )
        if permission.refusal:
            return permission.refusal
        reasons = await self.ask(
            permission, request.template, taken=request, before_call=before_call
        )
        confirmed = {each.subject for each in reasons if each.key in request.overrode}
        return next(iter(gate.unanswered(reasons, confirmed)), None)

    async def check_again(self, send: Send) -> None:
        """Look once more before the call: people, templates and lists change while a send waits.

        Raises NotAllowed, and TryLater if that can't be looked up now.
        """
        if reason := await self.why_not(send.request, before_call=True):
            raise NotAllowed(reason.key, **reason.values)
