"""What people read who are asked to approve a list, and what stands there once it is decided. Pure."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from bot.bulk.batches import Batch, BatchStatus
from bot.locales import Translator
from bot.sends import EXPIRED
from bot.slack.approvals import CALLBACK_ID, INPUT, REASON, REASON_LIMIT
from bot.slack.bulk import buttons, card, dry_run_view
from bot.slack.bulk.shown import DECLINED, Shown
from bot.slack.notifications import approval_question, cards
from bot.slack.platform import elements
from bot.slack.platform.blocks import Block, View, actions, context, input_block, modal, section


@dataclass(frozen=True, slots=True)
class Asked:
    """Who is asked in one place."""

    here: Sequence[str] = ()  # who is called to it, as Slack's ids
    elsewhere: Sequence[str] = ()  # who is asked by direct message
    is_open: bool = False  # others may decide, too


def ask(shown: Shown, asked: Asked, translator: Translator) -> cards.Message:
    """Draw the question; numbers, names and values are whole only where approvers alone read."""
    said = [_head(shown, translator), *_called(shown, asked, translator)]
    batch, small = shown.batch, _until(shown, translator)
    blocks: list[Block] = [section("\n".join(said)), *dry_run_view.messages(shown, translator)]
    blocks.append(context(small))
    if shown.in_private or asked.here or asked.is_open:
        pressed = buttons.decide_approval(batch, translator)
        if not shown.in_private:
            pressed.append(buttons.messages(batch, translator))
        blocks.append(actions(pressed))
    return cards.Message("\n".join([*said, small]), blocks, None)


def answered(shown: Shown, translator: Translator) -> cards.Message:
    """Draw the question once it is answered: by whom, and the reason for a refusal."""
    said = [_head(shown, translator), answer(shown, translator)]
    note = card.note(shown, translator)
    return cards.Message("\n".join(said), [section("\n".join(said)), *note], None)


def answer(shown: Shown, translator: Translator) -> str:
    """Say what became of the question."""
    batch = shown.batch
    by = batch.approved_by or batch.decided_by
    user = cards.who(by, shown.names) if by else ""
    return translator(f"approval.answered.{outcome(batch)}", user=user)


def outcome(batch: Batch) -> str:
    """Name what became of the question: approved, refused, expired or cancelled."""
    if batch.approved_by:
        return "approved"
    return {DECLINED: "refused", EXPIRED: "expired"}.get(batch.reason, "cancelled")


def is_answered(batch: Batch) -> bool:
    """Whether nobody need approve it any more."""
    return batch.status is not BatchStatus.AWAITING_APPROVAL


def why_refused(shown: Shown, translator: Translator) -> View:
    """Draw the small form that asks why."""
    batch = shown.batch
    reason = elements.text_input(INPUT, max_length=REASON_LIMIT, multiline=True)
    label, hint = translator("refuse_approval.reason"), translator("refuse_approval.hint")
    return modal(
        translator("refuse_approval.title"),
        [
            section(card.title(shown, translator)),
            input_block(REASON, label, reason, hint=hint, optional=True),
        ],
        submit=translator("button.refuse"),
        close=translator("form.close"),
        callback_id=CALLBACK_ID,
        private_metadata=json.dumps({"send": buttons.as_asked(batch.id)}),
    )


def _head(shown: Shown, translator: Translator) -> str:
    batch = shown.batch
    return translator(
        "bulk.approval.ask",
        emoji=approval_question.EMOJI,
        user=cards.who(batch.started_by or batch.request.user, shown.names),
        template=cards.unmarked(batch.title),
        count=batch.report.sendable(with_recent=batch.with_recent),
        file=card.file(shown, translator),
    )


def _until(shown: Shown, translator: Translator) -> str:
    """Say when it would go out, and until when it can be decided."""
    batch = shown.batch
    until = cards.clock(batch.approve_until or batch.created, day=True)
    if not shown.is_planned or batch.request.send_at is None:
        return translator("bulk.approval.until", until=until)
    when = cards.clock(batch.request.send_at.instant, form=cards.DAY_AND_TIME)
    return translator("bulk.approval.at", until=until, when=when)


def _called(shown: Shown, asked: Asked, translator: Translator) -> list[str]:
    said = []
    if asked.here:
        people = ", ".join(f"<@{each}>" for each in asked.here)
        said.append(translator("approval.ask.people", people=people))
    elif asked.is_open and not shown.in_private:
        said.append(translator("approval.ask.anybody"))
    if asked.elsewhere:
        people = ", ".join(cards.who(each, shown.names) for each in asked.elsewhere)
        said.append(translator("approval.ask.elsewhere", people=people))
    return said
