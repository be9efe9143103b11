"""What the door makes of a form, as far as that depends on the form alone."""

from bot import submission
from bot.errors import Problem
from bot.phones import Phone
from bot.policy import gate
from bot.policy.gate import GateInput, Reason
from bot.policy.people import Person
from bot.sends import SendRequest
from bot.slack import send_form
from bot.templates.draft_values import problems_of_values
from tests.builders.sends import ALICE
from tests.fakes.clock import NOON

PERSON = Person(ALICE, team="T0", deleted=False, is_bot=False, is_guest=False)


def asked(made: send_form.Form, readings: tuple[Phone, ...]) -> tuple[Reason, ...]:
    """Return what a person is asked before the form is taken."""
    draft, _ = made.draft()
    given = GateInput(PERSON, draft.template, made.known, NOON, readings, draft.chosen(readings))
    return gate.unanswered(gate.ask(given), draft.confirmed)


def settled(made: send_form.Form, readings: tuple[Phone, ...]) -> Phone | None:
    """Return the number to send to, or None if the person must look first."""
    draft, _ = made.draft()
    is_asked = any(each.field == gate.PHONE for each in asked(made, readings))
    return None if is_asked else draft.chosen(readings)


def problems_of(made: send_form.Form) -> list[Problem]:
    """Return what is wrong with the values, at the blocks where it is said."""
    draft, problems = made.draft()
    found = [*problems, *problems_of_values(draft, made.known)]
    return list(made.at_blocks(found))


def request_of(made: send_form.Form, phone: Phone) -> SendRequest:
    """Return the request that the form becomes."""
    draft, _ = made.draft()
    return submission.make_request(
        draft, made.known, phone, user=made.user, origin=made.origin, key="V0001"
    )
