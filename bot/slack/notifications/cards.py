"""What a channel sees of a send: its card, and under it the outcome. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.locales import Translator
from bot.policy.people import can_be_helped
from bot.privacy import masked
from bot.sends import HELD, Send, SendRequest, Status
from bot.slack.platform.blocks import (
    Block,
    Element,
    actions,
    context,
    rich_text,
    rich_text_piece,
    rich_text_quote,
    section,
)
from bot.slack.platform.elements import button, confirm, link_button
from bot.typed_text import visible

PANEL_URL = "https://app.atomchat.io/"
EVENT_TYPE = "whatsapp_template"

CANCEL = "cancel"
RESOLVE_SENT = "resolve_sent"
RETRY = "retry"
OPEN_PANEL = "open_panel"
ACTIONS = (CANCEL, RESOLVE_SENT, RETRY, OPEN_PANEL)

EMOJI = {
    Status.QUEUED: ":hourglass_flowing_sand:",
    Status.SENDING: ":outbox_tray:",
    Status.SENT: ":white_check_mark:",
    Status.PENDING: ":clock3:",
    Status.REJECTED: ":no_entry:",
    Status.FAILED: ":x:",
    Status.CANCELLED: ":heavy_multiplication_x:",
    Status.UNKNOWN: ":warning:",
}
# The sender is called to a thread only when something is theirs to do.
CALLS_SENDER = frozenset({Status.REJECTED, Status.FAILED, Status.UNKNOWN})
# Why a send that was unknown ended: somebody said so.
ARRIVED, NOT_ARRIVED = "arrived", "not_arrived"


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


def card(send: Send, words: Translator) -> Message:
    """Draw the head of a send's thread: status, template, masked number, sender."""
    status = words(f"status.{send.status}")
    summary = words(
        "card.summary",
        emoji=EMOJI[send.status],
        status=status,
        template=named(send.request),
        phone=send.masked_phone,
    )
    known = facts(send, words)
    blocks: list[Block] = [section(summary), context(" · ".join(known))]
    text = [summary, *known]
    if send.waits:
        why = waiting(send, words)
        text.append(why)
        blocks += [section(why), actions([_cancel_button(send, words)])]
    return Message(" · ".join(text), blocks, metadata(send))


def neutral(send: Send, words: Translator) -> Message:
    """Draw a card that says only what never changes, so that nobody need ever correct it."""
    summary = words("card.neutral", template=named(send.request), phone=send.masked_phone)
    asked = _asked(send.request, words)
    blocks: list[Block] = [section(summary), context(" · ".join(asked))]
    return Message(" · ".join([summary, *asked]), blocks, None)


def facts(send: Send, words: Translator) -> list[str]:
    """Say what stands on a card beside its status, and who decided."""
    decided = f"card.decided.{send.reason}"
    said_by = [words(decided, user=f"<@{send.decided_by}>")] if send.decided_by else []
    return _asked(send.request, words) + said_by


def _asked(request: SendRequest, words: Translator) -> list[str]:
    """Say what was settled when it was asked for."""
    facts = [words("card.sender", user=f"<@{request.user}>")]
    if request.is_test:
        facts.append(words("card.test"))
    if request.replaces:
        facts.append(words("card.replaces", send=escape(request.replaces)))
    return facts


def outcome(send: Send, words: Translator, *, note: str = "", in_private: bool = False) -> Message:
    """Say what is known, in one line, with what can be done next; `note`: why it stands here.

    Atom's own words are whole only where nobody but the sender reads them.
    """
    whole = send
    send = send if in_private else for_all(send)
    line = outcome_line(send, words)
    if send.status in CALLS_SENDER:
        line = f"<@{send.request.user}> {line}"
    blocks: list[Block] = [section(line)]
    text = [line]
    blocks += quote_of(send, words)
    text += said(send, words)
    if send != whole:
        hidden = words("outcome.hidden", send=escape(send.id))
        blocks.append(context(hidden))
        text.append(hidden)
    if send.status in CALLS_SENDER:
        blocks.append(context(reference(send, words)))
        text.append(reference(send, words))
    if note:
        blocks.append(context(note))
        text.append(note)
    if buttons := _buttons(send, words):
        blocks.append(actions(buttons))
    return Message("\n".join(text), blocks, metadata(send))


