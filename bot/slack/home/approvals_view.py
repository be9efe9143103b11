"""What waits for whoever looks at Home to approve it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.locales import Translator
from bot.sends import Send
from bot.slack.notifications import approval_question, buttons, cards, message_preview
from bot.slack.platform.blocks import Block, actions, context, header, section
from bot.templates import Template

MOST_SHOWN = 5  # four blocks each, of a hundred that Home has


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits, with the templates that are known."""

    sends: Sequence[Send] = ()
    is_more: bool = False  # than these
    may_approve: bool = True
    templates: Mapping[str, Template] = field(default_factory=dict)  # by their ids


def draw(waiting: Waiting, translator: Translator) -> list[Block]:
    """Draw it; nothing if nothing waits."""
    if not waiting.sends:
        return []
    blocks = [header(translator("home.approvals"))]
    for send in waiting.sends:
        head = translator(
            "approval.ask",
            emoji=approval_question.EMOJI,
            user=cards.who(send.request.user, cards.NO_NAMES),
            template=cards.unmarked(send.request.title),
            phone=send.masked_phone,
        )
        template = waiting.templates.get(send.request.template)
        blocks += [
            section(head, block_id=f"approval.{send.id}"),
            message_preview.draw(send, template, translator, block_id=f"message.{send.id}"),
            context(approval_question.when(send, translator)),
            actions(
                [*approval_question.decide(send, translator), buttons.details(send, translator)],
                block_id=f"decide.{send.id}",
            ),
        ]
    return [*blocks, context(translator("home.approvals.more"))] if waiting.is_more else blocks
