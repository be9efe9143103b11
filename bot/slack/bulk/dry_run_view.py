"""What the dry run of a list found, and what Start would do. Pure."""

from collections.abc import Iterator
from datetime import timedelta

from bot.bulk.batches import Report, RowKind
from bot.locales import Translator
from bot.slack.bulk import buttons, columns_text
from bot.slack.bulk.shown import Shown
from bot.slack.notifications import cards
from bot.slack.notifications.message_preview import HIDDEN
from bot.slack.platform.blocks import (
    Block,
    Element,
    rich_text,
    rich_text_piece,
    rich_text_quote,
    rich_text_section,
)
from bot.slack.platform.error_messages import short
from bot.slack.send_form import preview
from bot.templates import Approval, Template
from bot.templates import preview as filled
from bot.typed_text import visible

STEPS = (250, 2_000, 10_000, 100_000)  # people in 24 hours that Meta lets a number write to
MESSAGE_LIMIT = 1000  # characters of one message on a card
MOST_COUNTRIES = 10
LEFT_OUT = (RowKind.WRONG, RowKind.DUPLICATE, RowKind.RECENT, RowKind.REFUSED)


def counts(shown: Shown, translator: Translator) -> Iterator[str]:
    """Say how many rows can go out, and how many can't for what reason."""
    report = shown.batch.report
    yield translator("bulk.card.good", count=report.count(RowKind.GOOD))
    window = translator.duration(shown.rules.duplicate_window / timedelta(seconds=1))
    for kind in LEFT_OUT:
        if count := report.count(kind):
            yield translator(f"bulk.card.{kind}", count=count, window=window)
    if report.unusual:
        yield translator("bulk.card.unusual", count=report.unusual)
    if report.quiet:
        yield _quiet(report, translator)
    yield from columns_text.left_out(shown, translator)


def plan(shown: Shown, translator: Translator) -> Iterator[str]:
    """Say when it would go out, how long that takes, and what stands in the way."""
    report, batch = shown.batch.report, shown.batch
    if not report.sendable(with_recent=True):
        yield translator("bulk.card.nothing_to_send")
        return
    send_at = batch.request.send_at
    if send_at and not shown.is_planned:
        when = cards.clock(send_at.instant, form=cards.DAY_AND_TIME)
        yield translator("bulk.card.moment_past", when=when)
    yield _lasts(shown, translator)
    if report.daily_limit:
        yield _daily(report, translator)
    limit, template = shown.rules.approval_over, shown.template
    is_free = template is not None and bool(template.approval_free)
    if template and template.approval is Approval.ALWAYS and not is_free:
        yield translator("bulk.card.needs_approval")
    elif 0 < limit < report.sendable(with_recent=False):
        yield translator("bulk.card.approval_over", limit=limit)


def messages(shown: Shown, translator: Translator) -> list[Block]:
    """Draw the first messages as their customers read them; in a channel one, without values."""
    if shown.in_private:
        return whole_messages(shown, translator)
    if not shown.template:
        return []
    return [_without_values(shown.template, translator)]


def whole_messages(shown: Shown, translator: Translator) -> list[Block]:
    """Draw the first messages with all that is in them."""
    drawn = []
    for number, text in enumerate(shown.batch.report.messages, start=1):
        title = rich_text_piece(translator("bulk.card.message", number=number), bold=True)
        message = preview.pieces(short(visible(text).strip(), MESSAGE_LIMIT) or "…")
        parts = [rich_text_section([title]), rich_text_quote(message)]
        drawn.append(rich_text(parts, block_id=f"message.{number}"))
    return drawn


def pressed(shown: Shown, translator: Translator) -> list[Element]:
    """Offer what can be done with it."""
    batch, report = shown.batch, shown.batch.report
    offered = []
    if report.sendable(with_recent=False):
        offered.append(buttons.start(shown, translator))
    if report.count(RowKind.RECENT):
        offered.append(buttons.start(shown, translator, with_recent=True))
    if report.messages and not shown.in_private:
        offered.append(buttons.messages(batch, translator))
    if batch.request.file:
        offered.append(buttons.columns(batch, translator))
    return [*offered, buttons.discard(batch, translator)]


def _quiet(report: Report, translator: Translator) -> str:
    by_count = sorted(report.quiet.items(), key=lambda each: (-each[1], each[0]))
    named = [f"{translator.country(code)} {count}" for code, count in by_count[:MOST_COUNTRIES]]
    more = " …" if len(by_count) > MOST_COUNTRIES else ""
    total = sum(report.quiet.values())
    return translator("bulk.card.quiet", count=total, countries=", ".join(named) + more)


def _lasts(shown: Shown, translator: Translator) -> str:
    batch, report = shown.batch, shown.batch.report
    with_recent = not report.sendable(with_recent=False)
    seconds = report.seconds(with_recent=with_recent)
    begins = shown.now
    values = {"rate": translator.decimal(report.rate), "time": translator.duration(seconds)}
    if shown.is_planned and batch.request.send_at:
        begins = batch.request.send_at.instant
        values["when"] = cards.clock(begins, form=cards.DAY_AND_TIME)
    end = cards.clock(begins + timedelta(seconds=seconds), form="{date_short_pretty} {time}")
    key = "bulk.card.lasts_later" if shown.is_planned else "bulk.card.lasts"
    return translator(key, end=end, **values)


def _daily(report: Report, translator: Translator) -> str:
    """Say how it stands to what WhatsApp allows this number in a day."""
    values: dict[str, str | int] = {
        "count": report.reached_after,
        "limit": report.daily_limit,
        "today": report.reached_today,
    }
    if report.reached_after <= report.daily_limit:
        return translator("bulk.card.daily", **values)
    steps = ", ".join(translator.decimal(each) for each in STEPS)
    return translator("bulk.card.daily_over", steps=steps, **values)


def _without_values(template: Template, translator: Translator) -> Block:
    values = {param.name: HIDDEN for param in template.params}
    drawn = preview.draw(
        filled(template, values), translator, title=translator("bulk.card.messages")
    )
    return Block({**drawn, "block_id": "message"})
