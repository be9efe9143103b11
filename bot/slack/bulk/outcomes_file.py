"""The file of every row's outcome, once more: after rows were decided about, it says something else."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.bulk.batches import Batch
from bot.locales import Translator
from bot.slack.bulk import buttons, card
from bot.slack.bulk.door import ListDoor, stands
from bot.slack.bulk.files_on_demand import AskedFile, FilesOnDemand
from bot.slack.bulk.lookup import ListLookup
from bot.slack.platform import payloads
from bot.slack.platform.client import in_time
from bot.slack.platform.payloads import Payload
from bot.slack.platform.uploads import NamedFile

MakeOutcomes = Callable[[Batch, Translator], Awaitable[NamedFile]]


@dataclass(frozen=True, slots=True)
class OutcomesFiles:
    """Hands it to whoever asks for it: the list's sender, or an admin."""

    files: FilesOnDemand
    door: ListDoor
    lookup: ListLookup
    make: MakeOutcomes

    def register(self, app: AsyncApp) -> None:
        """Connect the listener."""
        app.block_action(buttons.FILE)(self.on_button)

    async def on_button(self, ack: AsyncAck, body: Payload) -> None:
        """Say that it comes, and let it come."""
        async with in_time("slack.unreachable"):
            context = payloads.context(body)
            pressed = buttons.read(str(payloads.action(body).get("value") or ""))
            batch = await self.door.decided_by(context.user, pressed)
            if not batch.status.is_final:
                raise stands(batch)
            translator = await self.lookup.translator_of(context.user)
            shown = await self.lookup.shown(batch, in_private=True)

            asked = AskedFile(
                translator("bulk.file_title"),
                translator("bulk.file_coming"),
                translator("bulk.file_comment.outcomes", file=card.file(shown, translator)),
                partial(self.make, batch, translator),
            )
            await self.files.begin(context, asked, translator)
            await ack()
