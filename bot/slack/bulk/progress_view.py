"""How far a list has come, and how it ended. Pure."""

from collections.abc import Iterator

from bot.bulk.batches import BatchStatus, PauseReason
from bot.locales import Translator
from bot.sends import EXPIRED, Status
from bot.slack.bulk import buttons
from bot.slack.bulk.dry_run_view import LEFT_OUT
from bot.slack.bulk.shown import DECLINED, Shown
from bot.slack.notifications import cards
from bot.slack.platform.blocks import Element

BAR = 20  # characters
DONE, LEFT = "\u2588", "\u2591"
# What a person must decide comes first.
ORDER = (
    Status.UNKNOWN,
    Status.SENT,
    Status.PENDING,
    Status.REJECTED,
    Status.FAILED,
    Status.CANCELLED,
    Status.SENDING,
    Status.QUEUED,
    Status.SCHEDULED,
    Status.AWAITING_APPROVAL,
)


def bar(shown: Shown, translator: Translator) -> str:
    """Draw how many of all rows came to their end."""
    ended, total = shown.ended, shown.progress.total
    # Full only when it is over, and never empty again once something was done.
    done = BAR * ended // total if total else 0
    percent = 100 * ended // total if total else 0
    values = {"percent": percent, "done": ended, "count": total}
    # As it is: Slack writes code in red, as if something were wrong.
    return f"{DONE * done}{LEFT * (BAR - done)} {translator('bulk.card.bar', **values)}"


def by_status(shown: Shown, translator: Translator) -> str:
    """Count the rows by how they stand; empty if there are none."""
    counted = [(status, shown.progress.count(status)) for status in ORDER]
    lines = [
        f"{cards.EMOJI[status]} {translator(f'status.{status}')}: {translator.decimal(count)}"
        for status, count in counted
        if count
    ]
    return " · ".join(lines)


def going_on(shown: Shown, translator: Translator) -> Iterator[str]:
    """Say how fast it goes, how long it still takes, and what is under way."""
    batch, progress = shown.batch, shown.progress
    if not shown.ended and (waits := [*moment(shown, translator)]):
        yield from waits
        return
    left = progress.left + progress.count(Status.SCHEDULED)
    if left and progress.rate:
        time = translator.duration(left / progress.rate)
        yield translator("bulk.card.rate", rate=translator.decimal(progress.rate), time=time)
    elif left and batch.report.rate:
        time = translator.duration(left / batch.report.rate)
        yield translator("bulk.card.time_left", time=time)
    yield from under_way(shown, translator)


def moment(shown: Shown, translator: Translator) -> Iterator[str]:
    """Say when it goes out, if that is still to come."""
    send_at = shown.batch.request.send_at
    if shown.is_planned and send_at:
        when = cards.clock(send_at.instant, form=cards.DAY_AND_TIME)
        yield translator("bulk.card.waits_until", when=when)


def under_way(shown: Shown, translator: Translator) -> Iterator[str]:
    """Say how many calls go on at this moment."""
    if count := shown.progress.under_way:
        yield translator("bulk.card.under_way", count=count)


def why_paused(shown: Shown, translator: Translator) -> str:
    """Say who paused it, or why it paused by itself and what to do."""
    batch = shown.batch
    if batch.reason in set(PauseReason):
        sender = cards.who(batch.request.user, shown.names)
        return translator(f"bulk.paused.{batch.reason}", sender=sender)
    if batch.decided_by:
        return translator("bulk.paused.by", user=cards.who(batch.decided_by, shown.names))
    return translator("bulk.paused")


def why_ended(shown: Shown, translator: Translator) -> str:
    """Say how it came to its end."""
    batch = shown.batch
    by = cards.who(batch.decided_by, shown.names) if batch.decided_by else ""
    if batch.status is BatchStatus.DONE:
        return translator("bulk.card.done", count=shown.progress.total)
    if batch.reason == EXPIRED:
        return translator("bulk.card.expired")
    if batch.reason == DECLINED:
        return translator("bulk.card.declined", user=by)
    if shown.never_began:
        return translator("bulk.card.discarded", user=by) if by else translator("bulk.card.ended")
    return translator("bulk.card.stopped", user=by) if by else translator("bulk.card.stopped_alone")


def result(shown: Shown, translator: Translator) -> Iterator[str]:
    """Say what became of the rows: what a person must decide first."""
    if shown.never_began:
        return
    progress = shown.progress
    if count := progress.undecided:
        yield translator("bulk.card.unknown", count=count)
    if progress.total:
        accepted = progress.count(Status.SENT) + progress.count(Status.PENDING)
        yield translator("bulk.card.accepted", count=accepted)
    if counted := by_status(shown, translator):
        yield counted
    counted_apart = {
        "bulk.card.said_lost": progress.said_lost,
        "bulk.card.skipped": progress.skipped,
        "bulk.card.resting": progress.resting,
        "bulk.card.never_in": _never_in(shown),
    }
    for key, count in counted_apart.items():
        if count:
            yield translator(key, count=count)


def _never_in(shown: Shown) -> int:
    """Count the rows of the file that were no rows of the list."""
    report = shown.batch.report
    count = sum(map(report.count, LEFT_OUT)) if shown.progress.total else 0
    return count - (report.count(LEFT_OUT[2]) if shown.batch.with_recent else 0)


def pressed_at_end(shown: Shown, translator: Translator) -> list[Element]:
    """Offer what is left to do, what a person must decide first."""
    batch, unknown = shown.batch, shown.progress.undecided
    if shown.never_began:
        return []
    offered = buttons.decide_unknown(batch, unknown, translator) if unknown else []
    # Those that rest can be sent again later: then nobody draws this card anew.
    if count := shown.progress.may_go_again or shown.progress.not_sent:
        offered.append(buttons.retry(batch, count, translator))
    return [*offered, buttons.file(batch, translator)]
