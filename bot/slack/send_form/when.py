"""When a send goes out: at once, or later; chosen from a calendar or read from a command's words."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from bot import phones, time_zones, times
from bot.errors import FixTheForm, Problem
from bot.locales import Translator
from bot.phones.zones import zones_of
from bot.policy.gate import Reason
from bot.send_draft import NumberRules
from bot.sends import SendAt
from bot.slack.platform import elements, payloads
from bot.slack.platform.blocks import Block, context, input_block
from bot.slack.platform.error_messages import sentence
from bot.slack.platform.payloads import Payload
from bot.slack.send_form.ids import CHOOSE_TIME, INPUT, OPTION_LIMIT, SEND_AT, SEND_AT_CHOICE, WHEN
from bot.times import Asker, Cut, Moment

KEEP = "keep"  # none of the moments that are offered
LABEL_LIMIT = 2000


@dataclass(frozen=True, slots=True)
class When:
    """What a form has of it; `zone` and `customer_zone` are IANA names, empty if unknown."""

    at: datetime | None = None  # None: at once
    choices: tuple[datetime, ...] = ()  # of which one is to be chosen, or none of them
    question: Problem | None = None  # what is asked; None: whether to wait until the first one
    zone: str = ""
    customer_zone: str = ""

    @property
    def is_asked(self) -> bool:
        """Whether the person must say which moment they mean."""
        return bool(self.choices) or self.question is not None

    def send_at(self) -> SendAt | None:
        """Return the moment as it is kept."""
        zone = time_zones.find(self.zone) or time_zones.find("UTC")
        if self.at is None or zone is None:
            return None
        return SendAt(self.at, times.wall_time(self.at, zone), zone.key, time_zones.version())


NOW = When()


def of_command(found: Cut | None) -> tuple[When, Problem | None]:
    """Return what a command's words said of it, and what is to be told of them."""
    match found.reading if found else None:
        case Moment() as moment:
            return When(moment.instant), None
        case times.Ask(question, choices):
            return When(choices=_instants(choices), question=question), None
        case times.Mistake(problem, instead):
            return When(choices=_instants(instead), question=problem), None
    return NOW, found.note if found else None


def instead_of_quiet(when: When, reasons: Iterable[Reason]) -> When:
    """Return the choice between now and the end of quiet hours, if those speak against it."""
    ends = [
        each.until
        for each in reasons
        if each.subject[0] == "quiet" and each.until and each.values.get("until")
    ]
    return replace(when, choices=(max(ends),), question=None) if ends else when


def placed(when: When, zone: str, phone: str, rules: NumberRules) -> When:
    """Return it with the sender's zone, and the customer's if the number says it."""
    if when == NOW:
        return when
    return replace(when, zone=zone, customer_zone=_zone_of(phone, rules))


def check(when: When, asker: Asker) -> Problem | None:
    """Say what is wrong with a moment by now: a form ages."""
    kept = when.send_at()
    zone = time_zones.find(kept.zone) if kept else None
    if not kept or not zone:
        return None
    found = times.check_again(Moment(kept.instant, kept.wall, zone, kept.rules), asker)
    return found.problem if isinstance(found, times.Mistake) else None


def read(view: Payload, state: Mapping[str, Payload]) -> When:
    """Read it back from a form."""
    picked = state.get(SEND_AT, {}).get("selected_date_time")
    chosen = payloads.chosen(state.get(SEND_AT_CHOICE))
    if isinstance(picked, int) and picked != _proposed(view):
        # Picked after that was asked, and so the answer to it.
        return When(_instant(picked))
    if chosen.isdecimal():
        return When(_instant(int(chosen)))
    if chosen == KEEP or SEND_AT_CHOICE not in state:
        return When(_instant(picked) if isinstance(picked, int) else None)
    options = [
        str(option.get("value"))
        for block in payloads.objects(view, "blocks")
        if block.get("block_id") == SEND_AT_CHOICE
        for option in payloads.objects(payloads.part(block, "element"), "options")
    ]
    offered = tuple(_instant(int(value)) for value in options if value.isdecimal())
    return When(choices=offered, question=Problem(SEND_AT, "form.when.choose"))


def ask(when: When, translator: Translator) -> Iterator[Block]:
    """Ask which moment is meant, on top of the form; nothing goes out before that is answered."""
    if not when.is_asked:
        return
    options = [
        elements.option(_short(each, when, translator), str(int(each.timestamp())))
        for each in when.choices
    ]
    kept = "form.when.as_chosen" if when.at else "form.when.now"
    options.append(elements.option(translator(kept)[:OPTION_LIMIT], KEEP))
    # The end of quiet hours is what most people want; what was asked of their words is theirs.
    chosen = options[0] if when.question is None else None
    question = (
        sentence(when.question, translator) if when.question else translator("form.when.instead")
    )
    yield input_block(
        SEND_AT_CHOICE, question[:LABEL_LIMIT], elements.radio_buttons(INPUT, options, chosen)
    )


def draw(when: When, translator: Translator, action: str = CHOOSE_TIME) -> Iterator[Block]:
    """Draw the calendar, and by both clocks what is chosen in it; `action` names who is told."""
    if when.at:
        # Another calendar for another moment: Slack keeps in the same one what was picked in it.
        action = f"{action}.{int(when.at.timestamp())}"
    picker = elements.date_time_picker(action, when.at)
    yield input_block(
        SEND_AT, translator("form.send_at.label"), picker, optional=True, dispatch_action=True
    )
    yield from line(when, translator)


def line(when: When, translator: Translator) -> Iterator[Block]:
    """Say by both clocks when it goes out."""
    if when.at is None:
        return
    own, *theirs = _shown(when.at, when, translator)
    told = translator("form.when", day=own.day, time=own.time, place=translator.place(own.zone))
    for each in theirs:
        place = translator.place(each.zone)
        told += " · " + translator("form.when.customer", day=each.day, time=each.time, place=place)
    yield context(told, block_id=WHEN)


def _proposed(view: Payload) -> object:
    """Return what stood in the calendar when it was drawn."""
    for block in payloads.objects(view, "blocks"):
        if block.get("block_id") == SEND_AT:
            return payloads.part(block, "element").get("initial_date_time")
    return None


def _shown(at: datetime, when: When, translator: Translator) -> tuple[times.Shown, ...]:
    zone = time_zones.find(when.zone) or time_zones.find("UTC")
    assert zone is not None  # noqa: S101 - UTC is always there
    customers = time_zones.find(when.customer_zone)
    if customers and times.wall_time(at, customers) == times.wall_time(at, zone):
        customers = None  # their clock shows the same
    return times.in_zones(at, zone, customers, translator.language)


def _short(at: datetime, when: When, translator: Translator) -> str:
    own = _shown(at, when, translator)[0]
    return f"{own.day}, {own.time}"[:OPTION_LIMIT]


def _instants(moments: Iterable[Moment]) -> tuple[datetime, ...]:
    return tuple(each.instant for each in moments)


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _zone_of(phone: str, rules: NumberRules) -> str:
    try:
        readings = phones.read(phone, region=rules.region, countries=rules.countries)
    except FixTheForm:
        return ""
    zones = zones_of(readings[0].digits) if len(readings) == 1 else ()
    return zones[0] if len(zones) == 1 else ""
