"""The gate on what is known of the number: who is not to be written to."""

import itertools
from dataclasses import replace

import pytest

from bot.locales import LANGUAGES, load
from bot.phones import Phone
from bot.policy import gate
from bot.policy.do_not_contact import Contact, Scope, applies
from bot.policy.gate import GateInput, Reason, Verdict
from bot.policy.number_facts import NumberFacts
from bot.policy.people import can_be_helped
from bot.slack.send_form import confirmation
from bot.templates import Category, Template
from tests.builders.sends import TEMPLATE, make_order
from tests.builders.templates import make_template
from tests.fakes.clock import NOON
from tests.unit.policy.fakes import HELPERS, person

PHONE = Phone("50761234567", "PA")
ORDINARY = GateInput(person("U0ALICE0001"), TEMPLATE, None, NOON, (PHONE,), PHONE, helpers=HELPERS)
TEMPLATES = [None, *(make_template(category=each) for each in Category)]


def listed(scope: Scope = Scope.EVERYTHING) -> NumberFacts:
    return NumberFacts(Contact("one", PHONE.digits, scope, NOON))


@pytest.mark.parametrize(
    ("scope", "template", "is_taken", "is_admin"),
    [*itertools.product(Scope, TEMPLATES, [False, True], [False, True])],
)
def test_who_is_not_to_be_written_to_is_refused_and_that_can_not_be_confirmed(
    scope: Scope, template: Template | None, *, is_taken: bool, is_admin: bool
) -> None:
    given = replace(
        ORDINARY,
        template=template,
        facts=listed(scope),
        is_admin=is_admin,
        taken=make_order() if is_taken else None,
    )

    reasons = gate.ask(given)

    is_kept = applies(scope, template.category if template else "")
    assert [each.verdict for each in reasons] == [Verdict.REFUSE] * is_kept
    assert gate.unanswered(reasons, {each.subject for each in reasons}) == reasons
    for each in reasons:
        assert each.values["since"] == "2026-05-03"
        assert each.helpers == (() if is_admin else HELPERS)
        assert can_be_helped(each.key) is not is_admin


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("scope", Scope)
def test_an_admin_is_told_how_to_allow_it_and_others_whom_to_ask(
    language: str, scope: Scope
) -> None:
    words = load(language)
    (own,) = gate.ask(replace(ORDINARY, facts=listed(scope), is_admin=True))
    (other,) = gate.ask(replace(ORDINARY, facts=listed(scope)))

    for_admin, for_other = (confirmation.said(each, words) for each in (own, other))

    assert "`/whatsapp-template allow +50761234567`" in for_admin
    assert f"<@{HELPERS[0]}>" in for_other
    assert "2026-05-03" in for_admin
    assert "2026-05-03" in for_other
    assert "6123" not in for_other


def test_nobody_is_named_where_nobody_is_listed() -> None:
    reason = Reason(Verdict.REFUSE, "refused.do_not_contact", values={"since": "2026-05-03"})

    assert load("en")("refused.ask_owner") in confirmation.said(reason, load("en"))
