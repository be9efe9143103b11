"""A list's card: one message, from the file that is read to the last row's outcome. Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.bulk.batches import Batch, BatchStatus
from bot.locales import Translator
from bot.privacy import MASK
from bot.sends import Status
from bot.slack.bulk import buttons, columns_text, dry_run_view, progress_view
from bot.slack.bulk.names import named
from bot.slack.bulk.shown import EMOJI, Shown
from bot.slack.notifications import cards
from bot.slack.platform.blocks import Block, Element, actions, context, section
from bot.slack.platform.error_messages import short

EVENT_TYPE = "whatsapp_bulk"
# Before these there is nothing that a program could do about it.
NAMED = frozenset(
    {
        BatchStatus.CHECKED,
        BatchStatus.AWAITING_APPROVAL,
        BatchStatus.RUNNING,
        BatchStatus.PAUSED,
        BatchStatus.STOPPED,
        BatchStatus.DONE,
    }
)
TEXT_LIMIT = 3000  # characters of a block's text, Slack's
MESSAGE_LIMIT = 3900  # of a message's own text: chat.update takes no more than 4,000
PEOPLE, SHEET = "people", "sheet"  # of what is said of a file
_A_NUMBER = re.compile(r"\+?\d(?:[\W_]{0,3}\d){5,}")
MOST_BUTTONS = 5  # in one row: more of them wrap on a phone


@dataclass(frozen=True, slots=True)
class _Body:
    """What stands under a card's head."""

    said: Sequence[str] = ()
    small: Sequence[str] = ()
    blocks: Sequence[Block] = ()
    pressed: Sequence[Element] = ()


def build(shown: Shown, translator: Translator, *, note: str = "") -> cards.Message:
    """Draw it as the list stands; `note` says why it stands here."""
    head, facts = title(shown, translator), _facts(shown, translator)
    body = _BODIES[shown.batch.status](shown, translator)
    blocks: list[Block] = [section(head), context(" · ".join(facts))]
    if body.said:
        blocks.append(section(_joined(body.said)))
    blocks += body.blocks
    if small := [*body.small, *([note] if note else [])]:
        blocks.append(context(_joined(small)))
    for start in range(0, len(body.pressed), MOST_BUTTONS):
        blocks.append(actions(body.pressed[start : start + MOST_BUTTONS]))
    text = short("\n".join([" · ".join([head, *facts]), *body.said, *small]), MESSAGE_LIMIT)
    return cards.Message(text, blocks, metadata(shown.batch))


def title(shown: Shown, translator: Translator) -> str:
    """Say which template goes to which list."""
    batch = shown.batch
    emoji = EMOJI[batch.status]
    if batch.status.is_final and shown.progress.undecided:
        emoji = cards.EMOJI[Status.UNKNOWN]
    template = cards.unmarked(batch.title)
    return translator(
        "bulk.card.title", emoji=emoji, template=template, file=file(shown, translator)
    )


def file(shown: Shown, translator: Translator) -> str:
    """Name the file, or what else the rows come from."""
    if found := shown.batch.request.file:
        return named(found.name, in_private=shown.in_private)
    return translator("bulk.card.rows_again")


def metadata(batch: Batch) -> dict[str, object] | None:
    """Name the list and its status for programs; nothing personal is in it."""
    if batch.status not in NAMED:
        return None
    payload = {"batch_id": batch.id, "status": str(batch.status)}
    return {"event_type": EVENT_TYPE, "event_payload": payload}


def _facts(shown: Shown, translator: Translator) -> list[str]:
    batch, names = shown.batch, shown.names
    facts = [
        translator(f"bulk.status.{batch.status}"),
        cards.who(batch.request.user, names),
        cards.clock(batch.created, form="{time}"),
    ]
    if batch.approved_by:
        facts.append(translator("card.approved", user=cards.who(batch.approved_by, names)))
    elif batch.started_by not in {"", batch.request.user}:
        facts.append(translator("bulk.card.started", user=cards.who(batch.started_by, names)))
    return facts


def _reading(shown: Shown, translator: Translator) -> _Body:
    name = file(shown, translator)
    key = "bulk.card.reading" if shown.batch.request.file else "bulk.card.gathering"
    return _Body([translator(key, file=name)], pressed=[buttons.discard(shown.batch, translator)])


def _asking(shown: Shown, translator: Translator) -> _Body:
    batch = shown.batch
    said = [translator("bulk.card.asking"), *_points(columns_text.asked(shown, translator))]
    pressed = [
        buttons.columns(batch, translator, is_needed=True),
        buttons.discard(batch, translator),
    ]
    return _Body(said, _columns(shown, translator), pressed=pressed)


