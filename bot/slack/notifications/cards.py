"""What a channel sees of a send: its card, and under it the outcome. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.locales import Translator
from bot.policy.people import can_be_helped
from bot.privacy import masked
from bot.sends import (
    DECLINED,
    EXPIRED,
    PAUSED,
    UNDO,
    Send,
    SendRequest,
    Status,
)
from bot.slack.notifications import buttons
from bot.slack.platform.blocks import (
    Block,
    actions,
    context,
    rich_text,
    rich_text_piece,
    rich_text_quote,
    section,
)
from bot.slack.platform.error_messages import moment
from bot.typed_text import visible

EVENT_TYPE = "whatsapp_template"

EMOJI = {
    Status.SCHEDULED: ":alarm_clock:",
    Status.AWAITING_APPROVAL: ":eyes:",
    Status.QUEUED: ":hourglass_flowing_sand:",
    Status.SENDING: ":outbox_tray:",
    Status.SENT: ":white_check_mark:",
    Status.PENDING: ":clock3:",
    Status.REJECTED: ":no_entry:",
    Status.FAILED: ":x:",
    Status.CANCELLED: ":heavy_multiplication_x:",
    Status.UNKNOWN: ":warning:",
}
# Marks that have no meaning inside of others, by what looks like them.
_MARKS = str.maketrans({"*": "\u2217", "~": "\u223c", "`": "'"})
_OUTER_UNDERSCORE = re.compile(r"(?<![^\W_])_|_(?![^\W_])")

# What people are called, by their Slack ids. Whose name nobody knows is mentioned.
Names = Mapping[str, str]
NO_NAMES: Names = {}
# As Slack writes a moment of the next days or weeks.
DAY_AND_TIME = "{date_long_pretty} {time}"
NAME_LIMIT = 80  # characters; Slack's own for a name


@dataclass(frozen=True, slots=True)
class Message:
    """A message for Slack: blocks for eyes, and the same in `text` for everything else."""

    text: str
    blocks: Sequence[Block]
    metadata: dict[str, object] | None

    def arguments(self) -> dict[str, object]:
        """Return what chat.postMessage and chat.update take; nothing in it comes alive."""
        arguments: dict[str, object] = {
            "text": self.text,
            "blocks": [*self.blocks],
            "parse": "none",
            "link_names": False,
            "unfurl_links": False,
            "unfurl_media": False,
        }
        return arguments if self.metadata is None else arguments | {"metadata": self.metadata}


def escape(text: str) -> str:
    """Make text that is not ours harmless in mrkdwn (docs: formatting-message-text).

    Its lines become one, so that it can't look like a line of ours; what nobody sees is dropped,
    so that it can't turn round what stands beside it.
    """
    text = visible(text)
    return " ".join(text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").split())


def named(request: SendRequest) -> str:
    """Return what people see a template called, fit to stand between backticks."""
    return quoted(request.title)


def quoted(text: str) -> str:
    """Make text that is not ours fit to stand between backticks."""
    return escape(text).replace("`", "'")


def unmarked(text: str) -> str:
    """Make text that is not ours fit to stand between asterisks, or where marks would work."""
    return _OUTER_UNDERSCORE.sub("\u02cd", escape(text).translate(_MARKS))


def who(user: str, names: Names) -> str:
    """Name a person without calling them."""
    return unmarked(names[user][:NAME_LIMIT]) if names.get(user) else f"<@{user}>"


def card(send: Send, translator: Translator, names: Names = NO_NAMES) -> Message:
    """Draw the head of a send's thread: two lines, why it waits, and what can be pressed."""
    status = translator(f"status.{send.status}")
    return drawn(send, translator, EMOJI[send.status], [status, *facts(send, translator, names)])


def drawn(send: Send, translator: Translator, emoji: str, small: Sequence[str]) -> Message:
    """Draw a card: its first line with this emoji, these facts in the second one."""
    head = title(send, translator, emoji)
    details = buttons.details(send, translator)
    blocks: list[Block] = [section(head, accessory=details), context(" · ".join(small))]
    text = [head, *small]
    if send.waits or send.status.is_planned:
        why = waiting(send, translator)
        text.append(why)
        blocks.append(context(why))
    if possible := buttons.possible(send, translator):
        blocks.append(actions(possible))
    return Message(" · ".join(text), blocks, metadata(send))


