"""What people read who are asked to approve a send, and what stands there once it is decided. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.locales import Translator
from bot.sends import DECLINED, EXPIRED, Send, Status
from bot.slack.notifications import buttons, cards, message_preview
from bot.slack.notifications.summary import whole_number
from bot.slack.platform.blocks import Block, Element, actions, context, section
from bot.slack.platform.elements import button
from bot.templates import Template

EMOJI = ":eyes:"


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it stands in one place."""

    send: Send
    template: Template | None  # the catalogue's, as it is now
    here: Sequence[str] = ()  # who is called to it, as Slack's ids
    elsewhere: Sequence[str] = ()  # who is asked by direct message
    is_open: bool = False  # others may decide, too
    is_private: bool = False  # only somebody who may decide reads it

    @property
    def can_be_decided(self) -> bool:
        """Whether somebody reads it who may decide."""
        return self.is_private or bool(self.here) or self.is_open


def ask(question: Question, translator: Translator, names: cards.Names) -> cards.Message:
    """Draw the question: who asks for what, the message, until when, and the buttons."""
    send = question.send
    number = whole_number(send) if question.is_private else send.masked_phone
    head = translator(
        "approval.ask",
        emoji=EMOJI,
        user=cards.who(send.request.user, names),
        template=cards.unmarked(send.request.title),
        phone=number,
    )
    called = [*_called(question, translator, names)]
    small = when(send, translator)
    blocks: list[Block] = [section("\n".join([head, *called]))]
    # Its values are for whoever decides, in private or in Details, and not for a whole channel.
    hides = not question.is_private
    blocks.append(message_preview.draw(send, question.template, translator, hides_values=hides))
    blocks.append(context(small))
    if question.can_be_decided:
        pressed = decide(send, translator)
        # In a thread the card above has it.
        pressed += [buttons.details(send, translator)] if question.is_private else []
        blocks.append(actions(pressed))
    return cards.Message("\n".join([head, *called, small]), blocks, None)


def decide(send: Send, translator: Translator) -> list[Element]:
    """Offer what can be decided about one that waits for a second person."""
    return [
        button(buttons.APPROVE, translator("button.approve"), send.id, style="primary"),
        button(buttons.REFUSE, translator("button.refuse"), send.id, style="danger"),
    ]


def when(send: Send, translator: Translator) -> str:
    """Say when it would go out, and until when it can be decided."""
    until = cards.clock(send.due_at or send.created, day=True)
    if send.request.send_at is None:
        return translator("approval.when_approved", until=until)
    moment = cards.clock(cards.due(send), form=cards.DAY_AND_TIME)
    return translator("approval.at", until=until, when=moment)


def _called(question: Question, translator: Translator, names: cards.Names) -> Iterator[str]:
    if question.here:
        people = ", ".join(f"<@{each}>" for each in question.here)
        yield translator("approval.ask.people", people=people)
    elif question.is_open and not question.is_private:
        yield translator("approval.ask.anybody")
    if question.elsewhere:
        people = ", ".join(cards.who(each, names) for each in question.elsewhere)
        yield translator("approval.ask.elsewhere", people=people)


def answer(send: Send) -> str:
    """Name what became of the question: approved, refused, expired, cancelled or changed."""
    if send.approved_by:
        return "approved"
    known = {DECLINED: "refused", EXPIRED: "expired", "changed": "changed"}
    return known.get(send.reason, "cancelled")


def decider(send: Send) -> str:
    """Return who decided, as Slack's id; empty: nobody did."""
    return send.approved_by or send.decided_by


def is_answered(send: Send) -> bool:
    """Whether nobody need approve it any more."""
    return send.status is not Status.AWAITING_APPROVAL


def answered(send: Send, translator: Translator, names: cards.Names) -> cards.Message:
    """Draw the question once it is answered: by whom, and the reason for a refusal."""
    asked = translator(
        "approval.ask",
        emoji=EMOJI,
        user=cards.who(send.request.user, names),
        template=cards.unmarked(send.request.title),
        phone=send.masked_phone,
    )
    by = decider(send)
    said = translator(f"approval.answered.{answer(send)}", user=cards.who(by, names) if by else "")
    shown = cards.for_all(send)
    blocks: list[Block] = [section(f"{asked}\n{said}"), *cards.note_of(shown, translator)]
    return cards.Message("\n".join([asked, said, *cards.noted(shown, translator)]), blocks, None)
