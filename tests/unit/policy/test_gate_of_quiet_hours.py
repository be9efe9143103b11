"""The gate in quiet hours: who is asked, what waits, and what is said."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.locales import LANGUAGES, load
from bot.phones import Phone
from bot.policy import gate
from bot.policy.gate import GateInput, Reason, Verdict
from bot.policy.limits import Limits
from bot.policy.quiet_hours import QuietFor, applies, parse
from bot.slack.send_form import confirmation
from bot.templates import Category, Quiet, Template
from tests.builders.sends import TEMPLATE, make_send_request
from tests.builders.templates import make_template
from tests.unit.policy.fakes import person

NIGHT = datetime(2026, 5, 3, 7, 14, tzinfo=UTC)  # 02:14 in Panama, a Sunday
DAY = NIGHT + timedelta(hours=8)
PANAMA = Phone("50761234567", "PA")
NOWHERE = Phone("88312345678", "")  # an international network: no place has it
HOURS = parse("20:00-08:00")
ASKED = GateInput(
    person("U0ALICE0001"),
    TEMPLATE,
    None,
    NIGHT,
    (PANAMA,),
    PANAMA,
    limits=Limits(quiet_hours=HOURS),
)
TEMPLATES = [
    None,
    *(
        make_template(category=category, quiet=own)
        for category in Category
        for own in (None, *Quiet)
    ),
]


def reasons(**changes: object) -> list[Reason]:
    given = replace(ASKED, **changes)  # type: ignore[arg-type]
    return [each for each in gate.ask(given) if each.subject[0] == gate.QUIET]


@pytest.mark.parametrize(
    ("template", "now", "quiet_for", "is_taken"),
    [*itertools.product(TEMPLATES, [NIGHT, DAY], QuietFor, [False, True])],
)
def test_whoever_submits_is_asked_and_what_was_taken_waits(
    template: Template | None, now: datetime, quiet_for: QuietFor, *, is_taken: bool
) -> None:
    limits = Limits(quiet_hours=HOURS, quiet_for=quiet_for)
    taken = make_send_request() if is_taken else None

    found = reasons(template=template, now=now, limits=limits, taken=taken)

    category, own = (template.category, template.quiet) if template else ("", None)
    is_kept = applies(category=category, template=own, quiet_for=quiet_for) and now == NIGHT
    verdict = Verdict.HOLD if is_taken else Verdict.CONFIRM
    assert [each.verdict for each in found] == [verdict] * is_kept
    for each in found:
        assert each.until == datetime(2026, 5, 3, 13, tzinfo=UTC)
        assert gate.unanswered(found, {("quiet", PANAMA.digits)}) == ()


def test_without_the_setting_nothing_is_asked() -> None:
    assert reasons(limits=Limits()) == []


@pytest.mark.parametrize("is_taken", [False, True])
def test_where_nobody_knows_the_place_a_person_is_asked_and_nothing_waits(
    *, is_taken: bool
) -> None:
    taken = make_send_request(phone=NOWHERE.digits) if is_taken else None

    found = reasons(phone=NOWHERE, readings=(NOWHERE,), taken=taken)

    assert [each.key for each in found] == ["quiet.no_zone"] * (not is_taken)


def test_where_quiet_hours_do_not_end_it_is_looked_at_again_after_a_day() -> None:
    always = Limits(quiet_hours=replace(HOURS, open=((),) * 7))  # type: ignore[type-var]

    (found,) = reasons(limits=always, taken=make_send_request())

    assert (found.key, found.until) == ("quiet.long", NIGHT + timedelta(days=1))


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_said_how_late_it_is_there_and_until_when_by_both_clocks(language: str) -> None:
    translator = load(language)
    (found,) = reasons()

    text = confirmation.said(found, translator)

    assert "02:14" in text
    assert translator.place("America/Panama") in text
    assert "08:00" in text
    assert f"<!date^{int(datetime(2026, 5, 3, 13, tzinfo=UTC).timestamp())}^" in text
    assert len(text) <= confirmation.ALERT_LIMIT


@pytest.mark.parametrize(
    ("language", "weekday"), [("en", "Monday"), ("es", "lunes"), ("pt", "segunda-feira")]
)
def test_another_day_is_named(language: str, weekday: str) -> None:
    """Colombia's rule: never on Sundays."""
    medellin = Phone("573211234567", "CO")
    limits = Limits(quiet_hours=parse("CO"))
    (found,) = reasons(phone=medellin, readings=(medellin,), limits=limits)

    assert f"{weekday} 07:00" in confirmation.said(found, load(language))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", ["quiet.long", "quiet.no_zone"])
def test_every_other_reason_has_its_sentence(language: str, key: str) -> None:
    values = {"zone": "America/Panama", "local": NIGHT.isoformat()} if key == "quiet.long" else {}
    reason = Reason(Verdict.CONFIRM, key, values=values)

    assert "{" not in confirmation.said(reason, load(language))


def test_what_is_said_first_is_what_can_not_be_overridden() -> None:
    order = [each.name for each in sorted(Verdict, reverse=True)]

    assert order == ["REFUSE", "HOLD", "CONFIRM"]