def title(send: Send, translator: Translator, emoji: str) -> str:
    """Say which template goes to whom."""
    name = unmarked(send.request.title)
    return translator("card.title", emoji=emoji, template=name, phone=send.masked_phone)


def neutral(send: Send, translator: Translator, names: Names = NO_NAMES) -> Message:
    """Draw a card that says only what never changes, so that nobody need ever correct it."""
    head = title(send, translator, ":envelope:")
    asked = _asked(send, translator, names)
    accessory = buttons.details(send, translator)
    blocks: list[Block] = [section(head, accessory=accessory), context(" · ".join(asked))]
    return Message(" · ".join([head, *asked]), blocks, None)


def facts(send: Send, translator: Translator, names: Names = NO_NAMES) -> list[str]:
    """Say what stands on a card beside its status: who, when, where at Atom's, who decided."""
    found = _asked(send, translator, names)
    if send.conversation:
        shown = unmarked(for_all(send).conversation[:NAME_LIMIT]).replace("|", "\u2502")
        text = translator("card.conversation", conversation=shown)
        found.append(f"<{buttons.PANEL_URL}|{text}>")
    if send.approved_by:
        found.append(translator("card.approved", user=who(send.approved_by, names)))
    if decided := buttons.decision(send) or send.arrival:
        found.append(translator(f"card.decided.{decided}", user=who(send.decided_by, names)))
    return found


def _asked(send: Send, translator: Translator, names: Names) -> list[str]:
    """Say what was settled when it was asked for."""
    request = send.request
    facts = [who(request.user, names), clock(send.created, form="{time}")]
    if request.is_test:
        facts.append(translator("card.test"))
    if request.replaces:
        facts.append(translator("card.replaces", send=escape(request.replaces)))
    return facts


def outcome(
    send: Send,
    translator: Translator,
    names: Names = NO_NAMES,
    *,
    note: str = "",
    in_private: bool = False,
) -> Message:
    """Say what is known, in one line, with what can be done next; `note`: why it stands here.

    Atom's own words are whole only where nobody but the sender reads them.
    """
    send = send if in_private else for_all(send)
    line = outcome_line(send, translator, names)
    if calls_sender(send):
        line = f"<@{send.request.user}> {line}"
    blocks: list[Block] = [section(line)]
    text = [line]
    blocks += note_of(send, translator)
    text += noted(send, translator)
    blocks += quote_of(send, translator)
    text += said(send, translator)
    if in_private and calls_sender(send):
        # There may be no card beside it that has more.
        blocks.append(context(reference(send, translator)))
        text.append(reference(send, translator))
    if note:
        blocks.append(context(note))
        text.append(note)
    pressed = buttons.possible(send, translator)
    if send.status is Status.PENDING or buttons.asks(send):
        pressed.append(buttons.panel(translator))
    if pressed:
        blocks.append(actions(pressed))
    return Message("\n".join(text), blocks, metadata(send))


def calls_sender(send: Send) -> bool:
    """Whether something is theirs to do, so that they are called to the thread."""
    is_theirs = send.is_late or send.reason in {DECLINED, EXPIRED}
    return is_theirs or buttons.asks(send) or buttons.can_be_corrected(send)


def said(send: Send, translator: Translator) -> list[str]:
    """Give Atom's words as text, if it said anything."""
    if not send.vendor_message:
        return []
    return [f"{translator('outcome.said')} {escape(send.vendor_message)}"]


def quote_of(send: Send, translator: Translator) -> list[Block]:
    """Give Atom's words as blocks, if it said anything."""
    if not send.vendor_message:
        return []
    return [context(translator("outcome.said")), quote(send.vendor_message)]


def noted(send: Send, translator: Translator) -> list[str]:
    """Give what somebody wrote beside their decision as text, if they did."""
    return [f"{translator('outcome.note')} {escape(send.note)}"] if send.note else []


def note_of(send: Send, translator: Translator) -> list[Block]:
    """Give what somebody wrote beside their decision as blocks, if they did."""
    return [context(translator("outcome.note")), quote(send.note)] if send.note else []


def for_all(send: Send) -> Send:
    """Hide the number, the names and the values of a send in what Atom says of it."""
    return replace(
        send,
        vendor_message=masked(send.vendor_message, send),
        note=masked(send.note, send),
        conversation=masked(send.conversation, send),
        execution_id=masked(send.execution_id, send),
    )


