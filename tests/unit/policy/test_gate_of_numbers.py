"""The gate on what is known of the number: who is not to be written to, and what went before."""

import itertools
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.locales import LANGUAGES, load
from bot.phones import Phone
from bot.policy import gate
from bot.policy.do_not_contact import Contact, Scope, applies
from bot.policy.duplicates import NOT_SENT, Earlier
from bot.policy.gate import GateInput, Reason, Verdict
from bot.policy.limits import Limits
from bot.policy.number_facts import NumberFacts
from bot.policy.people import can_be_helped
from bot.sends import SendId, Status
from bot.slack.send_form import confirmation
from bot.templates import Category, Template
from tests.builders.sends import TEMPLATE, make_send_request
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
        taken=make_send_request() if is_taken else None,
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
    translator = load(language)
    (own,) = gate.ask(replace(ORDINARY, facts=listed(scope), is_admin=True))
    (other,) = gate.ask(replace(ORDINARY, facts=listed(scope)))

    for_admin, for_other = (confirmation.said(each, translator) for each in (own, other))

    assert "`/whatsapp-template allow +50761234567`" in for_admin
    assert f"<@{HELPERS[0]}>" in for_other
    assert "2026-05-03" in for_admin
    assert "2026-05-03" in for_other
    assert "6123" not in for_other


def test_nobody_is_named_where_nobody_is_listed() -> None:
    reason = Reason(Verdict.REFUSE, "refused.do_not_contact", values={"since": "2026-05-03"})

    assert load("en")("refused.ask_owner") in confirmation.said(reason, load("en"))


WINDOW = timedelta(hours=24)
MINUTES = (4, 24 * 60 - 1, 24 * 60)


def sent(
    minutes: int = 4,
    status: Status = Status.SENT,
    send_id: str = "V0001",
    user: str = "U0BRUNO0001",
) -> Earlier:
    due = NOON - timedelta(minutes=minutes)
    return Earlier(SendId(send_id), status, user, due, "C0SOPORTE01", "1.2")


@pytest.mark.parametrize("is_listed", [False, True])
@pytest.mark.parametrize("is_retry", [False, True])
def test_what_was_sent_before_is_asked_about_and_what_refuses_comes_first(
    *, is_listed: bool, is_retry: bool
) -> None:
    for status, minutes, window in itertools.product(Status, MINUTES, [timedelta(0), WINDOW]):
        assert_asked(status, minutes, window, is_listed=is_listed, is_retry=is_retry)


def assert_asked(
    status: Status, minutes: int, window: timedelta, *, is_listed: bool, is_retry: bool
) -> None:
    contact = listed().contact if is_listed else None
    given = replace(
        ORDINARY,
        facts=NumberFacts(contact, (sent(minutes, status),)),
        limits=Limits(window),
        taken=make_send_request(replaces=SendId("V0000")) if is_retry else None,
    )

    reasons = gate.ask(given)

    is_asked = minutes < 24 * 60 and window == WINDOW and status not in NOT_SENT
    expected = [Verdict.REFUSE] * is_listed + [Verdict.CONFIRM] * is_asked
    assert [each.verdict for each in reasons] == expected, (status, minutes, window)
    left = gate.unanswered(reasons, {("duplicate", "V0001")})
    assert [each.verdict for each in left] == [Verdict.REFUSE] * is_listed, (
        status,
        minutes,
        window,
    )
    assert gate.unanswered(reasons, {("duplicate", "V0002")}) == reasons, (status, minutes, window)


KEYS = {
    Status.SENT: "duplicate.sent",
    Status.PENDING: "duplicate.sent",
    Status.UNKNOWN: "duplicate.unsure",
    Status.QUEUED: "duplicate.ahead",
    Status.SENDING: "duplicate.ahead",
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("status", KEYS)
def test_it_is_said_who_sent_it_when_and_how_it_stands(language: str, status: Status) -> None:
    translator = load(language)
    facts = NumberFacts(earlier=(sent(4, status), sent(60, send_id="V0002")))
    (reason,) = gate.ask(replace(ORDINARY, facts=facts, limits=Limits(WINDOW)))

    text = confirmation.said(reason, translator)

    assert reason.key == KEYS[status]
    assert text.startswith("<@U0BRUNO0001> ")
    assert translator.ago(240) in text
    assert translator(f"status.{status}") in text
    assert translator("duplicate.others", count=1) in text
    assert len(text) <= confirmation.ALERT_LIMIT


def test_one_question_is_about_the_nearest_ten_and_a_newer_one_is_asked_anew() -> None:
    many = tuple(sent(60 + n, send_id=f"V{n:04}") for n in range(40))
    given = replace(ORDINARY, facts=NumberFacts(earlier=many), limits=Limits(WINDOW))
    (reason,) = gate.ask(given)
    confirmed = {reason.subject, *reason.also}

    newer = replace(given, facts=NumberFacts(earlier=(*many, sent(1, send_id="V9999"))))

    assert len(confirmed) == gate.MOST_ASKED
    assert gate.unanswered(gate.ask(given), confirmed) == ()
    assert gate.unanswered(gate.ask(newer), confirmed) != ()


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "1 second ago"), (240, "4 minutes ago"), (7200, "2 hours ago"), (86400, "1 day ago")],
)
def test_how_long_ago(seconds: int, said: str) -> None:
    assert load("en").ago(seconds) == said
