"""What a person does with files: put them under a message or into a form, and download them."""

from collections.abc import Iterable

from bot.demo.slack import file_sharing
from bot.demo.slack.blocks import complete
from bot.demo.slack.errors import Impossible
from bot.demo.slack.files import File
from bot.demo.slack.messages import Message, escape
from bot.demo.slack.person.modal import ModalGestures


class FileGestures(ModalGestures):
    """The gestures with files."""

    async def upload(
        self,
        channel: str,
        name: str,
        content: bytes,
        *,
        text: str = "",
        thread_ts: str | None = None,
        **facts: object,
    ) -> Message:
        """Write a message with one file; `facts` are File's (mode, url, is_processing …)."""
        file = self.workspace.add_file(name, content, self.id, **facts)
        return await self.share(channel, [file], text=text, thread_ts=thread_ts)

    async def share(
        self, channel: str, files: Iterable[File], *, text: str = "", thread_ts: str | None = None
    ) -> Message:
        """Write a message with files that are in the workspace already."""
        place = self._writable(channel)
        inside = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
        blocks = complete([{"type": "rich_text", "elements": [inside]}]) if text else []
        return self.workspace.post(
            Message(
                place.id,
                self.workspace.ts(),
                self.id,
                escape(text),
                tuple(blocks),
                thread_ts,
                files=tuple(one.id for one in files),
            )
        )

    async def give_file(
        self,
        block_id: str,
        name: str,
        content: bytes,
        *,
        action_id: str | None = None,
        **facts: object,
    ) -> File:
        """Choose a file in a form, in place of what was chosen there before."""
        file = self.workspace.add_file(name, content, self.id, **facts)
        await self.fill(block_id, [file], action_id=action_id)
        return self.workspace.files[file.id]

    def files(self, channel: str) -> list[File]:
        """Give the files of a conversation, those in threads too, the oldest first."""
        place = self._channel(channel)
        ids = [
            file_id
            for one in self.workspace.messages
            if one.channel == place.id and one.only_for in {None, self.id}
            for file_id in one.files
        ]
        return [self.workspace.files[one] for one in ids]

    def download(self, file_id: str) -> bytes:
        """Get a file's content, as its link in a message does."""
        file = self.workspace.files.get(file_id)
        if file is None or file.is_deleted or not file_sharing.reads(self.workspace, self.id, file):
            raise Impossible(f"{self.id} sees no file {file_id}")
        return file.content
