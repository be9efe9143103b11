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


def ask(question: Question, words: Translator, names: cards.Names) -> cards.Message:
    """Draw the question: who asks for what, the message, until when, and the buttons."""
    send = question.send
    number = whole_number(send) if question.is_private else send.masked_phone
    head = words(
        "approval.ask",
        emoji=EMOJI,
        user=cards.who(send.request.user, names),
        template=cards.unmarked(send.request.title),
        phone=number,
    )
    called = [*_called(question, words, names)]
    small = when(send, words)
    blocks: list[Block] = [section("\n".join([head, *called]))]
    blocks.append(message_preview.draw(send, question.template, words))
    blocks.append(context(small))
    if question.can_be_decided:
        blocks.append(actions(decide(send, words)))
    return cards.Message("\n".join([head, *called, small]), blocks, None)


def decide(send: Send, words: Translator) -> list[Element]:
    """Offer what can be decided about one that waits for a second person."""
    return [
        button(buttons.APPROVE, words("button.approve"), send.id, style="primary"),
        button(buttons.REFUSE, words("button.refuse"), send.id, style="danger"),
        buttons.details(send, words),
    ]


def when(send: Send, words: Translator) -> str:
    """Say when it would go out, and until when it can be decided."""
    until = cards.clock(send.due_at or send.created, day=True)
    if send.request.send_at is None:
        return words("approval.when_approved", until=until)
    moment = cards.clock(cards.due(send), form=cards.DAY_AND_TIME)
    return words("approval.at", until=until, when=moment)


def _called(question: Question, words: Translator, names: cards.Names) -> Iterator[str]:
    if question.here:
        people = ", ".join(f"<@{each}>" for each in question.here)
        yield words("approval.ask.people", people=people)
    elif question.is_open and not question.is_private:
        yield words("approval.ask.anybody")
    if question.elsewhere:
        people = ", ".join(cards.who(each, names) for each in question.elsewhere)
        yield words("approval.ask.elsewhere", people=people)


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


def answered(send: Send, words: Translator, names: cards.Names) -> cards.Message:
    """Draw the question once it is answered: by whom, and the reason for a refusal."""
    asked = words(
        "approval.ask",
        emoji=EMOJI,
        user=cards.who(send.request.user, names),
        template=cards.unmarked(send.request.title),
        phone=send.masked_phone,
    )
    by = decider(send)
    said = words(f"approval.answered.{answer(send)}", user=cards.who(by, names) if by else "")
    shown = cards.for_all(send)
    blocks: list[Block] = [section(f"{asked}\n{said}"), *cards.note_of(shown, words)]
    return cards.Message("\n".join([asked, said, *cards.noted(shown, words)]), blocks, None)
