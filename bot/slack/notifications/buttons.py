"""What can be pressed under a send, by what can be done about it now. Pure."""

from collections.abc import Callable

from bot.locales import Translator
from bot.sends import EXPIRED, PAUSED, Send, Status
from bot.slack.platform import action_ids
from bot.slack.platform.blocks import Element
from bot.slack.platform.elements import button, confirm, link_button

PANEL_URL = "https://app.atomchat.io/"

CANCEL = "cancel"
UNDO = "undo"
SEND_NOW = "send_now"
RESOLVE_SENT = "resolve_sent"
RESOLVE_NOT_SENT = "resolve_not_sent"
RETRY = "retry"
ASK_AGAIN = "ask_again"
APPROVE = "approve"
REFUSE = "refuse"
OPEN_PANEL = "open_panel"
DETAILS = "details"
# What a press alone does; the form and the modal that others open are not among them.
ACTIONS = (CANCEL, UNDO, SEND_NOW, RESOLVE_SENT, RESOLVE_NOT_SENT, RETRY, ASK_AGAIN, OPEN_PANEL)

# Why a send that was unknown ended, or stays so: somebody said it.
ARRIVED, NOT_ARRIVED, LEFT = "arrived", "not_arrived", "left"


def decision(send: Send) -> str:
    """Name what a person decided about a send; empty if nobody did.

    What did not arrive and is left stays unknown: what Atom said of it stands as it was.
    """
    if not send.decided_by or send.arrival:
        return ""
    return LEFT if send.status is Status.UNKNOWN else send.reason


def asks(send: Send) -> bool:
    """Whether a person must say what became of it."""
    return send.status is Status.UNKNOWN and not send.decided_by


def can_be_corrected(send: Send) -> bool:
    """Whether nothing went out, and no other try takes its place."""
    return send.status in {Status.REJECTED, Status.FAILED} and not send.decided_by


def can_be_tried(send: Send) -> bool:
    """Whether it waits for a moment that a person may bring forward."""
    return send.waits and send.reason != PAUSED and not send.can_be_undone


def details(send: Send, translator: Translator) -> Element:
    """Open all that is known of a send."""
    return button(DETAILS, translator("button.details"), send.id)


def panel(translator: Translator) -> Element:
    """Open Atom's panel."""
    return link_button(OPEN_PANEL, translator("button.open_panel"), PANEL_URL)


def possible(send: Send, translator: Translator) -> list[Element]:
    """Offer what can be decided about a send at this moment."""
    offered: list[tuple[bool, Callable[[Send, Translator], Element]]] = [
        (send.can_be_undone, _undo),
        (can_be_tried(send), _send_now),
        (send.status is Status.SCHEDULED, _send_planned),
        (send.status.is_planned, _change),
        ((send.waits and not send.can_be_undone) or send.status.is_planned, _cancel),
        (asks(send), _resolve_sent),
        (asks(send), _retry),
        (asks(send), _resolve_not_sent),
        (can_be_corrected(send), _correct),
        (send.reason == EXPIRED, _ask_again),
    ]
    return [draw(send, translator) for is_possible, draw in offered if is_possible]


def _send_now(send: Send, translator: Translator) -> Element:
    return button(SEND_NOW, translator("button.send_now"), send.id)


def _send_planned(send: Send, translator: Translator) -> Element:
    return button(SEND_NOW, translator("button.send_planned"), send.id)


def _change(send: Send, translator: Translator) -> Element:
    return button(action_ids.RESCHEDULE, translator("button.change"), send.id)


def _undo(send: Send, translator: Translator) -> Element:
    return button(UNDO, translator("button.undo"), send.id)


def _cancel(send: Send, translator: Translator) -> Element:
    return button(CANCEL, translator("button.cancel"), send.id)


def _resolve_sent(send: Send, translator: Translator) -> Element:
    return button(RESOLVE_SENT, translator("button.resolve_sent"), send.id)


def _resolve_not_sent(send: Send, translator: Translator) -> Element:
    return button(RESOLVE_NOT_SENT, translator("button.resolve_not_sent"), send.id)


def _ask_again(send: Send, translator: Translator) -> Element:
    return button(ASK_AGAIN, translator("button.ask_again"), send.id)


def _correct(send: Send, translator: Translator) -> Element:
    return button(action_ids.CORRECT, translator("button.correct"), send.id)


def _retry(send: Send, translator: Translator) -> Element:
    asking = confirm(
        translator("confirm.retry.title"),
        translator("confirm.retry.text", phone=send.masked_phone),
        yes=translator("confirm.retry.yes"),
        no=translator("confirm.no"),
        danger=True,
    )
    return button(RETRY, translator("button.retry"), send.id, style="danger", asking=asking)
