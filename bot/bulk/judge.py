"""Which rows of a list may go out, by what is known of their numbers: as the gate would say of each."""

import dataclasses
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from bot.bulk.batches import ListRow, RowKind, RowProblem
from bot.bulk.columns import PHONE
from bot.bulk.list_check import Checked
from bot.bulk.tally import Tally
from bot.errors import Problem
from bot.phones import Phone
from bot.phones.canonical import canonical
from bot.phones.zones import zones_of
from bot.policy import gate, quiet_hours
from bot.policy.gate import GateInput
from bot.policy.limits import Limits
from bot.policy.number_facts import NumberFacts
from bot.policy.people import Person
from bot.policy.quiet_hours import Quiet, QuietHours
from bot.templates import Template

RECENT = "bulk.row.recent"
DAY = timedelta(days=1)  # in which WhatsApp counts whom a number wrote to
# None of what is asked here depends on who asks.
_ANYBODY = Person("", team="", deleted=False, is_bot=False, is_guest=False)


@dataclass(frozen=True, slots=True)
class ListFacts:
    """What is known of a list's numbers, by their one form."""

    numbers: Mapping[str, NumberFacts] = field(default_factory=dict)  # of which anything is
    reached: int = 0  # numbers, of this list or not, that were written to within a day
    reached_here: frozenset[str] = frozenset()  # those of them that are of this list


class ListLookup(Protocol):
    """Knows it."""

    async def look_up(self, numbers: Collection[str], plan: "Plan") -> ListFacts:
        """Read what is known of numbers in their one form. Raises TryLater."""
        ...


@dataclass(frozen=True, slots=True)
class Plan:
    """How a list is to go out."""

    template: Template
    due: datetime  # its first row
    rate: float  # rows a second
    limits: Limits
    daily_limit: int = 0  # WHATSAPP_DAILY_LIMIT; 0: off


def numbers_of(rows: Iterable[ListRow]) -> frozenset[str]:
    """Return the numbers that have to be looked up."""
    return frozenset(canonical(row.phone) for row in rows if row.phone)


def judge(checked: Checked, facts: ListFacts, plan: Plan) -> Checked:
    """Say of each row whether it goes out, and of all of them how they stand to the limits."""
    tally = Tally(plan.template)
    rows = tuple(_judged(checked, facts, plan))
    for row in rows:
        tally.count(row)
    good = [row for row in rows if row.kind is RowKind.GOOD]
    new = numbers_of(good) - facts.reached_here
    report = dataclasses.replace(
        tally.put_into(checked.report),
        quiet=_quiet(good, plan),
        rate=plan.rate,
        daily_limit=plan.daily_limit,
        reached_today=facts.reached if plan.daily_limit else 0,
        reached_after=facts.reached + len(new) if plan.daily_limit else 0,
    )
    return Checked(report, rows)


def _judged(checked: Checked, facts: ListFacts, plan: Plan) -> Iterator[ListRow]:
    place = checked.report.places.get(PHONE)
    title = PHONE if place is None else checked.report.titles[place]
    for row in checked.rows:
        known = facts.numbers.get(canonical(row.phone)) if row.phone else None
        found = _against(row, known, plan) if known else None
        if found is None:
            yield row
            continue
        kind, problem = found
        said = (RowProblem(row.line, title, problem),)
        yield dataclasses.replace(row, kind=kind, problems=said)


def _against(row: ListRow, known: NumberFacts, plan: Plan) -> tuple[RowKind, Problem] | None:
    """Ask the gate; None if it has nothing to say."""
    given = GateInput(
        _ANYBODY,
        plan.template.id,
        plan.template,
        plan.due,
        phone=Phone(row.phone, row.country),
        send_at=plan.due,
        facts=known,
        limits=plan.limits,
    )
    for reason in gate.stopped(given):
        return RowKind.REFUSED, Problem(PHONE, reason.key, reason.values)
    # What repeats an earlier row goes out in no case.
    for reason in gate.duplicate(given) if row.kind is RowKind.GOOD else ():
        # The gate's own sentence names people as Slack does; this one goes into files, too.
        return RowKind.RECENT, Problem(PHONE, RECENT, {"id": reason.subject[1]})
    return None


def _quiet(good: Iterable[ListRow], plan: Plan) -> Mapping[str, int]:
    """Count by country the rows that will wait for the end of quiet hours, as their turn comes."""
    hours, template = plan.limits.quiet_hours, plan.template
    applies = quiet_hours.applies(
        category=template.category, template=template.quiet, quiet_for=plan.limits.quiet_for
    )
    if hours is None or not applies:
        return {}
    clock = _Clock(hours)
    found = Counter[str]()
    for place, row in enumerate(good):
        turn = plan.due + timedelta(seconds=place / plan.rate)
        found[row.country] += clock.is_quiet(turn, zones_of(row.phone))
    return {country: count for country, count in found.items() if count}


class _Clock:
    """Says for many numbers whether it is quiet, by the minute."""

    def __init__(self, hours: QuietHours) -> None:
        self._hours = hours
        self._known: dict[tuple[int, tuple[str, ...]], bool] = {}

    def is_quiet(self, moment: datetime, zones: tuple[str, ...]) -> bool:
        key = (int(moment.timestamp()) // 60, zones)
        if key not in self._known:
            self._known[key] = isinstance(quiet_hours.look(self._hours, moment, zones), Quiet)
        return self._known[key]