def said(send: Send, words: Translator) -> list[str]:
    """Give Atom's words as text, if it said anything."""
    if not send.said:
        return []
    return [f"{words('outcome.said')} {escape(send.said)}"]


def quote_of(send: Send, words: Translator) -> list[Block]:
    """Give Atom's words as blocks, if it said anything."""
    if not send.said:
        return []
    return [context(words("outcome.said")), quote(send.said)]


def for_all(send: Send) -> Send:
    """Hide the number, the names and the values of a send in what Atom says of it."""
    return replace(
        send,
        said=masked(send.said, send),
        conversation=masked(send.conversation, send),
        execution_id=masked(send.execution_id, send),
    )


def needs_buttons(send: Send) -> bool:
    """Whether people must be able to press something, so that the message may not vanish."""
    return send.waits or send.status is Status.UNKNOWN


def may_change(send: Send) -> bool:
    """Whether what its card says may turn untrue: it goes on, or a person may still decide."""
    # What did not arrive follows the try that replaces it.
    open_ended = send.status is Status.UNKNOWN or send.reason == NOT_ARRIVED
    return open_ended or not send.status.is_final


def outcome_line(send: Send, words: Translator) -> str:
    """Say what is known of a send that has come to its end, in a sentence or two."""
    values: dict[str, str | int] = {
        "emoji": EMOJI[send.status],
        "conversation": quoted(send.conversation),
        "user": f"<@{send.decided_by}>" if send.decided_by else "",
        "status": send.http_status,
    }
    key = f"outcome.{send.reason}"
    if send.reason == "sent" and not send.conversation:
        key = "outcome.sent_no_conversation"
    if not words.has(key):
        # A refusal at the last moment: its own sentence says why.
        why = words(send.reason)
        if can_be_helped(send.reason):
            why = f"{why} {words('outcome.who_helps')}"
        return words("outcome.refused", emoji=EMOJI[send.status], why=why)
    return words(key, **values)


def waiting(send: Send, words: Translator) -> str:
    """Say why a send waits, and when it is tried again."""
    if send.reason == HELD:
        # Nothing of it is the sender's to know: the admins were told what to do.
        return words("waiting.atom.held")
    if send.reason.startswith("quiet.") and send.next_try:
        return words("waiting.quiet", until=clock(send.next_try, day=True))
    return words(
        "card.waiting",
        why=words(f"waiting.{send.reason}"),
        tries=send.tries,
        next_try=clock(send.next_try) if send.next_try else "",
        give_up_at=clock(send.give_up_at, day=True),
    )


def clock(moment: datetime, *, day: bool = False) -> str:
    """Show a moment in each reader's own time zone (docs: date formatting)."""
    form = "{date_short_pretty} {time}" if day else "{time_secs}"
    return f"<!date^{int(moment.timestamp())}^{form}|{moment:%Y-%m-%d %H:%M:%S} UTC>"


def reference(send: Send, words: Translator) -> str:
    """Say by which names a send can be looked up, here and at Atom's."""
    parts = [words("outcome.reference", send=escape(send.id))]
    if send.execution_id:
        parts.append(words("outcome.atom_reference", id=_id(send.execution_id)))
    return " · ".join(parts)


def _buttons(send: Send, words: Translator) -> list[Element]:
    panel = link_button(OPEN_PANEL, words("button.open_panel"), PANEL_URL)
    if send.status is Status.PENDING:
        return [panel]
    if send.status is not Status.UNKNOWN:
        return []
    asking = confirm(
        words("confirm.retry.title"),
        words("confirm.retry.text", phone=send.masked_phone),
        yes=words("confirm.retry.yes"),
        no=words("confirm.no"),
        danger=True,
    )
    return [
        button(RESOLVE_SENT, words("button.resolve_sent"), send.id),
        button(RETRY, words("button.retry"), send.id, style="danger", asking=asking),
        panel,
    ]


def _cancel_button(send: Send, words: Translator) -> Element:
    return button(CANCEL, words("button.cancel"), send.id)


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
