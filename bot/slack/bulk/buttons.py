"""What can be pressed under a list. Pure."""

from typing import Final

from bot.bulk.batches import Batch, BatchId
from bot.locales import Translator
from bot.slack.bulk.ids import COLUMNS
from bot.slack.bulk.shown import Shown
from bot.slack.notifications import buttons as of_sends
from bot.slack.platform.blocks import Confirm, Element
from bot.slack.platform.elements import button, confirm
from bot.slack.platform.error_messages import short
from bot.typed_text import visible

# Each one's value is a list's id; of those that start it, with the dry run whose numbers they say.
START: Final = "bulk_start"
START_RECENT: Final = "bulk_start_recent"  # and its value ends in RECENT
PAUSE: Final = "bulk_pause"
RESUME: Final = "bulk_resume"
STOP: Final = "bulk_stop"
RETRY: Final = "bulk_retry"
ARRIVED: Final = "bulk_arrived"
NOT_ARRIVED: Final = "bulk_not_arrived"
UNKNOWN: Final = "bulk_unknown"
FILE: Final = "bulk_file"
MESSAGES: Final = "bulk_messages"

RECENT: Final = ":recent"
SEEN: Final = "@"  # before the moment of a dry run
BATCH: Final = "batch:"  # before a list's id, where a send's could stand
TEXT_LIMIT = 75  # characters of a button, Slack's


def as_asked(batch_id: BatchId) -> str:
    """Write a list's id where a send's could stand."""
    return f"{BATCH}{batch_id}"


def read_asked(value: str) -> BatchId | None:
    """Read a list's id back; None if it is a send's."""
    return BatchId(value.removeprefix(BATCH)) if value.startswith(BATCH) else None


def seen(batch: Batch) -> str:
    """Write a list's id and which dry run of it stands there."""
    return f"{batch.id}{SEEN}{batch.checked.isoformat() if batch.checked else ''}"


def is_seen(value: str, batch: Batch) -> bool:
    """Whether a button was drawn of the dry run that stands now."""
    return value.removesuffix(RECENT) == seen(batch)


def read(value: str) -> BatchId:
    """Read of which list a button is."""
    return BatchId(value.partition(SEEN)[0])


def columns(batch: Batch, translator: Translator, *, is_needed: bool = False) -> Element:
    """Open the form in which a person says which column is what."""
    text = translator("button.bulk_columns")
    return button(COLUMNS, text, batch.id, style="primary" if is_needed else "")


def messages(batch: Batch, translator: Translator) -> Element:
    """Show the first messages whole."""
    return button(MESSAGES, translator("button.bulk_messages"), batch.id)


def start(shown: Shown, translator: Translator, *, with_recent: bool = False) -> Element:
    """Let the rows go out; the button and what it asks back name how many, and the template."""
    batch = shown.batch
    count = batch.report.sendable(with_recent=with_recent)
    key = "button.bulk_start_recent" if with_recent else "button.bulk_start"
    room = TEXT_LIMIT - len(translator(key, count=count, template=""))
    text = translator(key, count=count, template=short(visible(batch.title), room))
    asking = _asking(
        "confirm.bulk_start.title",
        translator(
            "confirm.bulk_start.text", count=count, template=short(visible(batch.title), 120)
        ),
        "confirm.bulk_start.yes",
        translator,
    )
    if with_recent:
        return button(START_RECENT, text, f"{seen(batch)}{RECENT}", asking=asking)
    return button(START, text, seen(batch), style="primary", asking=asking)


def pause(batch: Batch, translator: Translator) -> Element:
    """Begin no more calls."""
    return button(PAUSE, translator("button.bulk_pause"), batch.id)


def resume(batch: Batch, translator: Translator) -> Element:
    """Go on."""
    return button(RESUME, translator("button.bulk_resume"), batch.id, style="primary")


def discard(batch: Batch, translator: Translator) -> Element:
    """End a list of which nothing went out."""
    return button(STOP, translator("button.bulk_discard"), batch.id)


def stop(shown: Shown, translator: Translator) -> Element:
    """Cancel all rows whose call has not begun, for good."""
    left = shown.progress.total - shown.ended - shown.progress.under_way
    asking = _asking(
        "confirm.bulk_stop.title",
        translator("confirm.bulk_stop.text", count=left),
        "confirm.bulk_stop.yes",
        translator,
        danger=True,
    )
    text = translator("button.bulk_stop")
    return button(STOP, text, shown.batch.id, style="danger", asking=asking)


def decide_unknown(batch: Batch, count: int, translator: Translator) -> list[Element]:
    """Offer to say what became of all unknown rows at once, or of one after the other."""
    arrived, lost = (
        _asking(
            "confirm.bulk_unknown.title",
            translator(f"confirm.bulk_unknown.{each}", count=count),
            "confirm.bulk_unknown.yes",
            translator,
        )
        for each in ("arrived", "not_arrived")
    )
    return [
        button(ARRIVED, translator("button.bulk_arrived"), batch.id, asking=arrived),
        button(NOT_ARRIVED, translator("button.bulk_not_arrived"), batch.id, asking=lost),
        button(UNKNOWN, translator("button.bulk_unknown"), batch.id),
    ]


def retry(batch: Batch, count: int, translator: Translator) -> Element:
    """Make a list of what surely did not go out."""
    return button(RETRY, translator("button.bulk_retry", count=count), batch.id)


def file(batch: Batch, translator: Translator) -> Element:
    """Hand over the file of all outcomes, as they are by now."""
    return button(FILE, translator("button.bulk_file"), batch.id)


def decide_approval(batch: Batch, translator: Translator) -> list[Element]:
    """Offer what can be decided about one that waits for a second person."""
    value = as_asked(batch.id)
    return [
        button(of_sends.APPROVE, translator("button.approve"), value, style="primary"),
        button(of_sends.REFUSE, translator("button.refuse"), value, style="danger"),
    ]


def _asking(
    title: str, text: str, yes: str, translator: Translator, *, danger: bool = False
) -> Confirm:
    no = translator("confirm.no")
    return confirm(translator(title), text, yes=translator(yes), no=no, danger=danger)