def needs_buttons(send: Send) -> bool:
    """Whether people must be able to press something, so that the message may not vanish."""
    return send.waits or send.status.is_planned or buttons.asks(send)


def may_change(send: Send) -> bool:
    """Whether what its card says may turn untrue: it goes on, or a person may still decide."""
    # What did not arrive follows the try that replaces it.
    open_ended = send.status is Status.UNKNOWN or send.reason == buttons.NOT_ARRIVED
    return open_ended or not send.status.is_final


def outcome_line(send: Send, translator: Translator, names: Names = NO_NAMES) -> str:
    """Say what is known of a send that has come to its end, in a sentence or two."""
    values: dict[str, str | int] = {
        "emoji": EMOJI[send.status],
        "conversation": quoted(send.conversation),
        "user": who(send.decided_by, names) if send.decided_by else "",
        "status": send.http_status,
        "when": clock(due(send), form=DAY_AND_TIME),
    }
    key = f"outcome.{buttons.decision(send) or send.reason}"
    if send.reason == "sent" and not send.conversation:
        key = "outcome.sent_no_conversation"
    if not translator.has(key):
        # A refusal at the last moment: its own sentence says why.
        why = translator(send.reason)
        if can_be_helped(send.reason):
            why = f"{why} {translator('outcome.who_helps')}"
        return translator("outcome.refused", emoji=EMOJI[send.status], why=why)
    return translator(key, **values)


def waiting(send: Send, translator: Translator) -> str:
    """Say why a send waits, and until when."""
    if send.status.is_planned:
        return _planned(send, translator)
    if send.reason == UNDO and send.next_try:
        return translator("waiting.undo", when=clock(send.next_try))
    if send.reason == PAUSED:
        # Nothing of it is the sender's to know: the admins were told what to do.
        return translator("waiting.atom.held")
    if send.reason.startswith("quiet.") and send.next_try:
        return translator("waiting.quiet", until=clock(send.next_try, day=True))
    return translator(
        "card.waiting",
        why=translator(f"waiting.{send.reason}"),
        tries=send.tries,
        next_try=clock(send.next_try) if send.next_try else "",
        give_up_at=clock(send.give_up_at, day=True),
    )


def due(send: Send) -> datetime:
    """Return when a send is to go out, or was to."""
    return send.request.send_at.instant if send.request.send_at else send.created


def _planned(send: Send, translator: Translator) -> str:
    when = clock(due(send), form=DAY_AND_TIME)
    if send.is_late:
        return translator("waiting.late", when=when)
    if send.status is Status.SCHEDULED:
        return translator("waiting.scheduled", when=when)
    until = translator("waiting.approval", until=clock(send.due_at or send.created, day=True))
    return (
        f"{until} {translator('waiting.scheduled', when=when)}" if send.request.send_at else until
    )


def clock(at: datetime, *, day: bool = False, form: str = "") -> str:
    """Show a moment in each reader's own time zone (docs: date formatting)."""
    form = form or ("{date_short_pretty} {time}" if day else "{time_secs}")
    return moment(int(at.timestamp()), form, "%Y-%m-%d %H:%M:%S")


def reference(send: Send, translator: Translator) -> str:
    """Say by which names a send can be looked up, here and at Atom's."""
    parts = [translator("outcome.reference", send=escape(send.id))]
    if row := of_list(send, translator):
        parts.append(row)
    if send.execution_id:
        parts.append(translator("outcome.atom_reference", id=_id(send.execution_id)))
    return " · ".join(parts)


def of_list(send: Send, translator: Translator) -> str:
    """Say of which list a send is a row; empty if it is none."""
    request = send.request
    if not request.batch:
        return ""
    return translator("details.list", list=escape(request.batch), line=str(request.batch_line))


def _id(text: str) -> str:
    """Write an id that is not ours; between backticks where it has marks in it."""
    return f"`{quoted(text)}`" if set("*_~`") & set(text) else escape(text)


def quote(text: str) -> Block:
    """Show a text that is not ours, whose marks stay what they are."""
    shown = " ".join(visible(text).split()) or "…"
    return rich_text([rich_text_quote([rich_text_piece(shown)])])


def metadata(send: Send) -> dict[str, object]:
    """Name the send and its status for programs; nothing personal is in it."""
    return {
        "event_type": EVENT_TYPE,
        "event_payload": {"send_id": send.id, "status": str(send.status)},
    }
