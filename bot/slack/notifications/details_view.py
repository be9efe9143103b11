"""All that is known of a send, for those who may see it whole. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.events import BOT, OPERATOR, Event, Kind
from bot.locales import Translator
from bot.sends import Send
from bot.slack.notifications import buttons, cards, message_preview, summary
from bot.slack.platform.blocks import (
    Block,
    Element,
    View,
    actions,
    context,
    modal,
    section,
)
from bot.templates import Template

CALLBACK_ID = "details"
MOST_EVENTS = 40
LINES_IN_BLOCK = 10  # a section takes 3,000 characters


@dataclass(frozen=True, slots=True)
class Details:
    """A send with what is looked up for it."""

    send: Send
    events: Sequence[Event]
    names: cards.Names
    template: Template | None  # the catalogue's, as it is now


def build(details: Details, translator: Translator) -> View:
    """Draw the modal."""
    send, names = details.send, details.names
    status = translator(f"status.{send.status}")
    head = cards.unmarked(send.request.title)
    blocks: list[Block] = [
        section(f"{cards.EMOJI[send.status]} *{head}*\n{_number(send, translator)}"),
        context(" · ".join([status, *cards.facts(send, translator, names)])),
    ]
    if possible := _possible(send, translator):
        blocks.append(actions(possible))
    blocks.append(message_preview.draw(send, details.template, translator))
    blocks += _outcome(send, translator, names)
    blocks.append(section(f"*{translator('details.timeline')}*"))
    blocks += _timeline(details, translator)
    blocks.append(context(cards.reference(send, translator)))
    return modal(
        translator("details.title"),
        blocks,
        close=translator("details.close"),
        callback_id=CALLBACK_ID,
    )


def _possible(send: Send, translator: Translator) -> list[Element]:
    return [*buttons.possible(send, translator), buttons.panel(translator)]


def _number(send: Send, translator: Translator) -> str:
    country = send.request.country
    name = translator.country(country) if country else translator("country.unknown")
    return f"{summary.whole_number(send)} · {name}"


def _outcome(send: Send, translator: Translator, names: cards.Names) -> Iterator[Block]:
    """Say how it stands, with Atom's words whole."""
    if send.waits:
        yield section(cards.waiting(send, translator))
    elif send.status.is_final:
        yield section(cards.outcome_line(send, translator, names))
    yield from cards.note_of(send, translator)
    yield from cards.quote_of(send, translator)


def _timeline(details: Details, translator: Translator) -> Iterator[Block]:
    """Say who did what, and when."""
    events = details.events[-MOST_EVENTS:]
    lines = [_line(each, translator, details.names) for each in events]
    if not lines:
        yield context(translator("details.no_events"))
    for start in range(0, len(lines), LINES_IN_BLOCK):
        yield context("\n".join(lines[start : start + LINES_IN_BLOCK]))


def _line(event: Event, translator: Translator, names: cards.Names) -> str:
    actor = {BOT: translator("details.bot"), OPERATOR: translator("details.operator")}.get(
        event.actor
    )
    who = actor or cards.who(event.actor, names)
    what = _what(event, translator)
    return f"{cards.clock(event.at, form='{date_short_pretty} {time_secs}')} · {who} · {what}"


def _what(event: Event, translator: Translator) -> str:
    key = f"details.{event.kind}"
    if translator.has(f"{key}.{event.why}"):
        return translator(f"{key}.{event.why}")
    if event.kind is Kind.POSTPONED and translator.has(f"waiting.{event.why}"):
        return translator(f"waiting.{event.why}")
    if event.kind in {Kind.CHANGED, Kind.DECIDED, Kind.RECORDED, Kind.POSTPONED}:
        return translator(f"status.{event.after}").strip("*")
    return translator(key)