def _unreadable(shown: Shown, translator: Translator) -> _Body:
    return _Body([why_unreadable(shown, translator)], [translator("bulk.card.nothing_sent")])


def why_unreadable(shown: Shown, translator: Translator) -> str:
    """Say why a file is no list, and what to do."""
    batch = shown.batch
    key = batch.reason if translator.has(batch.reason) else "bulk.file.unknown"
    # A sheet's name is somebody's own words; people are named as Slack does it.
    values = {name: _said(name, value, shown) for name, value in batch.values.items()}
    return translator(key, **values)


def _said(name: str, value: str | int, shown: Shown) -> str | int:
    if not isinstance(value, str) or name == PEOPLE:
        return value
    return named(value, in_private=shown.in_private) if name == SHEET else cards.escape(value)


def _checked(shown: Shown, translator: Translator) -> _Body:
    said = [*_points(dry_run_view.counts(shown, translator)), *dry_run_view.plan(shown, translator)]
    return _Body(
        said,
        _columns(shown, translator),
        dry_run_view.messages(shown, translator),
        dry_run_view.pressed(shown, translator),
    )


def _columns(shown: Shown, translator: Translator) -> list[str]:
    """Say which column is what, and that nothing went out."""
    small = [
        columns_text.understood(shown, translator),
        columns_text.unknown(shown, translator),
        translator("bulk.card.nothing_sent"),
    ]
    return [*filter(None, small)]


def _awaiting(shown: Shown, translator: Translator) -> _Body:
    batch = shown.batch
    count = batch.report.sendable(with_recent=batch.with_recent)
    said = [translator("bulk.card.awaiting", count=count), *progress_view.moment(shown, translator)]
    if batch.approve_until:
        until = cards.clock(batch.approve_until, day=True)
        said.append(translator("waiting.approval", until=until))
    pressed = [*_seen(shown, translator), buttons.discard(batch, translator)]
    return _Body(said, [translator("bulk.card.nothing_sent")], pressed=pressed)


def _running(shown: Shown, translator: Translator) -> _Body:
    said = [
        progress_view.bar(shown, translator),
        progress_view.by_status(shown, translator),
        *progress_view.going_on(shown, translator),
    ]
    pressed = [buttons.pause(shown.batch, translator), buttons.stop(shown, translator)]
    return _Body([*filter(None, said)], pressed=pressed)


def _paused(shown: Shown, translator: Translator) -> _Body:
    said = [
        progress_view.why_paused(shown, translator),
        progress_view.bar(shown, translator),
        progress_view.by_status(shown, translator),
        *progress_view.under_way(shown, translator),
    ]
    pressed = [buttons.resume(shown.batch, translator), buttons.stop(shown, translator)]
    return _Body([*filter(None, said)], pressed=pressed)


def _ended(shown: Shown, translator: Translator) -> _Body:
    said = [progress_view.why_ended(shown, translator), *progress_view.result(shown, translator)]
    # Until the last answers are here more may be left to do.
    said += progress_view.under_way(shown, translator)
    return _Body(
        said,
        blocks=note(shown, translator),
        pressed=progress_view.pressed_at_end(shown, translator),
    )


def note(shown: Shown, translator: Translator) -> list[Block]:
    """Give what somebody wrote beside their decision; a channel reads no number in it."""
    note = shown.batch.note
    if not note:
        return []
    text = note if shown.in_private else _A_NUMBER.sub(MASK, note)
    return [context(translator("outcome.note")), cards.quote(text)]


def _seen(shown: Shown, translator: Translator) -> Iterator[Element]:
    if shown.batch.report.messages:
        yield buttons.messages(shown.batch, translator)


def _points(lines: Iterable[str]) -> list[str]:
    return [f"• {line}" for line in lines]


def _joined(lines: Iterable[str]) -> str:
    return short("\n".join(lines), TEXT_LIMIT)


_BODIES = {
    BatchStatus.READING: _reading,
    BatchStatus.ASKING: _asking,
    BatchStatus.UNREADABLE: _unreadable,
    BatchStatus.CHECKED: _checked,
    BatchStatus.AWAITING_APPROVAL: _awaiting,
    BatchStatus.RUNNING: _running,
    BatchStatus.PAUSED: _paused,
    BatchStatus.STOPPED: _ended,
    BatchStatus.DONE: _ended,
}
